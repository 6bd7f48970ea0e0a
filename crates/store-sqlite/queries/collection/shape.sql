SELECT shape FROM source_shapes WHERE data_source = ?1 AND collection_type = ?2 AND scope = ?3
