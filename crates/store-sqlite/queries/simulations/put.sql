INSERT INTO simulations (league, season, as_of, model_name, model_version, made_at, report)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (league, season, as_of, model_name, model_version)
DO UPDATE SET made_at = excluded.made_at, report = excluded.report
