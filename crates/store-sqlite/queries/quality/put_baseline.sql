INSERT INTO quality_baselines (name, baseline, computed_at)
VALUES (?1, ?2, ?3)
ON CONFLICT (name) DO UPDATE SET baseline = excluded.baseline, computed_at = excluded.computed_at
