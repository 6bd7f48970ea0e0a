SELECT id, model_name, control, treatment, mode, share, started_at, ended_at FROM model_experiments WHERE id = ?1
