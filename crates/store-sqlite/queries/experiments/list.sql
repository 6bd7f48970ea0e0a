SELECT id, model_name, control, treatment, mode, share, started_at, ended_at FROM model_experiments ORDER BY started_at DESC, id LIMIT ?1
