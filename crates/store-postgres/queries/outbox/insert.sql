INSERT INTO outbox (kind, match_id, league_id, season, subject, details, recorded_at, job_id)
SELECT c.kind, c.match_id, c.league_id, c.season, c.subject, c.details::jsonb, c.recorded_at, c.job_id
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::bigint[])
    WITH ORDINALITY c (kind, match_id, league_id, season, subject, details, recorded_at, job_id, place)
ORDER BY c.place
