SELECT hash, feature_names FROM feature_sets ORDER BY hash
