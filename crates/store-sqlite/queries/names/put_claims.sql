INSERT INTO match_claims (match_id, field, source, value, recorded_at) VALUES /*rows*/ (?, ?, ?, ?, ?) /*rows*/
ON CONFLICT (match_id, field, source) DO UPDATE SET value = excluded.value, recorded_at = excluded.recorded_at
WHERE value <> excluded.value
