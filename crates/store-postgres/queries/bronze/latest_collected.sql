-- A later document has a higher number. Each highest number is the end of an index.
SELECT latest.kind, d.collected_at
FROM (
    SELECT 0 AS kind, max(document_id) AS id FROM raw_match_data
    UNION ALL SELECT 1, max(document_id) FROM raw_odds_data
    UNION ALL SELECT 2, max(document_id) FROM raw_scores_data
) latest
JOIN raw_documents d ON d.id = latest.id
ORDER BY latest.kind
