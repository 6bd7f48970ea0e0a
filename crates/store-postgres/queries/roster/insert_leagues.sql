-- The first of a code counts; identifiers follow the order given. A code of which the source means another league (see
-- `league_aliases`) makes none.
INSERT INTO leagues (code, name, country, level, source, kind)
SELECT g.code, g.name, g.country, g.level, g.source, g.kind
FROM (
    SELECT DISTINCT ON (code) *
    FROM unnest($1::text[], $2::text[], $3::text[], $4::smallint[], $5::text[], $6::text[])
        WITH ORDINALITY u (code, name, country, level, source, kind, place)
    ORDER BY code, place
) g
WHERE NOT EXISTS (SELECT 1 FROM leagues l WHERE l.code = g.code)
    AND NOT EXISTS (SELECT 1 FROM league_aliases a WHERE a.source = g.source AND a.alias = g.code)
ORDER BY g.place
