DELETE FROM model_aliases WHERE model_name = ?1 AND alias = ?2
