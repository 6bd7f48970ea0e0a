-- Who plays and who is missing, as known since a time.

CREATE TABLE lineups (
    id                  bigint  NOT NULL CONSTRAINT pk_lineups PRIMARY KEY,
    match_id            bigint  NOT NULL CONSTRAINT fk_lineups_match REFERENCES match_keys (id),
    side                text    COLLATE "C" NOT NULL CONSTRAINT ck_lineups_side CHECK (side IN ('home', 'away')),
    data_source         text    COLLATE "C" NOT NULL CONSTRAINT ck_lineups_data_source CHECK (data_source <> ''),
    lineup_type         text    COLLATE "C" NOT NULL CONSTRAINT ck_lineups_lineup_type CHECK (
                            lineup_type IN ('predicted', 'confirmed')),
    -- Since when the line-up can have been known.
    known_at            timestamptz(0) NOT NULL,
    known_at_imputed    boolean NOT NULL,
    formation           text    CONSTRAINT ck_lineups_formation CHECK (formation ~ '^[1-9](-[1-9]){1,4}$'),
    -- When the row was stored.
    collected_at        timestamptz(0) NOT NULL,
    CONSTRAINT uq_lineups_natural_key UNIQUE (match_id, side, data_source, lineup_type, known_at)
);

-- Places 1 to 11 start, 12 to 60 sit on the bench, in the source's order.
CREATE TABLE lineup_players (
    lineup_id           bigint  NOT NULL CONSTRAINT fk_lineup_players_lineup REFERENCES lineups (id) ON DELETE CASCADE,
    place               smallint NOT NULL CONSTRAINT ck_lineup_players_place CHECK (place BETWEEN 1 AND 60),
    lineup_role         text    GENERATED ALWAYS AS (CASE WHEN place <= 11 THEN 'starter' ELSE 'substitute' END) STORED,
    -- The identifier of the line-up's source, and the name as it writes it.
    player_id           text    COLLATE "C" NOT NULL CONSTRAINT ck_lineup_players_player_id CHECK (player_id <> ''),
    player_name         text    NOT NULL CONSTRAINT ck_lineup_players_player_name CHECK (player_name <> ''),
    position            text    CONSTRAINT ck_lineup_players_position CHECK (
                            position IN ('goalkeeper', 'defender', 'midfielder', 'forward')),
    shirt_number        smallint CONSTRAINT ck_lineup_players_shirt_number CHECK (shirt_number BETWEEN 0 AND 99),
    CONSTRAINT pk_lineup_players PRIMARY KEY (lineup_id, place),
    CONSTRAINT uq_lineup_players_player UNIQUE (lineup_id, player_id)
);

-- A new line-up is a new row: what was known at a time stays as it was.
CREATE TRIGGER tr_lineups_never_rewritten
BEFORE UPDATE OF id, match_id, side, data_source, lineup_type, known_at, known_at_imputed, formation ON lineups
FOR EACH ROW EXECUTE FUNCTION refuse('tr_lineups_never_rewritten',
    'a stored line-up is never changed; add one with its own known_at');
CREATE TRIGGER tr_lineup_players_never_rewritten BEFORE UPDATE ON lineup_players
FOR EACH ROW EXECUTE FUNCTION refuse('tr_lineup_players_never_rewritten',
    'a stored line-up is never changed; add one with its own known_at');

CREATE TABLE injuries (
    match_id            bigint  NOT NULL CONSTRAINT fk_injuries_match REFERENCES match_keys (id),
    side                text    COLLATE "C" NOT NULL CONSTRAINT ck_injuries_side CHECK (side IN ('home', 'away')),
    data_source         text    COLLATE "C" NOT NULL CONSTRAINT ck_injuries_data_source CHECK (data_source <> ''),
    -- The identifier of the source, and the name as it writes it.
    player_id           text    COLLATE "C" NOT NULL CONSTRAINT ck_injuries_player_id CHECK (player_id <> ''),
    player_name         text    NOT NULL CONSTRAINT ck_injuries_player_name CHECK (player_name <> ''),
    injury_type         text    COLLATE "C" NOT NULL CONSTRAINT ck_injuries_injury_type CHECK (
                            injury_type IN ('missing', 'questionable')),
    reason              text,
    -- Since when the absence can have been known.
    known_at            timestamptz(0) NOT NULL,
    known_at_imputed    boolean NOT NULL,
    -- When the row was stored.
    collected_at        timestamptz(0) NOT NULL,
    CONSTRAINT pk_injuries PRIMARY KEY (match_id, side, data_source, player_id, injury_type, known_at)
);

CREATE TRIGGER tr_injuries_never_rewritten
BEFORE UPDATE OF match_id, side, data_source, player_id, player_name, injury_type, reason, known_at, known_at_imputed
ON injuries
FOR EACH ROW EXECUTE FUNCTION refuse('tr_injuries_never_rewritten',
    'what was said of an absence is never changed; add a row with its own known_at');

CREATE TRIGGER tr_audit AFTER DELETE OR TRUNCATE ON lineups
FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER tr_audit AFTER DELETE OR TRUNCATE ON injuries
FOR EACH STATEMENT EXECUTE FUNCTION audit();

-- Later documents of a source name its matches by the source's own identifiers.
-- By hash, which takes identifiers of any length.
CREATE INDEX idx_matches_external_id ON matches USING hash (external_id) WHERE external_id IS NOT NULL;
