-- Players, what happened in matches, and prices during them.

-- A player as one source knows him, with the name under which he was met first.
CREATE TABLE players (
    id          INTEGER PRIMARY KEY,
    source      TEXT    NOT NULL CONSTRAINT ck_players_source CHECK (source <> ''),
    external_id TEXT    NOT NULL CONSTRAINT ck_players_external_id CHECK (external_id <> ''),
    name        TEXT    NOT NULL CONSTRAINT ck_players_name CHECK (name <> ''),
    CONSTRAINT uq_players_source_external_id UNIQUE (source, external_id)
) STRICT;

INSERT INTO players (source, external_id, name)
SELECT data_source, player_id, min(player_name) FROM (
    SELECT l.data_source, p.player_id, p.player_name FROM lineup_players p JOIN lineups l ON l.id = p.lineup_id
    UNION ALL
    SELECT data_source, player_id, player_name FROM injuries)
GROUP BY data_source, player_id;

-- A list of one source and time is complete: the last one is in force, and earlier ones stay.
CREATE TABLE match_events (
    match_id            INTEGER NOT NULL CONSTRAINT fk_match_events_match REFERENCES matches (id),
    source              TEXT    NOT NULL CONSTRAINT ck_match_events_source CHECK (source <> ''),
    -- Since when the list can have been known.
    known_at            INTEGER NOT NULL,
    known_at_imputed    INTEGER NOT NULL CONSTRAINT ck_match_events_known_at_imputed CHECK (known_at_imputed IN (0, 1)),
    -- Place in the list, from 1.
    ordinal             INTEGER NOT NULL CONSTRAINT ck_match_events_ordinal CHECK (ordinal BETWEEN 1 AND 500),
    minute              INTEGER NOT NULL CONSTRAINT ck_match_events_minute CHECK (minute BETWEEN 0 AND 130),
    -- Minutes of stoppage time after that minute.
    stoppage            INTEGER CONSTRAINT ck_match_events_stoppage CHECK (stoppage BETWEEN 0 AND 60),
    side                TEXT    NOT NULL CONSTRAINT ck_match_events_side CHECK (side IN ('home', 'away')),
    kind                TEXT    NOT NULL CONSTRAINT ck_match_events_kind CHECK (kind IN (
                            'goal', 'own_goal', 'penalty', 'missed_penalty', 'yellow', 'second_yellow', 'red',
                            'substitution')),
    player_id           INTEGER CONSTRAINT fk_match_events_player REFERENCES players (id),
    -- Who assisted, or the second player of a substitution.
    related_player_id   INTEGER CONSTRAINT fk_match_events_related_player REFERENCES players (id),
    -- When the row was stored.
    collected_at        INTEGER NOT NULL,
    PRIMARY KEY (match_id, source, known_at, ordinal)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_match_events_player ON match_events (player_id);
CREATE INDEX idx_match_events_related_player ON match_events (related_player_id);

CREATE TRIGGER tr_match_events_never_rewritten
BEFORE UPDATE OF match_id, source, known_at, known_at_imputed, ordinal, minute, stoppage, side, kind, player_id,
    related_player_id ON match_events
BEGIN
    SELECT RAISE(ABORT, 'tr_match_events_never_rewritten: a stored list of events is never changed; add one with its own known_at');
END;

-- Prices during a match. They have a table of their own, so that nothing that reads `odds` can see them.
CREATE TABLE in_play_odds (
    match_id            INTEGER NOT NULL CONSTRAINT fk_in_play_odds_match REFERENCES matches (id),
    market_type         TEXT    NOT NULL CONSTRAINT ck_in_play_odds_market_type CHECK (
                            market_type IN ('1x2', 'over_under', 'asian_handicap', 'both_teams_score')),
    bookmaker           TEXT    NOT NULL CONSTRAINT ck_in_play_odds_bookmaker CHECK (bookmaker <> ''),
    -- Quarter goals; -32768 where the market has no line (a key column cannot be null).
    line_quarters       INTEGER NOT NULL DEFAULT -32768 CONSTRAINT ck_in_play_odds_line_range CHECK (
                            line_quarters BETWEEN -32768 AND 32767),
    -- Since when the prices can have been known: after kick-off.
    known_at            INTEGER NOT NULL,
    home_thousandths    INTEGER CONSTRAINT ck_in_play_odds_home_odds_range CHECK (home_thousandths BETWEEN 1001 AND 999999999),
    draw_thousandths    INTEGER CONSTRAINT ck_in_play_odds_draw_odds_range CHECK (draw_thousandths BETWEEN 1001 AND 999999999),
    away_thousandths    INTEGER CONSTRAINT ck_in_play_odds_away_odds_range CHECK (away_thousandths BETWEEN 1001 AND 999999999),
    over_thousandths    INTEGER CONSTRAINT ck_in_play_odds_over_odds_range CHECK (over_thousandths BETWEEN 1001 AND 999999999),
    under_thousandths   INTEGER CONSTRAINT ck_in_play_odds_under_odds_range CHECK (under_thousandths BETWEEN 1001 AND 999999999),
    yes_thousandths     INTEGER CONSTRAINT ck_in_play_odds_yes_odds_range CHECK (yes_thousandths BETWEEN 1001 AND 999999999),
    no_thousandths      INTEGER CONSTRAINT ck_in_play_odds_no_odds_range CHECK (no_thousandths BETWEEN 1001 AND 999999999),
    suspicious_odds     INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_in_play_odds_suspicious_odds CHECK (suspicious_odds IN (0, 1)),
    -- When the row was stored.
    collected_at        INTEGER NOT NULL,
    PRIMARY KEY (match_id, market_type, bookmaker, line_quarters, known_at),
    -- A quote has a price, and only the prices and the line of its own market.
    CONSTRAINT ck_in_play_odds_consistency CHECK (CASE market_type
        WHEN '1x2' THEN
            coalesce(home_thousandths, draw_thousandths, away_thousandths) IS NOT NULL
            AND coalesce(over_thousandths, under_thousandths, yes_thousandths, no_thousandths) IS NULL
            AND line_quarters = -32768
        WHEN 'over_under' THEN
            coalesce(over_thousandths, under_thousandths) IS NOT NULL
            AND coalesce(home_thousandths, draw_thousandths, away_thousandths, yes_thousandths, no_thousandths) IS NULL
            AND line_quarters <> -32768
        WHEN 'asian_handicap' THEN
            coalesce(home_thousandths, away_thousandths) IS NOT NULL
            AND coalesce(draw_thousandths, over_thousandths, under_thousandths, yes_thousandths, no_thousandths) IS NULL
            AND line_quarters <> -32768
        WHEN 'both_teams_score' THEN
            coalesce(yes_thousandths, no_thousandths) IS NOT NULL
            AND coalesce(home_thousandths, draw_thousandths, away_thousandths, over_thousandths, under_thousandths) IS NULL
            AND line_quarters = -32768
        ELSE 1
    END)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tr_in_play_odds_never_rewritten
BEFORE UPDATE OF match_id, market_type, bookmaker, line_quarters, known_at, home_thousandths, draw_thousandths,
    away_thousandths, over_thousandths, under_thousandths, yes_thousandths, no_thousandths ON in_play_odds
BEGIN
    SELECT RAISE(ABORT, 'tr_in_play_odds_never_rewritten: a stored quote is never changed; add one with its own known_at');
END;
