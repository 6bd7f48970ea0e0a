SELECT id, model_name, control, treatment, mode, share, started_at, ended_at FROM model_experiments WHERE model_name = ?1 AND ended_at IS NULL
