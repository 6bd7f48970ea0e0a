-- ?1, ?2: sequence number and identifier that the page comes after; ?3: limit.
SELECT match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability,
    expected_home_goals, expected_away_goals, as_of, sealed_at, score_grid, match_time, time_precision, confidence_score,
    predicted_home_score, predicted_away_score, over_2_5_probability, both_teams_score_probability, features_used,
    manifest_hash, data_hash,
    id, ledger_sequence, previous_hash, entry_hash, ledger_version, league_code, season, home_team, away_team, leg,
    predicted_result
FROM predictions
WHERE ledger_sequence IS NOT NULL AND (ledger_sequence, id) > (?1, ?2)
ORDER BY ledger_sequence, id
LIMIT ?3
