-- Clubs that neither an alias of the source nor their name leads to, each with that alias; identifiers follow the
-- order given.
WITH given AS (
    SELECT country, name, min(place) AS place
    FROM unnest($2::text[], $3::text[]) WITH ORDINALITY g (country, name, place)
    GROUP BY country, name
),
created AS (
    INSERT INTO teams (country, name)
    SELECT g.country, g.name FROM given g
    WHERE NOT EXISTS (
            SELECT 1 FROM team_aliases a WHERE a.source = $1 AND a.country = g.country AND a.alias = g.name)
        AND NOT EXISTS (SELECT 1 FROM teams t WHERE t.country = g.country AND t.name = g.name)
    ORDER BY g.place
    RETURNING id, country, name
)
INSERT INTO team_aliases (source, country, alias, team_id) SELECT $1, country, name, id FROM created
