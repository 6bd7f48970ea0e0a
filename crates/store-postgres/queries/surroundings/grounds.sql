SELECT country, team, since::text, name, latitude, longitude
FROM grounds
ORDER BY country, team, since
