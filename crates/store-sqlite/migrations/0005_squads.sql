-- Who plays and who is missing, as known since a time.

CREATE TABLE lineups (
    id                  INTEGER PRIMARY KEY,
    match_id            INTEGER NOT NULL CONSTRAINT fk_lineups_match REFERENCES matches (id),
    side                TEXT    NOT NULL CONSTRAINT ck_lineups_side CHECK (side IN ('home', 'away')),
    data_source         TEXT    NOT NULL CONSTRAINT ck_lineups_data_source CHECK (data_source <> ''),
    lineup_type         TEXT    NOT NULL CONSTRAINT ck_lineups_lineup_type CHECK (lineup_type IN ('predicted', 'confirmed')),
    -- Since when the line-up can have been known.
    known_at            INTEGER NOT NULL,
    known_at_imputed    INTEGER NOT NULL CONSTRAINT ck_lineups_known_at_imputed CHECK (known_at_imputed IN (0, 1)),
    formation           TEXT    CONSTRAINT ck_lineups_formation CHECK (
                            formation GLOB '[1-9]-[1-9]*' AND formation NOT GLOB '*[^1-9-]*'),
    -- When the row was stored.
    collected_at        INTEGER NOT NULL,
    CONSTRAINT uq_lineups_natural_key UNIQUE (match_id, side, data_source, lineup_type, known_at)
) STRICT;

-- Places 1 to 11 start, 12 to 60 sit on the bench, in the source's order.
CREATE TABLE lineup_players (
    lineup_id           INTEGER NOT NULL CONSTRAINT fk_lineup_players_lineup REFERENCES lineups (id) ON DELETE CASCADE,
    place               INTEGER NOT NULL CONSTRAINT ck_lineup_players_place CHECK (place BETWEEN 1 AND 60),
    lineup_role         TEXT    GENERATED ALWAYS AS (CASE WHEN place <= 11 THEN 'starter' ELSE 'substitute' END) VIRTUAL,
    -- The identifier of the line-up's source, and the name as it writes it.
    player_id           TEXT    NOT NULL CONSTRAINT ck_lineup_players_player_id CHECK (player_id <> ''),
    player_name         TEXT    NOT NULL CONSTRAINT ck_lineup_players_player_name CHECK (player_name <> ''),
    position            TEXT    CONSTRAINT ck_lineup_players_position CHECK (
                            position IN ('goalkeeper', 'defender', 'midfielder', 'forward')),
    shirt_number        INTEGER CONSTRAINT ck_lineup_players_shirt_number CHECK (shirt_number BETWEEN 0 AND 99),
    PRIMARY KEY (lineup_id, place),
    CONSTRAINT uq_lineup_players_player UNIQUE (lineup_id, player_id)
) STRICT, WITHOUT ROWID;

-- A new line-up is a new row: what was known at a time stays as it was.
CREATE TRIGGER tr_lineups_never_rewritten
BEFORE UPDATE OF id, match_id, side, data_source, lineup_type, known_at, known_at_imputed, formation ON lineups
BEGIN
    SELECT RAISE(ABORT, 'tr_lineups_never_rewritten: a stored line-up is never changed; add one with its own known_at');
END;

CREATE TRIGGER tr_lineup_players_never_rewritten BEFORE UPDATE ON lineup_players
BEGIN
    SELECT RAISE(ABORT, 'tr_lineup_players_never_rewritten: a stored line-up is never changed; add one with its own known_at');
END;

CREATE TABLE injuries (
    match_id            INTEGER NOT NULL CONSTRAINT fk_injuries_match REFERENCES matches (id),
    side                TEXT    NOT NULL CONSTRAINT ck_injuries_side CHECK (side IN ('home', 'away')),
    data_source         TEXT    NOT NULL CONSTRAINT ck_injuries_data_source CHECK (data_source <> ''),
    -- The identifier of the source, and the name as it writes it.
    player_id           TEXT    NOT NULL CONSTRAINT ck_injuries_player_id CHECK (player_id <> ''),
    player_name         TEXT    NOT NULL CONSTRAINT ck_injuries_player_name CHECK (player_name <> ''),
    injury_type         TEXT    NOT NULL CONSTRAINT ck_injuries_injury_type CHECK (injury_type IN ('missing', 'questionable')),
    reason              TEXT,
    -- Since when the absence can have been known.
    known_at            INTEGER NOT NULL,
    known_at_imputed    INTEGER NOT NULL CONSTRAINT ck_injuries_known_at_imputed CHECK (known_at_imputed IN (0, 1)),
    -- When the row was stored.
    collected_at        INTEGER NOT NULL,
    PRIMARY KEY (match_id, side, data_source, player_id, injury_type, known_at)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tr_injuries_never_rewritten
BEFORE UPDATE OF match_id, side, data_source, player_id, player_name, injury_type, reason, known_at, known_at_imputed
ON injuries
BEGIN
    SELECT RAISE(ABORT, 'tr_injuries_never_rewritten: what was said of an absence is never changed; add a row with its own known_at');
END;

-- Later documents of a source name its matches by the source's own identifiers.
CREATE INDEX idx_matches_external_id ON matches (external_id, source) WHERE external_id IS NOT NULL;
