-- The latest of each match and model.
SELECT DISTINCT ON (match_id, model_name, model_version) match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability,
    expected_home_goals, expected_away_goals, as_of, sealed_at
FROM predictions
WHERE match_id = ANY ($1::bigint[])
ORDER BY match_id, model_name, model_version, sealed_at DESC, id DESC
