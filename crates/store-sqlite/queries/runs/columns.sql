-- Without those that are computed from others: on a server a view computes them.
SELECT t.name, c.name, c.type, c."notnull" OR c.pk > 0, c.pk
FROM sqlite_master t
JOIN pragma_table_xinfo(t.name) c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND c.hidden = 0
ORDER BY t.name, c.cid
