-- ?1: JSON array of identifiers of matches.
SELECT match_id, data_source, weather_type, valid_at, known_at, temperature, wind, rain
FROM weather
WHERE match_id IN (SELECT value FROM json_each(?1))
ORDER BY match_id, known_at, valid_at, data_source, weather_type
