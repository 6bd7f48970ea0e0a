INSERT INTO match_claims (match_id, field, source, value, recorded_at)
SELECT g.match_id, g.field, g.source, g.value, $5 FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])
    g (match_id, field, source, value)
ON CONFLICT (match_id, field, source) DO UPDATE SET value = excluded.value, recorded_at = excluded.recorded_at
WHERE match_claims.value <> excluded.value
