INSERT INTO match_origins (match_id, document_id, locator)
SELECT n.*
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) n (match_id, document_id, locator)
WHERE NOT EXISTS (SELECT FROM match_origins o WHERE o.match_id = n.match_id)
ON CONFLICT DO NOTHING
