WITH RECURSIVE brought (match_id, locator) AS (
    SELECT match_id, locator FROM match_origins WHERE document_id = ?1
    UNION
    SELECT j.joined_to, b.locator
    FROM brought b
    CROSS JOIN identity_merge_matches j ON j.match_id = b.match_id AND j.joined_to IS NOT NULL
    JOIN identity_merges g ON g.id = j.merge_id AND g.undone_at IS NULL
),
clubs (team_id, since) AS MATERIALIZED (
    SELECT team_id, min(match_time) FROM (
        SELECT m.home_team_id AS team_id, m.match_time FROM brought b CROSS JOIN matches m ON m.id = b.match_id
        UNION ALL
        SELECT m.away_team_id, m.match_time FROM brought b CROSS JOIN matches m ON m.id = b.match_id)
    GROUP BY team_id
)
SELECT p.id, p.match_id, p.model_name, p.model_version, p.as_of, p.sealed_at
FROM raw_documents d
CROSS JOIN predictions p
JOIN matches m ON m.id = p.match_id
LEFT JOIN clubs h ON h.team_id = m.home_team_id AND h.since < m.match_time
LEFT JOIN clubs a ON a.team_id = m.away_team_id AND a.since < m.match_time
WHERE d.id = ?1 AND p.sealed_at >= d.collected_at AND p.as_of >= d.collected_at
    AND (h.team_id IS NOT NULL OR a.team_id IS NOT NULL)
ORDER BY p.sealed_at, p.id
LIMIT ?2
