INSERT INTO lineups
    (id, match_id, side, data_source, lineup_type, known_at, known_at_imputed, formation, collected_at)
VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?) /*rows*/
ON CONFLICT (match_id, side, data_source, lineup_type, known_at) DO NOTHING
