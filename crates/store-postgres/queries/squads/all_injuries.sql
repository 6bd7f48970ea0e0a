SELECT match_id, side, data_source, player_id, player_name, injury_type, reason, known_at, known_at_imputed
FROM injuries
ORDER BY match_id, known_at, side, data_source, player_id, injury_type
