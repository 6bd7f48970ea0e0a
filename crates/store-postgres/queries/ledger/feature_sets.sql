SELECT hash, feature_names::text FROM feature_sets ORDER BY hash
