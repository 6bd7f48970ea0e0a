INSERT INTO predictions
    (match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability,
    predicted_result, expected_home_goals, expected_away_goals, as_of, sealed_at, score_grid, match_time,
    time_precision, confidence_score, predicted_home_score, predicted_away_score, over_2_5_probability,
    both_teams_score_probability, features_used, manifest_hash, data_hash, league_code, season, home_team,
    away_team, leg, ledger_version, ledger_sequence, previous_hash, entry_hash)
SELECT match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability,
    predicted_result, expected_home_goals, expected_away_goals, as_of, sealed_at, score_grid, match_time,
    time_precision, confidence_score, predicted_home_score, predicted_away_score, over_2_5_probability,
    both_teams_score_probability, features_used, manifest_hash, data_hash, league_code, season, home_team,
    away_team, leg, ledger_version, ledger_sequence, previous_hash, entry_hash
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::float8[], $5::float8[], $6::float8[], $7::text[], $8::float8[],
        $9::float8[], $10::timestamptz[], $11::timestamptz[], $12::bytea[], $13::timestamptz[], $14::text[],
        $15::float8[], $16::int[], $17::int[], $18::float8[], $19::float8[], $20::text[], $21::text[], $22::text[],
        $23::text[], $24::text[], $25::text[], $26::text[], $27::smallint[], $28::smallint[], $29::bigint[],
        $30::text[], $31::text[]) WITH ORDINALITY
    u (match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability,
    predicted_result, expected_home_goals, expected_away_goals, as_of, sealed_at, score_grid, match_time,
    time_precision, confidence_score, predicted_home_score, predicted_away_score, over_2_5_probability,
    both_teams_score_probability, features_used, manifest_hash, data_hash, league_code, season, home_team,
    away_team, leg, ledger_version, ledger_sequence, previous_hash, entry_hash, place)
ORDER BY place
