INSERT INTO outbox (kind, match_id, league_id, season, subject, details, recorded_at)
SELECT c.kind, c.match_id, c.league_id, c.season, c.subject, c.details::jsonb, c.recorded_at
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
    WITH ORDINALITY c (kind, match_id, league_id, season, subject, details, recorded_at, place)
ORDER BY c.place
