SELECT purge_lineage_runs($1)
