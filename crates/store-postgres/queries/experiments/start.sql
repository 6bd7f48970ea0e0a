INSERT INTO model_experiments (id, model_name, control, treatment, mode, share, started_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
