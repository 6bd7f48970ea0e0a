INSERT INTO match_origins (match_id, document_id, locator) VALUES /*rows*/ (?, ?, ?) /*rows*/
ON CONFLICT DO NOTHING
