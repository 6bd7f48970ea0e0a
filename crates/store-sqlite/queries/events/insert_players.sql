INSERT INTO players (source, external_id, name)
VALUES /*rows*/ (?, ?, ?) /*rows*/
ON CONFLICT (source, external_id) DO NOTHING
