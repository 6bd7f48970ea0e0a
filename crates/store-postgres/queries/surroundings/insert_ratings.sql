INSERT INTO team_ratings (data_source, country, team, level, rating, valid_from, valid_to, known_at)
SELECT s, c, t, l, r, f::date, e::date, k
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::double precision[], $6::text[], $7::text[],
    $8::timestamptz[]) v (s, c, t, l, r, f, e, k)
ON CONFLICT (data_source, country, team, valid_from, rating, valid_to) DO NOTHING
