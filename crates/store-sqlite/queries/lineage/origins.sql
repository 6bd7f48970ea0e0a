-- ?1: JSON array of identifiers. A match that others were joined to has their origins too.
WITH RECURSIVE wanted (match_id, own) AS (
    SELECT value, value FROM json_each(?1)
    UNION
    SELECT w.match_id, j.match_id
    FROM wanted w
    CROSS JOIN identity_merge_matches j ON j.joined_to = w.own
    JOIN identity_merges g ON g.id = j.merge_id AND g.undone_at IS NULL
)
SELECT w.match_id, d.id, d.data_source, d.name, d.hash, d.collected_at, o.locator
FROM wanted w
CROSS JOIN match_origins o ON o.match_id = w.own
JOIN raw_documents d ON d.id = o.document_id
ORDER BY w.match_id, d.collected_at, d.id, o.locator
