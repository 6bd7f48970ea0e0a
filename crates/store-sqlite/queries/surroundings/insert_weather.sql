INSERT INTO weather
    (match_id, data_source, weather_type, valid_at, known_at, temperature, wind, rain, collected_at)
VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?) /*rows*/
ON CONFLICT (match_id, data_source, weather_type, valid_at, known_at) DO NOTHING
