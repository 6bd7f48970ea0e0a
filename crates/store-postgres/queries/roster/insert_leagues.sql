-- The first of a code counts; identifiers follow the order given.
INSERT INTO leagues (code, name, country, level, source)
SELECT g.code, g.name, g.country, g.level, g.source
FROM (
    SELECT DISTINCT ON (code) *
    FROM unnest($1::text[], $2::text[], $3::text[], $4::smallint[], $5::text[])
        WITH ORDINALITY u (code, name, country, level, source, place)
    ORDER BY code, place
) g
WHERE NOT EXISTS (SELECT 1 FROM leagues l WHERE l.code = g.code)
ORDER BY g.place
