INSERT INTO feature_sets (hash, feature_names) VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING
