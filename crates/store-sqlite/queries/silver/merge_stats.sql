INSERT INTO match_stats
    (match_id, home_shots, away_shots, home_shots_on_target, away_shots_on_target, home_woodwork, away_woodwork,
    home_corners, away_corners, home_fouls, away_fouls, home_offsides, away_offsides, home_yellow_cards,
    away_yellow_cards, home_red_cards, away_red_cards, home_expected_goals, away_expected_goals,
    home_possession, away_possession)
VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) /*rows*/
ON CONFLICT (match_id) DO UPDATE SET
    home_shots = coalesce(excluded.home_shots, home_shots),
    away_shots = coalesce(excluded.away_shots, away_shots),
    home_shots_on_target = coalesce(excluded.home_shots_on_target, home_shots_on_target),
    away_shots_on_target = coalesce(excluded.away_shots_on_target, away_shots_on_target),
    home_woodwork = coalesce(excluded.home_woodwork, home_woodwork),
    away_woodwork = coalesce(excluded.away_woodwork, away_woodwork),
    home_corners = coalesce(excluded.home_corners, home_corners),
    away_corners = coalesce(excluded.away_corners, away_corners),
    home_fouls = coalesce(excluded.home_fouls, home_fouls),
    away_fouls = coalesce(excluded.away_fouls, away_fouls),
    home_offsides = coalesce(excluded.home_offsides, home_offsides),
    away_offsides = coalesce(excluded.away_offsides, away_offsides),
    home_yellow_cards = coalesce(excluded.home_yellow_cards, home_yellow_cards),
    away_yellow_cards = coalesce(excluded.away_yellow_cards, away_yellow_cards),
    home_red_cards = coalesce(excluded.home_red_cards, home_red_cards),
    away_red_cards = coalesce(excluded.away_red_cards, away_red_cards),
    home_expected_goals = coalesce(excluded.home_expected_goals, home_expected_goals),
    away_expected_goals = coalesce(excluded.away_expected_goals, away_expected_goals),
    home_possession = coalesce(excluded.home_possession, home_possession),
    away_possession = coalesce(excluded.away_possession, away_possession)
