SELECT league, season, as_of, model_name, model_version, made_at, report::text
FROM simulations
WHERE league = $1 AND season = $2
ORDER BY as_of DESC, made_at DESC, model_name, model_version
LIMIT $3
