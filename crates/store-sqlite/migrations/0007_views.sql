-- Summaries under the names that they have in PostgreSQL, where they are computed ahead. Here they are computed when asked
-- for, as of now by the machine's clock; prices are in thousandths.

-- Each finished match twice, once for either side, with the time from which its result may be used.
CREATE VIEW team_results AS
SELECT home_team_id AS team_id, 'home' AS venue, id AS match_id, match_time,
    match_time + CASE time_precision WHEN 'minute' THEN 10800 ELSE 86400 END AS known_at,
    home_score AS goals_for, away_score AS goals_against
FROM matches
WHERE match_status = 'finished'
UNION ALL
SELECT away_team_id, 'away', id, match_time,
    match_time + CASE time_precision WHEN 'minute' THEN 10800 ELSE 86400 END,
    away_score, home_score
FROM matches
WHERE match_status = 'finished';

-- Results of the 30 days before now, summed by club and venue.
CREATE VIEW mv_team_recent_performance AS
SELECT r.team_id, r.venue, n.as_of, count(*) AS played,
    count(*) FILTER (WHERE r.goals_for > r.goals_against) AS won,
    count(*) FILTER (WHERE r.goals_for = r.goals_against) AS drawn,
    count(*) FILTER (WHERE r.goals_for < r.goals_against) AS lost,
    sum(r.goals_for) AS goals_for, sum(r.goals_against) AS goals_against,
    3 * count(*) FILTER (WHERE r.goals_for > r.goals_against)
        + count(*) FILTER (WHERE r.goals_for = r.goals_against) AS points
FROM (SELECT unixepoch() AS as_of) n
JOIN team_results r ON r.match_time BETWEEN n.as_of - 2592000 AND n.as_of AND r.known_at <= n.as_of
GROUP BY r.team_id, r.venue;

-- Prices by match, market, line and bookmaker: only quotes known before kick-off, and none that is suspicious. `home` is
-- home, over or yes; `away` is away, under or no. `implied` is 1 by the latest price, `movement` what it gained since the
-- first one.
CREATE VIEW mv_odds_trends AS
WITH quotes AS (
    SELECT o.match_id, m.match_time, o.market_type, o.bookmaker, o.line_quarters, o.known_at,
        -- Of two prices of one time the closing one is the later.
        2 * o.known_at + (o.phase = 'closing') AS place,
        coalesce(o.home_thousandths, o.over_thousandths, o.yes_thousandths) AS home, o.draw_thousandths AS draw,
        coalesce(o.away_thousandths, o.under_thousandths, o.no_thousandths) AS away
    FROM odds o
    JOIN matches m ON m.id = o.match_id
    WHERE o.known_at < m.match_time AND o.known_at <= unixepoch() AND NOT o.suspicious_odds
),
placed AS (
    SELECT match_id, match_time, market_type, bookmaker, line_quarters, known_at, home, draw, away,
        first_value(home) OVER (PARTITION BY match_id, market_type, bookmaker, line_quarters ORDER BY home IS NULL, place) AS home_opening,
        first_value(home) OVER (PARTITION BY match_id, market_type, bookmaker, line_quarters ORDER BY home IS NULL, place DESC) AS home_latest,
        first_value(draw) OVER (PARTITION BY match_id, market_type, bookmaker, line_quarters ORDER BY draw IS NULL, place) AS draw_opening,
        first_value(draw) OVER (PARTITION BY match_id, market_type, bookmaker, line_quarters ORDER BY draw IS NULL, place DESC) AS draw_latest,
        first_value(away) OVER (PARTITION BY match_id, market_type, bookmaker, line_quarters ORDER BY away IS NULL, place) AS away_opening,
        first_value(away) OVER (PARTITION BY match_id, market_type, bookmaker, line_quarters ORDER BY away IS NULL, place DESC) AS away_latest
    FROM quotes
)
SELECT match_id, match_time, market_type, bookmaker, line_quarters, count(*) AS quotes,
    min(known_at) AS first_at, max(known_at) AS latest_at,
    home_opening, home_latest, min(home) AS home_lowest, max(home) AS home_highest,
    1.0 * sum(home) / count(home) / 1000 AS home_average, (max(home) - min(home)) / 1000.0 AS home_spread,
    1000.0 / home_latest AS home_implied, 1000.0 / home_latest - 1000.0 / home_opening AS home_movement,
    draw_opening, draw_latest, min(draw) AS draw_lowest, max(draw) AS draw_highest,
    1.0 * sum(draw) / count(draw) / 1000 AS draw_average, (max(draw) - min(draw)) / 1000.0 AS draw_spread,
    1000.0 / draw_latest AS draw_implied, 1000.0 / draw_latest - 1000.0 / draw_opening AS draw_movement,
    away_opening, away_latest, min(away) AS away_lowest, max(away) AS away_highest,
    1.0 * sum(away) / count(away) / 1000 AS away_average, (max(away) - min(away)) / 1000.0 AS away_spread,
    1000.0 / away_latest AS away_implied, 1000.0 / away_latest - 1000.0 / away_opening AS away_movement
FROM placed
GROUP BY match_id, market_type, bookmaker, line_quarters;
