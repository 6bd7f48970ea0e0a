-- ?1: JSON array of identifiers.
SELECT match_id, market_type, bookmaker, line_quarters, phase, known_at, known_at_imputed,
    coalesce(home_thousandths, over_thousandths, yes_thousandths), draw_thousandths,
    coalesce(away_thousandths, under_thousandths, no_thousandths), collected_at
FROM odds
WHERE match_id IN (SELECT value FROM json_each(?1))
ORDER BY match_id
