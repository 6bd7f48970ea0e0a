DELETE FROM lineage_runs WHERE started_at < ?1
