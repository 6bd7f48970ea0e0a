INSERT INTO injuries
    (match_id, side, data_source, player_id, player_name, injury_type, reason, known_at, known_at_imputed, collected_at)
SELECT *, $10 FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::timestamptz[], $9::boolean[])
ON CONFLICT (match_id, side, data_source, player_id, injury_type, known_at) DO NOTHING
