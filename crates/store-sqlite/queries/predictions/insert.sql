INSERT INTO predictions
    (match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability,
    predicted_result, expected_home_goals, expected_away_goals, as_of, sealed_at, score_grid, match_time,
    time_precision, confidence_score, predicted_home_score, predicted_away_score, over_2_5_probability,
    both_teams_score_probability, features_used, manifest_hash, data_hash, league_code, season, home_team,
    away_team, leg, ledger_version, ledger_sequence, previous_hash, entry_hash)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,
    ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31)
