SELECT match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability,
    expected_home_goals, expected_away_goals, as_of, sealed_at, score_grid, match_time, time_precision, confidence_score,
    predicted_home_score, predicted_away_score, over_2_5_probability, both_teams_score_probability, features_used,
    manifest_hash, data_hash
FROM predictions
WHERE match_id = $1
ORDER BY sealed_at, id
