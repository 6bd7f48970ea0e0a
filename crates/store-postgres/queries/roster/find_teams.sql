-- By the source's alias within the country, else by canonical name within the country.
SELECT coalesce(
    (SELECT a.team_id FROM team_aliases a WHERE a.source = $1 AND a.country = g.country AND a.alias = g.name),
    (SELECT t.id FROM teams t WHERE t.country = g.country AND t.name = g.name))
FROM unnest($2::text[], $3::text[]) WITH ORDINALITY g (country, name, place)
ORDER BY g.place
