-- One that says what the last one of its match says is left out.
INSERT INTO experiment_forecasts (experiment_id, match_id, arm, control_home, control_draw, control_away, treatment_home,
    treatment_draw, treatment_away, recorded_at)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
WHERE NOT EXISTS (
    SELECT 1 FROM (
        SELECT * FROM experiment_forecasts WHERE experiment_id = ?1 AND match_id = ?2 ORDER BY id DESC LIMIT 1) last
    WHERE last.arm = ?3 AND last.control_home = ?4 AND last.control_draw = ?5 AND last.control_away = ?6
        AND last.treatment_home = ?7 AND last.treatment_draw = ?8 AND last.treatment_away = ?9)
