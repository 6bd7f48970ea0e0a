SELECT match_id, home_shots, away_shots, home_shots_on_target, away_shots_on_target, home_woodwork, away_woodwork,
    home_corners, away_corners, home_fouls, away_fouls, home_offsides, away_offsides, home_yellow_cards,
    away_yellow_cards, home_red_cards, away_red_cards, home_expected_goals, away_expected_goals,
    home_possession, away_possession
FROM match_stats
WHERE match_id = ANY ($1::bigint[])
ORDER BY match_id
