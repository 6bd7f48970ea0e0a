UPDATE model_experiments SET ended_at = greatest($2, started_at) WHERE id = $1 AND ended_at IS NULL
