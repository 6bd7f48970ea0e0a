-- Of two prices of one time the closing one is the later.
SELECT match_id, market_type, bookmaker, line_quarters, phase, known_at, known_at_imputed, first, second, third
FROM (
    SELECT match_id, market_type, bookmaker, line_quarters, phase, known_at, known_at_imputed,
        coalesce(home_thousandths, over_thousandths, yes_thousandths) AS first, draw_thousandths AS second,
        coalesce(away_thousandths, under_thousandths, no_thousandths) AS third,
        row_number() OVER (PARTITION BY market_type, bookmaker, line_quarters ORDER BY known_at DESC, phase) AS place
    FROM odds
    WHERE match_id = ?1 AND known_at <= ?2
)
WHERE place = 1
ORDER BY market_type, bookmaker, line_quarters
