SELECT name, baseline, computed_at
FROM quality_baselines
ORDER BY name
