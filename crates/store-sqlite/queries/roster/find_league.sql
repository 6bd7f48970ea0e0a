-- By code, else by what the source ?2 means by it.
SELECT coalesce(
    (SELECT id FROM leagues WHERE code = ?1),
    (SELECT league_id FROM league_aliases WHERE source = ?2 AND alias = ?1))
