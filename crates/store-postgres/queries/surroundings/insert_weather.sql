INSERT INTO weather
    (match_id, data_source, weather_type, valid_at, known_at, temperature, wind, rain, collected_at)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::double precision[],
    $7::double precision[], $8::double precision[], $9::timestamptz[])
ON CONFLICT (match_id, data_source, weather_type, valid_at, known_at) DO NOTHING
