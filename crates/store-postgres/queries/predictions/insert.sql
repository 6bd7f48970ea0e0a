INSERT INTO predictions
    (match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability,
    expected_home_goals, expected_away_goals, as_of, sealed_at, predicted_result)
SELECT match_id, model_name, model_version, home, draw, away, home_goals, away_goals, as_of, sealed_at, outcome
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::float8[], $5::float8[], $6::float8[], $7::float8[],
        $8::float8[], $9::timestamptz[], $10::timestamptz[], $11::text[]) WITH ORDINALITY
    u (match_id, model_name, model_version, home, draw, away, home_goals, away_goals, as_of, sealed_at, outcome, place)
ORDER BY place
