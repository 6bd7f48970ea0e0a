-- By its code, else by what sources call it, where all that do mean the same league.
SELECT id FROM leagues WHERE code = ?1
UNION ALL
SELECT min(league_id) FROM league_aliases
WHERE alias = ?1 AND NOT EXISTS (SELECT 1 FROM leagues WHERE code = ?1)
GROUP BY alias
HAVING count(DISTINCT league_id) = 1
