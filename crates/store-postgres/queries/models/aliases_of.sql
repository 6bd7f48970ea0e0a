SELECT alias, version FROM model_aliases WHERE model_name = $1
