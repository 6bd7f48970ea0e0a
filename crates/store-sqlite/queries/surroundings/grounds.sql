SELECT country, team, since, name, latitude, longitude
FROM grounds
ORDER BY country, team, since
