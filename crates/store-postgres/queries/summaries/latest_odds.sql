-- $2, $3: from the first time at which a quote of the match was known to the time asked for; all other months are left
-- out. Of two prices of one time the closing one is the later.
--
-- Goes from one market, bookmaker and line to the next by the primary key, and from the end of each: a match that was
-- priced every five minutes has a thousand times as many quotes as are asked for.
WITH RECURSIVE board AS (
    (SELECT market_type, bookmaker, line_quarters
    FROM odds
    WHERE match_id = $1 AND known_at BETWEEN $2 AND $3
    ORDER BY market_type, bookmaker, line_quarters
    LIMIT 1)
    UNION ALL
    SELECT next.market_type, next.bookmaker, next.line_quarters
    FROM board b
    CROSS JOIN LATERAL (
        SELECT o.market_type, o.bookmaker, o.line_quarters
        FROM odds o
        WHERE o.match_id = $1 AND o.known_at BETWEEN $2 AND $3
            AND (o.market_type, o.bookmaker, o.line_quarters) > (b.market_type, b.bookmaker, b.line_quarters)
        ORDER BY o.market_type, o.bookmaker, o.line_quarters
        LIMIT 1
    ) next
)
SELECT q.match_id, q.market_type, q.bookmaker, q.line_quarters, q.phase, q.known_at, q.known_at_imputed,
    coalesce(q.home_thousandths, q.over_thousandths, q.yes_thousandths), q.draw_thousandths,
    coalesce(q.away_thousandths, q.under_thousandths, q.no_thousandths)
FROM board b
CROSS JOIN LATERAL (
    SELECT latest.*
    FROM (VALUES ('closing'), ('pre_match')) p (phase)
    CROSS JOIN LATERAL (
        SELECT o.*
        FROM odds o
        WHERE o.match_id = $1 AND o.market_type = b.market_type AND o.bookmaker = b.bookmaker
            AND o.line_quarters = b.line_quarters AND o.phase = p.phase AND o.known_at BETWEEN $2 AND $3
        ORDER BY o.known_at DESC
        LIMIT 1
    ) latest
    ORDER BY latest.known_at DESC, latest.phase
    LIMIT 1
) q
ORDER BY q.market_type, q.bookmaker, q.line_quarters
