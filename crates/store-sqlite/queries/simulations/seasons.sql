SELECT league, season, count(*), max(as_of)
FROM simulations
GROUP BY league, season
ORDER BY league, season DESC
LIMIT ?1
