SELECT match_id, data_source, weather_type, valid_at, known_at, temperature, wind, rain
FROM weather
ORDER BY match_id, known_at, valid_at, data_source, weather_type
