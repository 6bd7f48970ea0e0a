INSERT INTO match_claims (match_id, field, source, value, said_at, document_id, recorded_at) VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?) /*rows*/
ON CONFLICT (match_id, field, source) DO UPDATE SET value = excluded.value, said_at = excluded.said_at,
    document_id = excluded.document_id, recorded_at = excluded.recorded_at
WHERE value <> excluded.value
