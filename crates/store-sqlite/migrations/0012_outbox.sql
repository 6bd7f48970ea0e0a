-- What every write leaves behind, in its own transaction, for whoever follows the store.

CREATE TABLE outbox (
    -- Growing, since the latest row stays. One connection writes at a time: numbers become visible in order.
    id          INTEGER PRIMARY KEY,
    -- Kinds grow without a change of the schema; see ChangeKind.
    kind        TEXT    NOT NULL CONSTRAINT ck_outbox_kind CHECK (kind <> '' AND kind NOT GLOB '*[^a-z_]*'),
    -- What changed: one match, any matches of a season of a league, or something else in words. No references: what is
    -- told here stays true when a match is gone.
    match_id    INTEGER,
    league_id   INTEGER,
    season      TEXT,
    subject     TEXT    CONSTRAINT ck_outbox_subject CHECK (subject <> ''),
    details     TEXT    NOT NULL CONSTRAINT ck_outbox_details CHECK (json_valid(details)),
    recorded_at INTEGER NOT NULL,
    CONSTRAINT ck_outbox_scope CHECK (
        (match_id IS NOT NULL) + (league_id IS NOT NULL) + (subject IS NOT NULL) = 1
        AND (league_id IS NULL) = (season IS NULL))
) STRICT;

CREATE TRIGGER tr_outbox_never_changed BEFORE UPDATE ON outbox
BEGIN
    SELECT RAISE(ABORT, 'tr_outbox_never_changed: what happened is never changed');
END;

-- The next number is one above it.
CREATE TRIGGER tr_outbox_latest_stays BEFORE DELETE ON outbox
WHEN OLD.id = (SELECT max(id) FROM outbox)
BEGIN
    SELECT RAISE(ABORT, 'tr_outbox_latest_stays: the latest change stays, so that no number comes again');
END;

-- How far each reader that keeps its place here has read.
CREATE TABLE feed_readers (
    name        TEXT    PRIMARY KEY CONSTRAINT ck_feed_readers_name CHECK (name <> ''),
    position    INTEGER NOT NULL CONSTRAINT ck_feed_readers_position CHECK (position >= 0),
    advanced_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The highest number that was removed: who has not read so far has missed something.
CREATE TABLE outbox_pruned (
    id          INTEGER PRIMARY KEY CONSTRAINT ck_outbox_pruned_id CHECK (id = 1),
    position    INTEGER NOT NULL CONSTRAINT ck_outbox_pruned_position CHECK (position >= 0)
) STRICT;

INSERT INTO outbox_pruned (id, position) VALUES (1, 0);
