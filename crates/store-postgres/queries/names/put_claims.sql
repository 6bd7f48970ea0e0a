INSERT INTO match_claims (match_id, field, source, value, said_at, document_id, recorded_at)
SELECT *
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[], $7::timestamptz[])
ON CONFLICT (match_id, field, source) DO UPDATE SET value = excluded.value, said_at = excluded.said_at,
    document_id = excluded.document_id, recorded_at = excluded.recorded_at
WHERE match_claims.value <> excluded.value
