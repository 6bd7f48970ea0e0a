-- Totals that lists ask for, kept with every write: counting matches would read every partition.

-- Matches of a season of a league. A season without matches has no row.
CREATE TABLE season_totals (
    league_id   bigint  NOT NULL CONSTRAINT fk_season_totals_league REFERENCES leagues (id),
    season      text    COLLATE "C" NOT NULL,
    matches     bigint  NOT NULL,
    finished    bigint  NOT NULL,
    CONSTRAINT pk_season_totals PRIMARY KEY (league_id, season),
    CONSTRAINT ck_season_totals_range CHECK (finished BETWEEN 0 AND matches)
);

-- Teams that have a match in a league, with the number of these matches, home or away.
CREATE TABLE league_teams (
    league_id   bigint  NOT NULL CONSTRAINT fk_league_teams_league REFERENCES leagues (id),
    team_id     bigint  NOT NULL CONSTRAINT fk_league_teams_team REFERENCES teams (id),
    matches     bigint  NOT NULL CONSTRAINT ck_league_teams_matches CHECK (matches >= 0),
    CONSTRAINT pk_league_teams PRIMARY KEY (league_id, team_id)
);

INSERT INTO season_totals (league_id, season, matches, finished)
SELECT league_id, season, count(*), count(*) FILTER (WHERE match_status = 'finished') FROM matches
GROUP BY league_id, season;

INSERT INTO league_teams (league_id, team_id, matches)
SELECT league_id, team_id, count(*)
FROM (SELECT league_id, home_team_id AS team_id FROM matches UNION ALL SELECT league_id, away_team_id FROM matches) s
GROUP BY league_id, team_id;

-- Rows are changed in the order of their keys, so that writers who meet wait for each other in one order.
CREATE FUNCTION add_totals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO season_totals AS t (league_id, season, matches, finished)
    SELECT league_id, season, count(*), count(*) FILTER (WHERE match_status = 'finished') FROM added
    GROUP BY league_id, season ORDER BY league_id, season
    ON CONFLICT (league_id, season) DO UPDATE SET
        matches = t.matches + excluded.matches, finished = t.finished + excluded.finished;
    INSERT INTO league_teams AS t (league_id, team_id, matches)
    SELECT league_id, team_id, count(*)
    FROM (SELECT league_id, home_team_id AS team_id FROM added UNION ALL SELECT league_id, away_team_id FROM added) s
    GROUP BY league_id, team_id ORDER BY league_id, team_id
    ON CONFLICT (league_id, team_id) DO UPDATE SET matches = t.matches + excluded.matches;
    RETURN NULL;
END
$$;

CREATE FUNCTION take_totals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO season_totals AS t (league_id, season, matches, finished)
    SELECT league_id, season, count(*), count(*) FILTER (WHERE match_status = 'finished') FROM removed
    GROUP BY league_id, season ORDER BY league_id, season
    ON CONFLICT (league_id, season) DO UPDATE SET
        matches = t.matches - excluded.matches, finished = t.finished - excluded.finished;
    DELETE FROM season_totals WHERE matches = 0 AND (league_id, season) IN (SELECT league_id, season FROM removed);
    INSERT INTO league_teams AS t (league_id, team_id, matches)
    SELECT league_id, team_id, count(*)
    FROM (SELECT league_id, home_team_id AS team_id FROM removed UNION ALL SELECT league_id, away_team_id FROM removed) s
    GROUP BY league_id, team_id ORDER BY league_id, team_id
    ON CONFLICT (league_id, team_id) DO UPDATE SET matches = t.matches - excluded.matches;
    DELETE FROM league_teams WHERE matches = 0 AND (league_id, team_id) IN (
        SELECT league_id, home_team_id FROM removed UNION ALL SELECT league_id, away_team_id FROM removed);
    RETURN NULL;
END
$$;

CREATE TRIGGER tr_matches_totals_inserted AFTER INSERT ON matches REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION add_totals();
CREATE TRIGGER tr_matches_totals_deleted AFTER DELETE ON matches REFERENCING OLD TABLE AS removed
FOR EACH STATEMENT EXECUTE FUNCTION take_totals();
-- In the order of their names: what is there now is added before what was there is taken, so that nothing falls below zero.
CREATE TRIGGER tr_matches_totals_updated_1 AFTER UPDATE ON matches REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION add_totals();
CREATE TRIGGER tr_matches_totals_updated_2 AFTER UPDATE ON matches REFERENCING OLD TABLE AS removed
FOR EACH STATEMENT EXECUTE FUNCTION take_totals();

CREATE TRIGGER tr_season_totals_follow BEFORE INSERT OR UPDATE OR DELETE ON season_totals
FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
EXECUTE FUNCTION refuse('tr_season_totals_follow', 'totals follow matches, and are not changed by themselves');
CREATE TRIGGER tr_league_teams_follow BEFORE INSERT OR UPDATE OR DELETE ON league_teams
FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
EXECUTE FUNCTION refuse('tr_league_teams_follow', 'totals follow matches, and are not changed by themselves');

CREATE INDEX idx_teams_name ON teams (name, id);

-- Whoever read the lists before goes on reading them.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON season_totals, league_teams TO football_reader;
    END IF;
END
$$;
