-- Forecasts of some matches, of which something is to be noted. $1: the matches.
SELECT id, match_id, home_win_probability, draw_probability, away_win_probability,
    CASE WHEN holds THEN home_score END, CASE WHEN holds THEN away_score END, actual_home_score, actual_away_score,
    closing_bookmaker, closing_home_probability, closing_draw_probability, closing_away_probability
FROM (
    SELECT p.id, p.match_id, p.home_win_probability, p.draw_probability, p.away_win_probability, p.verified_at,
        p.actual_home_score, p.actual_away_score, p.closing_bookmaker, p.closing_home_probability,
        p.closing_draw_probability, p.closing_away_probability, m.home_score, m.away_score,
        -- A match that turns out to have begun before the forecast was sealed says nothing of it.
        m.match_status = 'finished' AND p.sealed_at < m.match_time + (CASE m.time_precision WHEN 'day' THEN interval '24 hours' ELSE interval '0' END) AS holds
    FROM predictions p
    JOIN match_keys k ON k.id = p.match_id
    JOIN matches m ON m.id = k.id AND m.season = k.season
    WHERE p.match_id = ANY($1)
) noted
WHERE CASE WHEN holds THEN
        verified_at IS NULL OR actual_home_score <> home_score OR actual_away_score <> away_score
        OR (closing_bookmaker IS NULL AND EXISTS (
            SELECT 1 FROM odds o
            WHERE o.match_id = noted.match_id AND o.market_type = '1x2' AND o.phase = 'closing' AND o.bookmaker NOT IN ('Max', 'BbMx')
                AND NOT o.suspicious_odds AND o.home_thousandths IS NOT NULL AND o.draw_thousandths IS NOT NULL
                AND o.away_thousandths IS NOT NULL))
    ELSE verified_at IS NOT NULL END
ORDER BY id
