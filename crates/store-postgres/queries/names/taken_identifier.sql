-- An identifier that names another match.
SELECT i.source, i.external_id
FROM unnest($1::text[], $2::text[], $3::bigint[]) g (source, external_id, match_id)
JOIN match_identifiers i USING (source, external_id)
WHERE i.match_id <> g.match_id
LIMIT 1
