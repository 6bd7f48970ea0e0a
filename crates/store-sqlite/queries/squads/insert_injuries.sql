INSERT INTO injuries
    (match_id, side, data_source, player_id, player_name, injury_type, reason, known_at, known_at_imputed, collected_at)
VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) /*rows*/
ON CONFLICT (match_id, side, data_source, player_id, injury_type, known_at) DO NOTHING
