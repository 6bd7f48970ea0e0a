SELECT match_id, market_type, bookmaker, line_quarters, known_at,
    coalesce(home_thousandths, over_thousandths, yes_thousandths), draw_thousandths,
    coalesce(away_thousandths, under_thousandths, no_thousandths)
FROM in_play_odds
ORDER BY match_id, known_at, market_type, bookmaker, line_quarters
