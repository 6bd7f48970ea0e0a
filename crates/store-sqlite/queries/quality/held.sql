SELECT h.id, h.document_id, d.data_source, d.name, h.locator, h.rule, h.rule_version, h.reason, h.fingerprint, h.says, h.state,
    h.held_at
FROM held_rows h
JOIN raw_documents d ON d.id = h.document_id
LEFT JOIN row_decisions r ON r.fingerprint = h.fingerprint AND r.undone_at IS NULL
LEFT JOIN line_corrections c ON c.document_id = h.document_id AND c.locator = h.locator AND c.undone_at IS NULL
WHERE (?1 IS NULL OR h.id = ?1) AND (?2 IS NULL OR h.document_id = ?2) AND (?3 IS NULL OR h.state = ?3)
    AND (?4 IS NULL OR h.says = ?4)
    -- Whose decision, or whose line, says otherwise by now. A row that no rule holds any more follows no decision.
    AND (?5 = 0 OR h.state = 'corrected' AND c.id IS NULL
        OR h.state NOT IN ('corrected', 'passed') AND (c.id IS NOT NULL
            OR h.state <> CASE r.verdict WHEN 'release' THEN 'released' WHEN 'refuse' THEN 'refused' ELSE 'held' END))
ORDER BY h.id DESC
LIMIT ?6
