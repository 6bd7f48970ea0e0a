SELECT match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability,
    expected_home_goals, expected_away_goals, as_of, sealed_at
FROM predictions
WHERE match_id = $1
ORDER BY sealed_at, id
