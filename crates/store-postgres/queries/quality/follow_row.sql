-- The finding about a row follows the row's state; what a person wrote about the finding stays.
UPDATE data_quality_logs SET
    status = CASE $4::text WHEN 'held' THEN 'open' WHEN 'released' THEN 'ignored' ELSE 'resolved' END,
    handled_by = CASE WHEN $4::text = 'held' THEN NULL ELSE coalesce((SELECT decided_by FROM row_decisions
        WHERE fingerprint = $5::text AND undone_at IS NULL), 'reading again') END,
    handled_at = CASE WHEN $4::text = 'held' THEN NULL ELSE $6::timestamptz END,
    resolution_notes = CASE WHEN $4::text = 'held' THEN NULL ELSE 'row ' || $4::text END
WHERE document_id = $1::bigint AND locator = $2::bigint AND error_type = $3::text
    AND CASE WHEN $4::text = 'held' THEN resolution_notes LIKE 'row %' ELSE status = 'open' END
