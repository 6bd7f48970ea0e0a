-- ?1, ?2: time of sealing and identifier that the page comes after; ?3: limit.
SELECT match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability,
    expected_home_goals, expected_away_goals, as_of, sealed_at, id
FROM predictions
WHERE (sealed_at, id) > (?1, ?2)
ORDER BY sealed_at, id
LIMIT ?3
