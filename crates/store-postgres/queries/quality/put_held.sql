INSERT INTO held_rows (document_id, locator, rule, rule_version, reason, fingerprint, says, state, held_at)
SELECT document_id, locator, rule, rule_version, reason, fingerprint, says, state, held_at
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::timestamptz[])
    WITH ORDINALITY u (document_id, locator, rule, rule_version, reason, fingerprint, says, state, held_at, place)
ORDER BY place
ON CONFLICT (document_id, locator, fingerprint) DO UPDATE SET
    rule = excluded.rule, rule_version = excluded.rule_version, reason = excluded.reason, says = excluded.says,
    state = excluded.state
