INSERT INTO held_rows (document_id, locator, rule, rule_version, reason, fingerprint, says, state, held_at)
VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?) /*rows*/
ON CONFLICT (document_id, locator, fingerprint) DO UPDATE SET
    rule = excluded.rule, rule_version = excluded.rule_version, reason = excluded.reason, says = excluded.says,
    state = excluded.state
