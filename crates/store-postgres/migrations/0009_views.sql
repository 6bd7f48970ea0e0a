-- What is asked often and costs much, computed ahead; and quotes whose match is checked once a statement.

-- Changes whenever quotes of the match are added: what was computed from them before says so by its number.
ALTER TABLE match_keys ADD COLUMN odds_revision bigint NOT NULL DEFAULT 0;

-- A foreign key asks for the match of each quote and took half the time of adding many. This asks once for each match of
-- a statement, and holds the match for as long, so that it cannot be removed meanwhile.
ALTER TABLE odds DROP CONSTRAINT fk_odds_match;

CREATE OR REPLACE FUNCTION widen_odds_span() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    ids bigint[];
    firsts timestamptz[];
    lasts timestamptz[];
    unknown bigint;
BEGIN
    SELECT array_agg(match_id), array_agg(first), array_agg(last) INTO ids, firsts, lasts
    FROM (SELECT match_id, min(known_at) AS first, max(known_at) AS last FROM added GROUP BY match_id ORDER BY match_id) a;
    PERFORM FROM match_keys WHERE id = ANY (ids) ORDER BY id FOR KEY SHARE;
    UPDATE match_keys k SET odds_revision = k.odds_revision + 1,
        odds_from = least(k.odds_from, s.first), odds_to = greatest(k.odds_to, s.last)
    FROM unnest(ids, firsts, lasts) s (match_id, first, last)
    WHERE k.id = s.match_id;
    SELECT a.id INTO unknown FROM unnest(ids) a (id) WHERE NOT EXISTS (SELECT FROM match_keys k WHERE k.id = a.id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'fk_odds_match: match % is not stored', unknown
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'fk_odds_match';
    END IF;
    RETURN NULL;
END
$$;

-- The other side: a match that has quotes stays. Whoever adds some holds the key until its end, and this waits for it.
CREATE OR REPLACE FUNCTION remove_match_keys() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    used bigint;
BEGIN
    PERFORM FROM match_keys WHERE id IN (SELECT id FROM removed) ORDER BY id FOR UPDATE;
    SELECT o.match_id INTO used FROM removed r JOIN odds o ON o.match_id = r.id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'fk_odds_match: match % has quotes', used
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'fk_odds_match';
    END IF;
    DELETE FROM match_keys k USING removed r WHERE k.id = r.id;
    RETURN NULL;
END
$$;

-- As of when each materialised view was computed: no row, never. The view reads its own row.
CREATE TABLE view_refreshes (
    name    text    COLLATE "C" NOT NULL CONSTRAINT pk_view_refreshes PRIMARY KEY CONSTRAINT ck_view_refreshes_name CHECK (
                name IN ('mv_team_recent_performance', 'mv_odds_trends')),
    as_of   timestamptz(0) NOT NULL
);

-- Each finished match twice, once for either side, with the time from which its result may be used.
CREATE VIEW team_results AS
SELECT home_team_id AS team_id, 'home' AS venue, id AS match_id, match_time,
    match_time + CASE time_precision WHEN 'minute' THEN interval '3 hours' ELSE interval '24 hours' END AS known_at,
    home_score AS goals_for, away_score AS goals_against
FROM matches
WHERE match_status = 'finished'
UNION ALL
SELECT away_team_id, 'away', id, match_time,
    match_time + CASE time_precision WHEN 'minute' THEN interval '3 hours' ELSE interval '24 hours' END,
    away_score, home_score
FROM matches
WHERE match_status = 'finished';

-- Results of the 30 days before the refresh, summed by club and venue.
CREATE MATERIALIZED VIEW mv_team_recent_performance AS
SELECT r.team_id, r.venue, v.as_of, count(*) AS played,
    count(*) FILTER (WHERE r.goals_for > r.goals_against) AS won,
    count(*) FILTER (WHERE r.goals_for = r.goals_against) AS drawn,
    count(*) FILTER (WHERE r.goals_for < r.goals_against) AS lost,
    sum(r.goals_for) AS goals_for, sum(r.goals_against) AS goals_against,
    3 * count(*) FILTER (WHERE r.goals_for > r.goals_against)
        + count(*) FILTER (WHERE r.goals_for = r.goals_against) AS points
FROM view_refreshes v
JOIN team_results r ON r.match_time BETWEEN v.as_of - interval '720 hours' AND v.as_of AND r.known_at <= v.as_of
WHERE v.name = 'mv_team_recent_performance'
GROUP BY r.team_id, r.venue, v.as_of;

CREATE UNIQUE INDEX uq_mv_team_recent_performance ON mv_team_recent_performance (team_id, venue);

-- Prices of matches that kick off from 30 days before the refresh on, by match, market, line and bookmaker: only quotes
-- known by the refresh and before kick-off, and none that is suspicious. `home` is home, over or yes; `away` is away,
-- under or no. `implied` is 1 by the latest price, `movement` what it gained since the first one.
CREATE MATERIALIZED VIEW mv_odds_trends AS
WITH recent AS (
    SELECT m.id, m.match_time, k.odds_from, k.odds_to, k.odds_revision, v.as_of
    FROM view_refreshes v
    JOIN matches m ON m.match_time >= v.as_of - interval '720 hours'
    JOIN match_keys k ON k.id = m.id AND k.season = m.season
    WHERE v.name = 'mv_odds_trends' AND k.odds_from IS NOT NULL
),
quotes AS (
    SELECT o.match_id, r.match_time, r.as_of, r.odds_revision, o.market_type, o.bookmaker, o.line_quarters, o.phase, o.known_at,
        coalesce(o.home_thousandths, o.over_thousandths, o.yes_thousandths) AS home, o.draw_thousandths AS draw,
        coalesce(o.away_thousandths, o.under_thousandths, o.no_thousandths) AS away
    FROM recent r
    JOIN odds o ON o.match_id = r.id AND o.known_at < r.match_time AND o.known_at <= r.as_of AND NOT o.suspicious_odds
    -- Months in which no quote of these matches was known are left out.
    WHERE o.known_at BETWEEN (SELECT min(odds_from) FROM recent) AND (SELECT max(odds_to) FROM recent)
),
trends AS (
    SELECT match_id, match_time, as_of, odds_revision, market_type, bookmaker, line_quarters, count(*) AS quotes,
        min(known_at) AS first_at, max(known_at) AS latest_at,
        -- Of two prices of one time the closing one is the later: `closing` sorts before `pre_match`.
        (array_agg(home ORDER BY known_at, phase DESC) FILTER (WHERE home IS NOT NULL))[1] AS home_opening,
        (array_agg(home ORDER BY known_at DESC, phase) FILTER (WHERE home IS NOT NULL))[1] AS home_latest,
        min(home) AS home_lowest, max(home) AS home_highest,
        sum(home)::double precision / nullif(count(home), 0) / 1000 AS home_average,
        (array_agg(draw ORDER BY known_at, phase DESC) FILTER (WHERE draw IS NOT NULL))[1] AS draw_opening,
        (array_agg(draw ORDER BY known_at DESC, phase) FILTER (WHERE draw IS NOT NULL))[1] AS draw_latest,
        min(draw) AS draw_lowest, max(draw) AS draw_highest,
        sum(draw)::double precision / nullif(count(draw), 0) / 1000 AS draw_average,
        (array_agg(away ORDER BY known_at, phase DESC) FILTER (WHERE away IS NOT NULL))[1] AS away_opening,
        (array_agg(away ORDER BY known_at DESC, phase) FILTER (WHERE away IS NOT NULL))[1] AS away_latest,
        min(away) AS away_lowest, max(away) AS away_highest,
        sum(away)::double precision / nullif(count(away), 0) / 1000 AS away_average
    FROM quotes
    GROUP BY match_id, match_time, as_of, odds_revision, market_type, bookmaker, line_quarters
)
SELECT match_id, match_time, as_of, odds_revision, market_type, bookmaker, line_quarters, quotes, first_at, latest_at,
    home_opening, home_latest, home_lowest, home_highest, home_average,
    (home_highest - home_lowest) / 1000.0::double precision AS home_spread,
    1000.0::double precision / home_latest AS home_implied,
    1000.0::double precision / home_latest - 1000.0::double precision / home_opening AS home_movement,
    draw_opening, draw_latest, draw_lowest, draw_highest, draw_average,
    (draw_highest - draw_lowest) / 1000.0::double precision AS draw_spread,
    1000.0::double precision / draw_latest AS draw_implied,
    1000.0::double precision / draw_latest - 1000.0::double precision / draw_opening AS draw_movement,
    away_opening, away_latest, away_lowest, away_highest, away_average,
    (away_highest - away_lowest) / 1000.0::double precision AS away_spread,
    1000.0::double precision / away_latest AS away_implied,
    1000.0::double precision / away_latest - 1000.0::double precision / away_opening AS away_movement
FROM trends;

CREATE UNIQUE INDEX uq_mv_odds_trends ON mv_odds_trends (match_id, market_type, line_quarters, bookmaker);

-- Computes views anew as of a time, while readers go on; in the order of their names, so that two who refresh do not
-- block each other for good. Runs as the owner: whoever writes may refresh, and owns nothing.
CREATE FUNCTION refresh_views(names text[], at timestamptz) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    view text;
BEGIN
    FOR view IN SELECT DISTINCT n FROM unnest(names) n ORDER BY n LOOP
        INSERT INTO view_refreshes (name, as_of) VALUES (view, at)
        ON CONFLICT (name) DO UPDATE SET as_of = excluded.as_of;
        EXECUTE format('REFRESH MATERIALIZED VIEW CONCURRENTLY %I', view);
        RETURN NEXT view;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION refresh_views(text[], timestamptz) FROM PUBLIC;
