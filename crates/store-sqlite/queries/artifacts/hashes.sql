SELECT file, hash FROM model_artifacts WHERE model_name = ?1 AND version = ?2 ORDER BY file
