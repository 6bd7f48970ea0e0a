INSERT INTO lineups
    (id, match_id, side, data_source, lineup_type, known_at, known_at_imputed, formation, collected_at)
SELECT *, $9 FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
    $7::boolean[], $8::text[])
ON CONFLICT (match_id, side, data_source, lineup_type, known_at) DO NOTHING
