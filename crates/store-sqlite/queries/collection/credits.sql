SELECT credits FROM collection_budgets WHERE data_source = ?1 AND period_start = ?2
