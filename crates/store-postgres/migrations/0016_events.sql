-- Players, what happened in matches, and prices during them.

-- A player as one source knows him, with the name under which he was met first.
CREATE TABLE players (
    id          bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_players PRIMARY KEY,
    source      text    COLLATE "C" NOT NULL CONSTRAINT ck_players_source CHECK (source <> ''),
    external_id text    COLLATE "C" NOT NULL CONSTRAINT ck_players_external_id CHECK (external_id <> ''),
    name        text    NOT NULL CONSTRAINT ck_players_name CHECK (name <> ''),
    CONSTRAINT uq_players_source_external_id UNIQUE (source, external_id)
);

INSERT INTO players (source, external_id, name)
SELECT data_source, player_id, min(player_name COLLATE "C") FROM (
    SELECT l.data_source, p.player_id, p.player_name FROM lineup_players p JOIN lineups l ON l.id = p.lineup_id
    UNION ALL
    SELECT data_source, player_id, player_name FROM injuries) met
GROUP BY data_source, player_id
ORDER BY data_source, player_id;

-- A list of one source and time is complete: the last one is in force, and earlier ones stay.
CREATE TABLE match_events (
    match_id            bigint  NOT NULL CONSTRAINT fk_match_events_match REFERENCES match_keys (id),
    source              text    COLLATE "C" NOT NULL CONSTRAINT ck_match_events_source CHECK (source <> ''),
    -- Since when the list can have been known.
    known_at            timestamptz(0) NOT NULL,
    known_at_imputed    boolean NOT NULL,
    -- Place in the list, from 1.
    ordinal             smallint NOT NULL CONSTRAINT ck_match_events_ordinal CHECK (ordinal BETWEEN 1 AND 500),
    minute              smallint NOT NULL CONSTRAINT ck_match_events_minute CHECK (minute BETWEEN 0 AND 130),
    -- Minutes of stoppage time after that minute.
    stoppage            smallint CONSTRAINT ck_match_events_stoppage CHECK (stoppage BETWEEN 0 AND 60),
    side                text    COLLATE "C" NOT NULL CONSTRAINT ck_match_events_side CHECK (side IN ('home', 'away')),
    kind                text    COLLATE "C" NOT NULL CONSTRAINT ck_match_events_kind CHECK (kind IN (
                            'goal', 'own_goal', 'penalty', 'missed_penalty', 'yellow', 'second_yellow', 'red',
                            'substitution')),
    player_id           bigint  CONSTRAINT fk_match_events_player REFERENCES players (id),
    -- Who assisted, or the second player of a substitution.
    related_player_id   bigint  CONSTRAINT fk_match_events_related_player REFERENCES players (id),
    -- When the row was stored.
    collected_at        timestamptz(0) NOT NULL,
    CONSTRAINT pk_match_events PRIMARY KEY (match_id, source, known_at, ordinal)
);

CREATE INDEX idx_match_events_player ON match_events (player_id);
CREATE INDEX idx_match_events_related_player ON match_events (related_player_id);

CREATE TRIGGER tr_match_events_never_rewritten
BEFORE UPDATE OF match_id, source, known_at, known_at_imputed, ordinal, minute, stoppage, side, kind, player_id,
    related_player_id ON match_events
FOR EACH ROW EXECUTE FUNCTION refuse('tr_match_events_never_rewritten',
    'a stored list of events is never changed; add one with its own known_at');

-- Prices during a match. They have a table of their own, so that nothing that reads `odds` can see them.
CREATE TABLE in_play_odds (
    match_id            bigint  NOT NULL CONSTRAINT fk_in_play_odds_match REFERENCES match_keys (id),
    market_type         text    COLLATE "C" NOT NULL CONSTRAINT ck_in_play_odds_market_type CHECK (
                            market_type IN ('1x2', 'over_under', 'asian_handicap', 'both_teams_score')),
    bookmaker           text    COLLATE "C" NOT NULL CONSTRAINT ck_in_play_odds_bookmaker CHECK (bookmaker <> ''),
    -- Quarter goals; -32768 where the market has no line (a key column cannot be null).
    line_quarters       smallint NOT NULL DEFAULT -32768,
    -- Since when the prices can have been known: after kick-off.
    known_at            timestamptz(0) NOT NULL,
    home_thousandths    integer CONSTRAINT ck_in_play_odds_home_odds_range CHECK (home_thousandths BETWEEN 1001 AND 999999999),
    draw_thousandths    integer CONSTRAINT ck_in_play_odds_draw_odds_range CHECK (draw_thousandths BETWEEN 1001 AND 999999999),
    away_thousandths    integer CONSTRAINT ck_in_play_odds_away_odds_range CHECK (away_thousandths BETWEEN 1001 AND 999999999),
    over_thousandths    integer CONSTRAINT ck_in_play_odds_over_odds_range CHECK (over_thousandths BETWEEN 1001 AND 999999999),
    under_thousandths   integer CONSTRAINT ck_in_play_odds_under_odds_range CHECK (under_thousandths BETWEEN 1001 AND 999999999),
    yes_thousandths     integer CONSTRAINT ck_in_play_odds_yes_odds_range CHECK (yes_thousandths BETWEEN 1001 AND 999999999),
    no_thousandths      integer CONSTRAINT ck_in_play_odds_no_odds_range CHECK (no_thousandths BETWEEN 1001 AND 999999999),
    suspicious_odds     boolean NOT NULL DEFAULT false,
    -- When the row was stored.
    collected_at        timestamptz(0) NOT NULL,
    CONSTRAINT pk_in_play_odds PRIMARY KEY (match_id, market_type, bookmaker, line_quarters, known_at),
    -- A quote has a price, and only the prices and the line of its own market.
    CONSTRAINT ck_in_play_odds_consistency CHECK (CASE market_type
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
);

CREATE TRIGGER tr_in_play_odds_never_rewritten
BEFORE UPDATE OF match_id, market_type, bookmaker, line_quarters, known_at, home_thousandths, draw_thousandths,
    away_thousandths, over_thousandths, under_thousandths, yes_thousandths, no_thousandths ON in_play_odds
FOR EACH ROW EXECUTE FUNCTION refuse('tr_in_play_odds_never_rewritten',
    'a stored quote is never changed; add one with its own known_at');

CREATE TRIGGER tr_audit AFTER DELETE OR TRUNCATE ON match_events
FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER tr_audit AFTER DELETE OR TRUNCATE ON in_play_odds
FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER tr_audit AFTER DELETE OR TRUNCATE ON players
FOR EACH STATEMENT EXECUTE FUNCTION audit();
