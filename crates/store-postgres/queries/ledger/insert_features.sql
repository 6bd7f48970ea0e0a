INSERT INTO feature_sets (hash, feature_names) VALUES ($1, $2::json) ON CONFLICT (hash) DO NOTHING
