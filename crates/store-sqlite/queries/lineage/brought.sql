WITH RECURSIVE brought (match_id, locator) AS (
    SELECT match_id, locator FROM match_origins WHERE document_id = ?1
    UNION
    SELECT j.joined_to, b.locator
    FROM brought b
    CROSS JOIN identity_merge_matches j ON j.match_id = b.match_id AND j.joined_to IS NOT NULL
    JOIN identity_merges g ON g.id = j.merge_id AND g.undone_at IS NULL
)
SELECT b.match_id, b.locator
FROM brought b
CROSS JOIN matches m ON m.id = b.match_id
ORDER BY b.locator, b.match_id
LIMIT ?2
