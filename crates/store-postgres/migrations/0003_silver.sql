-- Silver: leagues, clubs, matches and their facts. Key texts are compared byte for byte.

CREATE TABLE leagues (
    id                  bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_leagues PRIMARY KEY,
    code                text    COLLATE "C" NOT NULL CONSTRAINT ck_leagues_code CHECK (code <> ''),
    name                text    NOT NULL CONSTRAINT ck_leagues_name CHECK (name <> ''),
    country             text    NOT NULL CONSTRAINT ck_leagues_country CHECK (country <> ''),
    level               smallint NOT NULL CONSTRAINT ck_leagues_level CHECK (level BETWEEN 0 AND 255),
    source              text    NOT NULL,
    season_start_month  smallint CONSTRAINT ck_leagues_season_start_month CHECK (season_start_month BETWEEN 1 AND 12),
    season_end_month    smallint CONSTRAINT ck_leagues_season_end_month CHECK (season_end_month BETWEEN 1 AND 12),
    is_active           boolean NOT NULL DEFAULT true,
    CONSTRAINT uq_leagues_code UNIQUE (code)
);

CREATE TABLE teams (
    id              bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_teams PRIMARY KEY,
    name            text    COLLATE "C" NOT NULL CONSTRAINT ck_teams_name CHECK (name <> ''),
    country         text    COLLATE "C" NOT NULL CONSTRAINT ck_teams_country CHECK (country <> ''),
    code            text,
    league_id       bigint  CONSTRAINT fk_teams_league REFERENCES leagues (id),
    founded_year    smallint CONSTRAINT ck_teams_founded_year CHECK (founded_year BETWEEN 1800 AND 2200),
    stadium         text,
    CONSTRAINT uq_teams_country_name UNIQUE (country, name)
);

-- How a source writes a club's name.
CREATE TABLE team_aliases (
    source      text    COLLATE "C" NOT NULL,
    country     text    COLLATE "C" NOT NULL,
    alias       text    COLLATE "C" NOT NULL CONSTRAINT ck_team_aliases_alias CHECK (alias <> ''),
    team_id     bigint  NOT NULL CONSTRAINT fk_team_aliases_team REFERENCES teams (id),
    CONSTRAINT pk_team_aliases PRIMARY KEY (source, country, alias)
);

CREATE INDEX idx_team_aliases_team ON team_aliases (team_id);

-- A partition per season, which is part of what identifies a match: re-dating moves no row.
CREATE TABLE matches (
    id                  bigint  NOT NULL,
    league_id           bigint  NOT NULL CONSTRAINT fk_matches_league REFERENCES leagues (id),
    -- 2022-23, or 2023 for a season of one calendar year.
    season              text    COLLATE "C" NOT NULL CONSTRAINT ck_matches_season CHECK (
                            season ~ '^[12][0-9]{3}(-[0-9]{2})?$'),
    home_team_id        bigint  NOT NULL CONSTRAINT fk_matches_home_team REFERENCES teams (id),
    away_team_id        bigint  NOT NULL CONSTRAINT fk_matches_away_team REFERENCES teams (id),
    -- Ordinal by date of this pairing in this season.
    leg                 smallint NOT NULL CONSTRAINT ck_matches_leg CHECK (leg BETWEEN 1 AND 255),
    -- From 1888, the year of the first league.
    match_time          timestamptz(0) NOT NULL CONSTRAINT ck_matches_match_time_range CHECK (
                            match_time >= '1888-01-01 00:00:00+00' AND match_time < '2202-01-01 00:00:00+00'),
    time_precision      text    NOT NULL CONSTRAINT ck_matches_time_precision CHECK (time_precision IN ('minute', 'day')),
    match_status        text    COLLATE "C" NOT NULL CONSTRAINT ck_matches_match_status CHECK (match_status IN (
                            'finished', 'scheduled', 'live', 'postponed', 'cancelled', 'abandoned', 'awarded')),
    home_score          smallint CONSTRAINT ck_matches_home_score_range CHECK (home_score BETWEEN 0 AND 99),
    away_score          smallint CONSTRAINT ck_matches_away_score_range CHECK (away_score BETWEEN 0 AND 99),
    home_ht_score       smallint CONSTRAINT ck_matches_home_ht_score_range CHECK (
                            home_ht_score BETWEEN 0 AND 99 AND (home_score IS NULL OR home_ht_score <= home_score)),
    away_ht_score       smallint CONSTRAINT ck_matches_away_ht_score_range CHECK (
                            away_ht_score BETWEEN 0 AND 99 AND (away_score IS NULL OR away_ht_score <= away_score)),
    referee             text,
    attendance          bigint  CONSTRAINT ck_matches_attendance CHECK (attendance >= 0),
    source              text    NOT NULL,
    external_id         text,
    minute              integer,
    venue               text,
    weather             text,
    CONSTRAINT ck_matches_two_teams CHECK (home_team_id <> away_team_id),
    CONSTRAINT ck_matches_score_of_both CHECK ((home_score IS NULL) = (away_score IS NULL)),
    CONSTRAINT ck_matches_ht_score_of_both CHECK ((home_ht_score IS NULL) = (away_ht_score IS NULL)),
    CONSTRAINT ck_matches_finished_has_score CHECK (match_status <> 'finished' OR home_score IS NOT NULL),
    CONSTRAINT pk_matches PRIMARY KEY (id, season),
    CONSTRAINT uq_matches_natural_key UNIQUE (league_id, season, home_team_id, away_team_id, leg)
) PARTITION BY LIST (season);

CREATE INDEX idx_matches_time ON matches (match_time, id);
-- The few that are still to come, or never came.
CREATE INDEX idx_matches_open ON matches (match_time, id) WHERE match_status <> 'finished';
CREATE INDEX idx_matches_league_time ON matches (league_id, match_time, id);
CREATE INDEX idx_matches_home_team_time ON matches (home_team_id, match_time, id);
CREATE INDEX idx_matches_away_team_time ON matches (away_team_id, match_time, id);

-- One row per match, in one table: makes the identifier unique over all partitions, is what facts refer to, and says
-- in which partitions a match and its quotes lie. Triggers on `matches` alone add and remove rows, a statement at a time:
-- a foreign key to a partitioned table costs 100 microseconds a row, because each check locks every partition.
CREATE TABLE match_keys (
    id          bigint  NOT NULL CONSTRAINT pk_match_keys PRIMARY KEY,
    season      text    COLLATE "C" NOT NULL,
    -- The first and the last time at which a quote of the match was known.
    odds_from   timestamptz(0),
    odds_to     timestamptz(0)
) WITH (fillfactor = 80);

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: %', TG_ARGV[0], TG_ARGV[1] USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0];
END
$$;

CREATE TRIGGER tr_matches_identity_kept BEFORE UPDATE OF id, season ON matches
FOR EACH ROW WHEN (OLD.id <> NEW.id OR OLD.season <> NEW.season)
EXECUTE FUNCTION refuse('tr_matches_identity_kept', 'a match keeps its identifier and its season');

CREATE FUNCTION add_match_keys() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO match_keys (id, season) SELECT id, season FROM added;
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_matches_keys_added AFTER INSERT ON matches REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION add_match_keys();

CREATE FUNCTION remove_match_keys() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM match_keys k USING removed r WHERE k.id = r.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_matches_keys_removed AFTER DELETE ON matches REFERENCING OLD TABLE AS removed
FOR EACH STATEMENT EXECUTE FUNCTION remove_match_keys();

CREATE TRIGGER tr_matches_never_emptied BEFORE TRUNCATE ON matches
FOR EACH STATEMENT EXECUTE FUNCTION refuse('tr_matches_never_emptied', 'matches are deleted, so that their keys follow');
CREATE TRIGGER tr_match_keys_follow BEFORE INSERT OR DELETE OR UPDATE OF id, season ON match_keys
FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
EXECUTE FUNCTION refuse('tr_match_keys_follow', 'keys follow matches, and are not changed by themselves');
CREATE TRIGGER tr_match_keys_never_emptied BEFORE TRUNCATE ON match_keys
FOR EACH STATEMENT EXECUTE FUNCTION refuse('tr_match_keys_never_emptied', 'keys follow matches');

-- Prices in thousandths are exact; `odds_decimal` shows them as decimals.
CREATE TABLE odds (
    match_id            bigint  NOT NULL CONSTRAINT fk_odds_match REFERENCES match_keys (id),
    market_type         text    COLLATE "C" NOT NULL CONSTRAINT ck_odds_market_type CHECK (
                            market_type IN ('1x2', 'over_under', 'asian_handicap', 'both_teams_score')),
    bookmaker           text    COLLATE "C" NOT NULL CONSTRAINT ck_odds_bookmaker CHECK (bookmaker <> ''),
    -- Quarter goals; -32768 where the market has no line (a key column cannot be null).
    line_quarters       smallint NOT NULL DEFAULT -32768,
    phase               text    COLLATE "C" NOT NULL CONSTRAINT ck_odds_phase CHECK (phase IN ('pre_match', 'closing')),
    -- Since when the prices can have been known.
    known_at            timestamptz(0) NOT NULL CONSTRAINT ck_odds_time_range CHECK (
                            known_at >= '1888-01-01 00:00:00+00' AND known_at < '2202-01-01 00:00:00+00'),
    known_at_imputed    boolean NOT NULL,
    home_thousandths    integer CONSTRAINT ck_odds_home_odds_range CHECK (home_thousandths BETWEEN 1001 AND 999999999),
    draw_thousandths    integer CONSTRAINT ck_odds_draw_odds_range CHECK (draw_thousandths BETWEEN 1001 AND 999999999),
    away_thousandths    integer CONSTRAINT ck_odds_away_odds_range CHECK (away_thousandths BETWEEN 1001 AND 999999999),
    over_thousandths    integer CONSTRAINT ck_odds_over_odds_range CHECK (over_thousandths BETWEEN 1001 AND 999999999),
    under_thousandths   integer CONSTRAINT ck_odds_under_odds_range CHECK (under_thousandths BETWEEN 1001 AND 999999999),
    yes_thousandths     integer CONSTRAINT ck_odds_yes_odds_range CHECK (yes_thousandths BETWEEN 1001 AND 999999999),
    no_thousandths      integer CONSTRAINT ck_odds_no_odds_range CHECK (no_thousandths BETWEEN 1001 AND 999999999),
    suspicious_odds     boolean NOT NULL DEFAULT false,
    -- When the row was stored.
    collected_at        timestamptz(0) NOT NULL,
    CONSTRAINT pk_odds PRIMARY KEY (match_id, market_type, bookmaker, line_quarters, phase, known_at),
    -- A quote has a price, and only the prices and the line of its own market.
    CONSTRAINT ck_odds_consistency CHECK (CASE market_type
        WHEN '1x2' THEN
            num_nonnulls(home_thousandths, draw_thousandths, away_thousandths) > 0
            AND num_nonnulls(over_thousandths, under_thousandths, yes_thousandths, no_thousandths) = 0
            AND line_quarters = -32768
        WHEN 'over_under' THEN
            num_nonnulls(over_thousandths, under_thousandths) > 0
            AND num_nonnulls(home_thousandths, draw_thousandths, away_thousandths, yes_thousandths, no_thousandths) = 0
            AND line_quarters <> -32768
        WHEN 'asian_handicap' THEN
            num_nonnulls(home_thousandths, away_thousandths) > 0
            AND num_nonnulls(draw_thousandths, over_thousandths, under_thousandths, yes_thousandths, no_thousandths) = 0
            AND line_quarters <> -32768
        WHEN 'both_teams_score' THEN
            num_nonnulls(yes_thousandths, no_thousandths) > 0
            AND num_nonnulls(home_thousandths, draw_thousandths, away_thousandths, over_thousandths, under_thousandths) = 0
            AND line_quarters = -32768
        ELSE true
    END)
) PARTITION BY RANGE (known_at);

-- A new price is a new row: what was known at a time stays as it was.
CREATE TRIGGER tr_odds_never_rewritten
BEFORE UPDATE OF match_id, market_type, bookmaker, line_quarters, phase, known_at, known_at_imputed, home_thousandths,
    draw_thousandths, away_thousandths, over_thousandths, under_thousandths, yes_thousandths, no_thousandths ON odds
FOR EACH ROW EXECUTE FUNCTION refuse('tr_odds_never_rewritten',
    'a stored quote is never changed; add one with its own known_at');

-- Keeps the span of each match, whoever adds quotes and however many at once.
CREATE FUNCTION widen_odds_span() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE match_keys k SET odds_from = least(k.odds_from, s.first), odds_to = greatest(k.odds_to, s.last)
    FROM (SELECT match_id, min(known_at) AS first, max(known_at) AS last FROM added GROUP BY match_id) s
    WHERE k.id = s.match_id
        AND (k.odds_from IS NULL OR k.odds_from > s.first OR k.odds_to < s.last);
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_odds_span AFTER INSERT ON odds REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION widen_odds_span();

CREATE VIEW odds_decimal AS
SELECT match_id, market_type, bookmaker, nullif(line_quarters, -32768) / 4.0 AS line_value, phase, known_at,
    known_at_imputed, home_thousandths / 1000.0 AS home_odds, draw_thousandths / 1000.0 AS draw_odds,
    away_thousandths / 1000.0 AS away_odds, over_thousandths / 1000.0 AS over_odds,
    under_thousandths / 1000.0 AS under_odds, yes_thousandths / 1000.0 AS yes_odds,
    no_thousandths / 1000.0 AS no_odds, suspicious_odds, collected_at
FROM odds;

-- What was counted; one row per match.
CREATE TABLE match_stats (
    match_id                bigint  NOT NULL CONSTRAINT pk_match_stats PRIMARY KEY
                                    CONSTRAINT fk_match_stats_match REFERENCES match_keys (id),
    home_shots              integer CONSTRAINT ck_match_stats_home_shots CHECK (home_shots BETWEEN 0 AND 65535),
    away_shots              integer CONSTRAINT ck_match_stats_away_shots CHECK (away_shots BETWEEN 0 AND 65535),
    home_shots_on_target    integer CONSTRAINT ck_match_stats_home_shots_on_target CHECK (home_shots_on_target BETWEEN 0 AND 65535),
    away_shots_on_target    integer CONSTRAINT ck_match_stats_away_shots_on_target CHECK (away_shots_on_target BETWEEN 0 AND 65535),
    home_woodwork           integer CONSTRAINT ck_match_stats_home_woodwork CHECK (home_woodwork BETWEEN 0 AND 65535),
    away_woodwork           integer CONSTRAINT ck_match_stats_away_woodwork CHECK (away_woodwork BETWEEN 0 AND 65535),
    home_corners            integer CONSTRAINT ck_match_stats_home_corners CHECK (home_corners BETWEEN 0 AND 65535),
    away_corners            integer CONSTRAINT ck_match_stats_away_corners CHECK (away_corners BETWEEN 0 AND 65535),
    home_fouls              integer CONSTRAINT ck_match_stats_home_fouls CHECK (home_fouls BETWEEN 0 AND 65535),
    away_fouls              integer CONSTRAINT ck_match_stats_away_fouls CHECK (away_fouls BETWEEN 0 AND 65535),
    home_offsides           integer CONSTRAINT ck_match_stats_home_offsides CHECK (home_offsides BETWEEN 0 AND 65535),
    away_offsides           integer CONSTRAINT ck_match_stats_away_offsides CHECK (away_offsides BETWEEN 0 AND 65535),
    home_yellow_cards       integer CONSTRAINT ck_match_stats_home_yellow_cards CHECK (home_yellow_cards BETWEEN 0 AND 65535),
    away_yellow_cards       integer CONSTRAINT ck_match_stats_away_yellow_cards CHECK (away_yellow_cards BETWEEN 0 AND 65535),
    home_red_cards          integer CONSTRAINT ck_match_stats_home_red_cards CHECK (home_red_cards BETWEEN 0 AND 65535),
    away_red_cards          integer CONSTRAINT ck_match_stats_away_red_cards CHECK (away_red_cards BETWEEN 0 AND 65535),
    home_expected_goals     double precision CONSTRAINT ck_match_stats_home_expected_goals CHECK (home_expected_goals BETWEEN 0 AND 99),
    away_expected_goals     double precision CONSTRAINT ck_match_stats_away_expected_goals CHECK (away_expected_goals BETWEEN 0 AND 99),
    -- Percent.
    home_possession         double precision CONSTRAINT ck_match_stats_home_possession CHECK (home_possession BETWEEN 0 AND 100),
    away_possession         double precision CONSTRAINT ck_match_stats_away_possession CHECK (away_possession BETWEEN 0 AND 100)
);
