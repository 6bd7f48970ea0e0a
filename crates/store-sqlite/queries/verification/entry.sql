SELECT match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability,
    expected_home_goals, expected_away_goals, as_of, sealed_at, score_grid, match_time, time_precision, confidence_score,
    predicted_home_score, predicted_away_score, over_2_5_probability, both_teams_score_probability, features_used,
    manifest_hash, data_hash,
    id, ledger_sequence, previous_hash, entry_hash, ledger_version, league_code, season, home_team, away_team, leg,
    verified_at, actual_home_score, actual_away_score, is_correct, rps, log_loss, brier, ignorance, closing_bookmaker,
    closing_home_probability, closing_draw_probability, closing_away_probability, closing_rps, closing_log_loss
FROM predictions
WHERE id = ?1
