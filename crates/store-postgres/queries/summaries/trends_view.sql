-- No row where the view was computed before $2 or after $3, or where quotes came or the kick-off moved since.
SELECT t.as_of, t.market_type, t.bookmaker, t.line_quarters, t.quotes, t.first_at, t.latest_at,
    t.home_opening, t.home_latest, t.home_lowest, t.home_highest, t.home_average,
    t.draw_opening, t.draw_latest, t.draw_lowest, t.draw_highest, t.draw_average,
    t.away_opening, t.away_latest, t.away_lowest, t.away_highest, t.away_average
FROM mv_odds_trends t
WHERE t.match_id = $1 AND t.as_of BETWEEN $2 AND $3
    AND t.odds_revision = (SELECT k.odds_revision FROM match_keys k WHERE k.id = $1)
    AND t.match_time = (
        SELECT m.match_time FROM matches m
        WHERE m.id = $1 AND m.season = (SELECT k.season FROM match_keys k WHERE k.id = $1))
