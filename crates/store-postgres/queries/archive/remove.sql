-- $7, $8: the first and the last time at which a removed quote was known; all other months are left out.
DELETE FROM odds o
USING unnest($1::bigint[], $2::text[], $3::text[], $4::smallint[], $5::text[], $6::timestamptz[])
    gone (match_id, market_type, bookmaker, line_quarters, phase, known_at)
WHERE o.match_id = gone.match_id AND o.market_type = gone.market_type AND o.bookmaker = gone.bookmaker
    AND o.line_quarters = gone.line_quarters AND o.phase = gone.phase AND o.known_at = gone.known_at
    AND o.known_at BETWEEN $7 AND $8
