INSERT INTO predictions
    (match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability,
    expected_home_goals, expected_away_goals, as_of, sealed_at, predicted_result)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
