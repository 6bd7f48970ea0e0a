WITH n (match_id, document_id, locator) AS (VALUES /*rows*/ (?, ?, ?) /*rows*/)
INSERT INTO match_origins (match_id, document_id, locator)
SELECT n.* FROM n
WHERE NOT EXISTS (SELECT 1 FROM match_origins o WHERE o.match_id = n.match_id)
ON CONFLICT DO NOTHING
