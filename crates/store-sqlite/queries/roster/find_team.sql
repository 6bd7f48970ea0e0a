-- By the source's alias within the country, else by canonical name within the country.
SELECT coalesce(
    (SELECT team_id FROM team_aliases WHERE source = ?1 AND country = ?2 AND alias = ?3),
    (SELECT id FROM teams WHERE country = ?2 AND name = ?3))
