INSERT INTO match_identifiers (source, external_id, match_id) VALUES /*rows*/ (?, ?, ?) /*rows*/
ON CONFLICT (source, external_id) DO NOTHING
