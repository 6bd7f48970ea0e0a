INSERT INTO match_identifiers (source, external_id, match_id)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
ON CONFLICT (source, external_id) DO NOTHING
