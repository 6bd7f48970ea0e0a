-- Only documents that are not done as a whole can hold unprocessed records: the others are not read.
SELECT coalesce(sum(
    (SELECT count(*) FROM raw_match_data r WHERE r.document_id = d.id AND NOT r.processed)
    + (SELECT count(*) FROM raw_odds_data r WHERE r.document_id = d.id AND NOT r.processed)
    + (SELECT count(*) FROM raw_scores_data r WHERE r.document_id = d.id AND NOT r.processed)), 0)::bigint
FROM raw_documents d
WHERE d.processed_at IS NULL
