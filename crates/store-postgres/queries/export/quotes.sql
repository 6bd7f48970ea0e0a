-- $2, $3: the first and the last time at which a quote was known; all other months are left out.
SELECT match_id, market_type, bookmaker, line_quarters, phase, known_at, known_at_imputed,
    coalesce(home_thousandths, over_thousandths, yes_thousandths), draw_thousandths,
    coalesce(away_thousandths, under_thousandths, no_thousandths), collected_at
FROM odds
WHERE match_id = ANY ($1::bigint[]) AND known_at BETWEEN $2 AND $3
ORDER BY match_id
