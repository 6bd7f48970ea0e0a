-- ?1: JSON array of pairs of league identifier and season.
SELECT o.match_id, market_type, bookmaker, line_quarters, phase, known_at, known_at_imputed,
    coalesce(home_thousandths, over_thousandths, yes_thousandths), draw_thousandths,
    coalesce(away_thousandths, under_thousandths, no_thousandths)
FROM json_each(?1) s
CROSS JOIN matches m ON m.league_id = s.value ->> 0 AND m.season = s.value ->> 1
CROSS JOIN odds o ON o.match_id = m.id
