-- Silver: leagues, clubs, matches and their facts.

CREATE TABLE leagues (
    id                  INTEGER PRIMARY KEY,
    code                TEXT    NOT NULL CONSTRAINT ck_leagues_code CHECK (code <> ''),
    name                TEXT    NOT NULL CONSTRAINT ck_leagues_name CHECK (name <> ''),
    country             TEXT    NOT NULL CONSTRAINT ck_leagues_country CHECK (country <> ''),
    level               INTEGER NOT NULL CONSTRAINT ck_leagues_level CHECK (level BETWEEN 0 AND 255),
    source              TEXT    NOT NULL,
    season_start_month  INTEGER CONSTRAINT ck_leagues_season_start_month CHECK (season_start_month BETWEEN 1 AND 12),
    season_end_month    INTEGER CONSTRAINT ck_leagues_season_end_month CHECK (season_end_month BETWEEN 1 AND 12),
    is_active           INTEGER NOT NULL DEFAULT 1 CONSTRAINT ck_leagues_is_active CHECK (is_active IN (0, 1)),
    CONSTRAINT uq_leagues_code UNIQUE (code)
) STRICT;

CREATE TABLE teams (
    id              INTEGER PRIMARY KEY,
    name            TEXT    NOT NULL CONSTRAINT ck_teams_name CHECK (name <> ''),
    country         TEXT    NOT NULL CONSTRAINT ck_teams_country CHECK (country <> ''),
    code            TEXT,
    league_id       INTEGER CONSTRAINT fk_teams_league REFERENCES leagues (id),
    founded_year    INTEGER CONSTRAINT ck_teams_founded_year CHECK (founded_year BETWEEN 1800 AND 2200),
    stadium         TEXT,
    CONSTRAINT uq_teams_country_name UNIQUE (country, name)
) STRICT;

-- How a source writes a club's name.
CREATE TABLE team_aliases (
    source      TEXT    NOT NULL,
    country     TEXT    NOT NULL,
    alias       TEXT    NOT NULL CONSTRAINT ck_team_aliases_alias CHECK (alias <> ''),
    team_id     INTEGER NOT NULL CONSTRAINT fk_team_aliases_team REFERENCES teams (id),
    PRIMARY KEY (source, country, alias)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_team_aliases_team ON team_aliases (team_id);

CREATE TABLE matches (
    id                  INTEGER PRIMARY KEY,
    league_id           INTEGER NOT NULL CONSTRAINT fk_matches_league REFERENCES leagues (id),
    -- 2022-23, or 2023 for a season of one calendar year.
    season              TEXT    NOT NULL CONSTRAINT ck_matches_season CHECK (
                            season GLOB '[12][0-9][0-9][0-9]-[0-9][0-9]' OR season GLOB '[12][0-9][0-9][0-9]'),
    home_team_id        INTEGER NOT NULL CONSTRAINT fk_matches_home_team REFERENCES teams (id),
    away_team_id        INTEGER NOT NULL CONSTRAINT fk_matches_away_team REFERENCES teams (id),
    -- Ordinal by date of this pairing in this season.
    leg                 INTEGER NOT NULL CONSTRAINT ck_matches_leg CHECK (leg BETWEEN 1 AND 255),
    -- From 1888-01-01, the year of the first league, to the end of 2201.
    match_time          INTEGER NOT NULL CONSTRAINT ck_matches_match_time_range CHECK (
                            match_time BETWEEN -2587680000 AND 7321190399),
    time_precision      TEXT    NOT NULL CONSTRAINT ck_matches_time_precision CHECK (time_precision IN ('minute', 'day')),
    match_status        TEXT    NOT NULL CONSTRAINT ck_matches_match_status CHECK (match_status IN (
                            'finished', 'scheduled', 'live', 'postponed', 'cancelled', 'abandoned', 'awarded')),
    home_score          INTEGER CONSTRAINT ck_matches_home_score_range CHECK (home_score BETWEEN 0 AND 99),
    away_score          INTEGER CONSTRAINT ck_matches_away_score_range CHECK (away_score BETWEEN 0 AND 99),
    home_ht_score       INTEGER CONSTRAINT ck_matches_home_ht_score_range CHECK (
                            home_ht_score BETWEEN 0 AND 99 AND (home_score IS NULL OR home_ht_score <= home_score)),
    away_ht_score       INTEGER CONSTRAINT ck_matches_away_ht_score_range CHECK (
                            away_ht_score BETWEEN 0 AND 99 AND (away_score IS NULL OR away_ht_score <= away_score)),
    referee             TEXT,
    attendance          INTEGER CONSTRAINT ck_matches_attendance CHECK (attendance >= 0),
    source              TEXT    NOT NULL,
    external_id         TEXT,
    minute              INTEGER,
    venue               TEXT,
    weather             TEXT,
    CONSTRAINT ck_matches_score_of_both CHECK ((home_score IS NULL) = (away_score IS NULL)),
    CONSTRAINT ck_matches_ht_score_of_both CHECK ((home_ht_score IS NULL) = (away_ht_score IS NULL)),
    CONSTRAINT ck_matches_finished_has_score CHECK (match_status <> 'finished' OR home_score IS NOT NULL),
    -- Serves idx_matches_league_season too: it begins with league and season.
    CONSTRAINT uq_matches_natural_key UNIQUE (league_id, season, home_team_id, away_team_id, leg)
) STRICT;

CREATE INDEX idx_matches_time_status ON matches (match_time, match_status);
-- The few that are still to come, or never came.
CREATE INDEX idx_matches_open ON matches (match_time) WHERE match_status <> 'finished';
CREATE INDEX idx_matches_league_time ON matches (league_id, match_time);
CREATE INDEX idx_matches_home_team_time ON matches (home_team_id, match_time);
CREATE INDEX idx_matches_away_team_time ON matches (away_team_id, match_time);

-- Foreign keys would refuse the same; the triggers name what is missing.
CREATE TRIGGER tr_check_match_teams_consistency BEFORE INSERT ON matches
WHEN NEW.home_team_id = NEW.away_team_id
    OR NOT EXISTS (SELECT 1 FROM teams WHERE id = NEW.home_team_id)
    OR NOT EXISTS (SELECT 1 FROM teams WHERE id = NEW.away_team_id)
    OR NOT EXISTS (SELECT 1 FROM leagues WHERE id = NEW.league_id)
BEGIN
    SELECT RAISE(ABORT, 'tr_check_match_teams_consistency: a match needs an existing league and two different existing teams');
END;

CREATE TRIGGER tr_check_match_teams_consistency_update
BEFORE UPDATE OF league_id, home_team_id, away_team_id ON matches
WHEN NEW.home_team_id = NEW.away_team_id
    OR NOT EXISTS (SELECT 1 FROM teams WHERE id = NEW.home_team_id)
    OR NOT EXISTS (SELECT 1 FROM teams WHERE id = NEW.away_team_id)
    OR NOT EXISTS (SELECT 1 FROM leagues WHERE id = NEW.league_id)
BEGIN
    SELECT RAISE(ABORT, 'tr_check_match_teams_consistency: a match needs an existing league and two different existing teams');
END;

-- Prices in thousandths are exact; the columns of decimal odds are computed from them (of type ANY: SQLite turns a
-- computed REAL of whole value into an integer when it sorts). The key serves
-- idx_odds_match_market_type and idx_odds_match_bookmaker_collected.
CREATE TABLE odds (
    match_id            INTEGER NOT NULL CONSTRAINT fk_odds_match REFERENCES matches (id),
    market_type         TEXT    NOT NULL CONSTRAINT ck_odds_market_type CHECK (
                            market_type IN ('1x2', 'over_under', 'asian_handicap', 'both_teams_score')),
    bookmaker           TEXT    NOT NULL CONSTRAINT ck_odds_bookmaker CHECK (bookmaker <> ''),
    -- Quarter goals; -32768 where the market has no line (a key column cannot be null).
    line_quarters       INTEGER NOT NULL DEFAULT -32768 CONSTRAINT ck_odds_line_range CHECK (
                            line_quarters BETWEEN -32768 AND 32767),
    phase               TEXT    NOT NULL CONSTRAINT ck_odds_phase CHECK (phase IN ('pre_match', 'closing')),
    -- Since when the prices can have been known.
    known_at            INTEGER NOT NULL,
    known_at_imputed    INTEGER NOT NULL CONSTRAINT ck_odds_known_at_imputed CHECK (known_at_imputed IN (0, 1)),
    home_thousandths    INTEGER CONSTRAINT ck_odds_home_odds_range CHECK (home_thousandths BETWEEN 1001 AND 999999999),
    draw_thousandths    INTEGER CONSTRAINT ck_odds_draw_odds_range CHECK (draw_thousandths BETWEEN 1001 AND 999999999),
    away_thousandths    INTEGER CONSTRAINT ck_odds_away_odds_range CHECK (away_thousandths BETWEEN 1001 AND 999999999),
    over_thousandths    INTEGER CONSTRAINT ck_odds_over_odds_range CHECK (over_thousandths BETWEEN 1001 AND 999999999),
    under_thousandths   INTEGER CONSTRAINT ck_odds_under_odds_range CHECK (under_thousandths BETWEEN 1001 AND 999999999),
    yes_thousandths     INTEGER CONSTRAINT ck_odds_yes_odds_range CHECK (yes_thousandths BETWEEN 1001 AND 999999999),
    no_thousandths      INTEGER CONSTRAINT ck_odds_no_odds_range CHECK (no_thousandths BETWEEN 1001 AND 999999999),
    suspicious_odds     INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_odds_suspicious_odds CHECK (suspicious_odds IN (0, 1)),
    -- When the row was stored.
    collected_at        INTEGER NOT NULL,
    home_odds           ANY     GENERATED ALWAYS AS (home_thousandths / 1000.0) VIRTUAL,
    draw_odds           ANY     GENERATED ALWAYS AS (draw_thousandths / 1000.0) VIRTUAL,
    away_odds           ANY     GENERATED ALWAYS AS (away_thousandths / 1000.0) VIRTUAL,
    over_odds           ANY     GENERATED ALWAYS AS (over_thousandths / 1000.0) VIRTUAL,
    under_odds          ANY     GENERATED ALWAYS AS (under_thousandths / 1000.0) VIRTUAL,
    yes_odds            ANY     GENERATED ALWAYS AS (yes_thousandths / 1000.0) VIRTUAL,
    no_odds             ANY     GENERATED ALWAYS AS (no_thousandths / 1000.0) VIRTUAL,
    line_value          ANY     GENERATED ALWAYS AS (
                            CASE line_quarters WHEN -32768 THEN NULL ELSE line_quarters / 4.0 END) VIRTUAL,
    PRIMARY KEY (match_id, market_type, bookmaker, line_quarters, phase, known_at)
) STRICT, WITHOUT ROWID;

-- A quote belongs to an existing match, has a price, and only prices (and a line) of its own market.
CREATE TRIGGER tr_check_odds_consistency BEFORE INSERT ON odds
WHEN NOT EXISTS (SELECT 1 FROM matches WHERE id = NEW.match_id)
    OR CASE NEW.market_type
        WHEN '1x2' THEN
            coalesce(NEW.home_thousandths, NEW.draw_thousandths, NEW.away_thousandths) IS NULL
            OR coalesce(NEW.over_thousandths, NEW.under_thousandths, NEW.yes_thousandths, NEW.no_thousandths) IS NOT NULL
            OR NEW.line_quarters <> -32768
        WHEN 'over_under' THEN
            coalesce(NEW.over_thousandths, NEW.under_thousandths) IS NULL
            OR coalesce(NEW.home_thousandths, NEW.draw_thousandths, NEW.away_thousandths,
                        NEW.yes_thousandths, NEW.no_thousandths) IS NOT NULL
            OR NEW.line_quarters = -32768
        WHEN 'asian_handicap' THEN
            coalesce(NEW.home_thousandths, NEW.away_thousandths) IS NULL
            OR coalesce(NEW.draw_thousandths, NEW.over_thousandths, NEW.under_thousandths,
                        NEW.yes_thousandths, NEW.no_thousandths) IS NOT NULL
            OR NEW.line_quarters = -32768
        WHEN 'both_teams_score' THEN
            coalesce(NEW.yes_thousandths, NEW.no_thousandths) IS NULL
            OR coalesce(NEW.home_thousandths, NEW.draw_thousandths, NEW.away_thousandths,
                        NEW.over_thousandths, NEW.under_thousandths) IS NOT NULL
            OR NEW.line_quarters <> -32768
        ELSE 0
    END
BEGIN
    SELECT RAISE(ABORT, 'tr_check_odds_consistency: a quote needs an existing match and a price, and only the prices and the line of its market');
END;

-- A new price is a new row: what was known at a time stays as it was.
CREATE TRIGGER tr_odds_never_rewritten
BEFORE UPDATE OF match_id, market_type, bookmaker, line_quarters, phase, known_at, known_at_imputed, home_thousandths,
    draw_thousandths, away_thousandths, over_thousandths, under_thousandths, yes_thousandths, no_thousandths ON odds
BEGIN
    SELECT RAISE(ABORT, 'tr_odds_never_rewritten: a stored quote is never changed; add one with its own known_at');
END;

-- What was counted; one row per match.
CREATE TABLE match_stats (
    match_id                INTEGER PRIMARY KEY CONSTRAINT fk_match_stats_match REFERENCES matches (id),
    home_shots              INTEGER CONSTRAINT ck_match_stats_home_shots CHECK (home_shots BETWEEN 0 AND 65535),
    away_shots              INTEGER CONSTRAINT ck_match_stats_away_shots CHECK (away_shots BETWEEN 0 AND 65535),
    home_shots_on_target    INTEGER CONSTRAINT ck_match_stats_home_shots_on_target CHECK (home_shots_on_target BETWEEN 0 AND 65535),
    away_shots_on_target    INTEGER CONSTRAINT ck_match_stats_away_shots_on_target CHECK (away_shots_on_target BETWEEN 0 AND 65535),
    home_woodwork           INTEGER CONSTRAINT ck_match_stats_home_woodwork CHECK (home_woodwork BETWEEN 0 AND 65535),
    away_woodwork           INTEGER CONSTRAINT ck_match_stats_away_woodwork CHECK (away_woodwork BETWEEN 0 AND 65535),
    home_corners            INTEGER CONSTRAINT ck_match_stats_home_corners CHECK (home_corners BETWEEN 0 AND 65535),
    away_corners            INTEGER CONSTRAINT ck_match_stats_away_corners CHECK (away_corners BETWEEN 0 AND 65535),
    home_fouls              INTEGER CONSTRAINT ck_match_stats_home_fouls CHECK (home_fouls BETWEEN 0 AND 65535),
    away_fouls              INTEGER CONSTRAINT ck_match_stats_away_fouls CHECK (away_fouls BETWEEN 0 AND 65535),
    home_offsides           INTEGER CONSTRAINT ck_match_stats_home_offsides CHECK (home_offsides BETWEEN 0 AND 65535),
    away_offsides           INTEGER CONSTRAINT ck_match_stats_away_offsides CHECK (away_offsides BETWEEN 0 AND 65535),
    home_yellow_cards       INTEGER CONSTRAINT ck_match_stats_home_yellow_cards CHECK (home_yellow_cards BETWEEN 0 AND 65535),
    away_yellow_cards       INTEGER CONSTRAINT ck_match_stats_away_yellow_cards CHECK (away_yellow_cards BETWEEN 0 AND 65535),
    home_red_cards          INTEGER CONSTRAINT ck_match_stats_home_red_cards CHECK (home_red_cards BETWEEN 0 AND 65535),
    away_red_cards          INTEGER CONSTRAINT ck_match_stats_away_red_cards CHECK (away_red_cards BETWEEN 0 AND 65535),
    home_expected_goals     REAL    CONSTRAINT ck_match_stats_home_expected_goals CHECK (home_expected_goals BETWEEN 0 AND 99),
    away_expected_goals     REAL    CONSTRAINT ck_match_stats_away_expected_goals CHECK (away_expected_goals BETWEEN 0 AND 99),
    -- Percent.
    home_possession         REAL    CONSTRAINT ck_match_stats_home_possession CHECK (home_possession BETWEEN 0 AND 100),
    away_possession         REAL    CONSTRAINT ck_match_stats_away_possession CHECK (away_possession BETWEEN 0 AND 100)
) STRICT;
