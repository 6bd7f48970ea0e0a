INSERT INTO collection_budgets (data_source, period_start, credits) VALUES (?1, ?2, ?3)
ON CONFLICT (data_source, period_start) DO UPDATE SET credits = max(collection_budgets.credits, excluded.credits)
