-- Totals that lists ask for, kept with every write, and indexes by which a page of any filter reads its own rows alone.

-- Matches of a season of a league. A season without matches has no row.
CREATE TABLE season_totals (
    league_id   INTEGER NOT NULL CONSTRAINT fk_season_totals_league REFERENCES leagues (id),
    season      TEXT    NOT NULL,
    matches     INTEGER NOT NULL,
    finished    INTEGER NOT NULL,
    PRIMARY KEY (league_id, season),
    CONSTRAINT ck_season_totals_range CHECK (finished BETWEEN 0 AND matches)
) STRICT, WITHOUT ROWID;

-- Teams that have a match in a league, with the number of these matches, home or away.
CREATE TABLE league_teams (
    league_id   INTEGER NOT NULL CONSTRAINT fk_league_teams_league REFERENCES leagues (id),
    team_id     INTEGER NOT NULL CONSTRAINT fk_league_teams_team REFERENCES teams (id),
    matches     INTEGER NOT NULL CONSTRAINT ck_league_teams_matches CHECK (matches >= 0),
    PRIMARY KEY (league_id, team_id)
) STRICT, WITHOUT ROWID;

INSERT INTO season_totals (league_id, season, matches, finished)
SELECT league_id, season, count(*), sum(match_status = 'finished') FROM matches GROUP BY league_id, season;

INSERT INTO league_teams (league_id, team_id, matches)
SELECT league_id, team_id, count(*)
FROM (SELECT league_id, home_team_id AS team_id FROM matches UNION ALL SELECT league_id, away_team_id FROM matches)
GROUP BY league_id, team_id;

-- New matches are added to the totals by the statement that follows their insertion, many at a time: a trigger for each
-- row would make a big import half as fast again. Whatever else happens to a match comes here.
CREATE TRIGGER tr_matches_totals_update
AFTER UPDATE OF league_id, season, match_status ON matches
WHEN OLD.league_id <> NEW.league_id OR OLD.season <> NEW.season
    OR (OLD.match_status = 'finished') <> (NEW.match_status = 'finished')
BEGIN
    UPDATE season_totals SET matches = matches - 1, finished = finished - (OLD.match_status = 'finished')
    WHERE league_id = OLD.league_id AND season = OLD.season;
    INSERT INTO season_totals (league_id, season, matches, finished)
    VALUES (NEW.league_id, NEW.season, 1, NEW.match_status = 'finished')
    ON CONFLICT (league_id, season) DO UPDATE SET
        matches = matches + excluded.matches, finished = finished + excluded.finished;
    DELETE FROM season_totals WHERE league_id = OLD.league_id AND season = OLD.season AND matches = 0;
END;

CREATE TRIGGER tr_matches_league_teams_update
AFTER UPDATE OF league_id, home_team_id, away_team_id ON matches
WHEN OLD.league_id <> NEW.league_id OR OLD.home_team_id <> NEW.home_team_id OR OLD.away_team_id <> NEW.away_team_id
BEGIN
    UPDATE league_teams SET matches = matches - 1
    WHERE league_id = OLD.league_id AND team_id IN (OLD.home_team_id, OLD.away_team_id);
    INSERT INTO league_teams (league_id, team_id, matches)
    VALUES (NEW.league_id, NEW.home_team_id, 1), (NEW.league_id, NEW.away_team_id, 1)
    ON CONFLICT (league_id, team_id) DO UPDATE SET matches = matches + excluded.matches;
    DELETE FROM league_teams
    WHERE league_id = OLD.league_id AND team_id IN (OLD.home_team_id, OLD.away_team_id) AND matches = 0;
END;

CREATE TRIGGER tr_matches_totals_delete AFTER DELETE ON matches
BEGIN
    UPDATE season_totals SET matches = matches - 1, finished = finished - (OLD.match_status = 'finished')
    WHERE league_id = OLD.league_id AND season = OLD.season;
    DELETE FROM season_totals WHERE league_id = OLD.league_id AND season = OLD.season AND matches = 0;
    UPDATE league_teams SET matches = matches - 1
    WHERE league_id = OLD.league_id AND team_id IN (OLD.home_team_id, OLD.away_team_id);
    DELETE FROM league_teams
    WHERE league_id = OLD.league_id AND team_id IN (OLD.home_team_id, OLD.away_team_id) AND matches = 0;
END;

-- The identifier is part of every index, as its last column. Finished matches are most of all: pages of them go by time.
DROP INDEX idx_matches_time_status;
CREATE INDEX idx_matches_time ON matches (match_time);
DROP INDEX idx_matches_open;
CREATE INDEX idx_matches_open_status_time ON matches (match_status, match_time) WHERE match_status <> 'finished';
CREATE INDEX idx_matches_season_time ON matches (season, match_time);
CREATE INDEX idx_teams_name ON teams (name);
