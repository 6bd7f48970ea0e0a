-- $2, $3: from the first time at which a quote of the match was known to the time asked for; all other months are left
-- out. Of two prices of one time the closing one is the later.
SELECT DISTINCT ON (market_type, bookmaker, line_quarters)
    match_id, market_type, bookmaker, line_quarters, phase, known_at, known_at_imputed,
    coalesce(home_thousandths, over_thousandths, yes_thousandths), draw_thousandths,
    coalesce(away_thousandths, under_thousandths, no_thousandths)
FROM odds
WHERE match_id = $1 AND known_at BETWEEN $2 AND $3
ORDER BY market_type, bookmaker, line_quarters, known_at DESC, phase
