SELECT l.id, match_id, side, data_source, lineup_type, known_at, known_at_imputed, formation, place, player_id, player_name,
    position, shirt_number
FROM lineups l LEFT JOIN lineup_players p ON p.lineup_id = l.id
ORDER BY match_id, known_at, side, data_source, lineup_type, place
