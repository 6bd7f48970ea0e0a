-- By code, else by what the source means by it.
SELECT coalesce(l.id, a.league_id)
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY g (code, source, place)
LEFT JOIN leagues l ON l.code = g.code
LEFT JOIN league_aliases a ON a.source = g.source AND a.alias = g.code
WHERE coalesce(l.id, a.league_id) IS NOT NULL
ORDER BY g.place
