SELECT match_id, market_type, bookmaker, line_quarters, phase, known_at, known_at_imputed,
    coalesce(home_thousandths, over_thousandths, yes_thousandths), draw_thousandths,
    coalesce(away_thousandths, under_thousandths, no_thousandths)
FROM odds
ORDER BY match_id
