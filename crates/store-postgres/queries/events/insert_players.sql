INSERT INTO players (source, external_id, name)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
ON CONFLICT (source, external_id) DO NOTHING
