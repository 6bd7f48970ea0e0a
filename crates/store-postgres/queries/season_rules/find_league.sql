-- By its code, else by what any source calls it.
SELECT id FROM (
    SELECT id, 0 AS place FROM leagues WHERE code = $1
    UNION ALL SELECT league_id, 1 FROM league_aliases WHERE alias = $1) AS found
ORDER BY place, id
LIMIT 1
