-- Of each match the last pair before its kick-off.
SELECT f.match_id, f.arm, f.control_home, f.control_draw, f.control_away, f.treatment_home, f.treatment_draw,
    f.treatment_away, m.match_time, CASE m.match_status WHEN 'finished' THEN m.home_score END,
    CASE m.match_status WHEN 'finished' THEN m.away_score END
FROM experiment_forecasts f
JOIN matches m ON m.id = f.match_id
WHERE f.experiment_id = ?1 AND m.match_status NOT IN ('cancelled', 'abandoned', 'awarded')
    AND f.id = (
        SELECT max(l.id) FROM experiment_forecasts l
        WHERE l.experiment_id = f.experiment_id AND l.match_id = f.match_id
            AND l.recorded_at < m.match_time + CASE m.time_precision WHEN 'day' THEN 86400 ELSE 0 END)
ORDER BY m.match_time, f.match_id
