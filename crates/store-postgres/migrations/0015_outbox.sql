-- What every write leaves behind, in its own transaction, for whoever follows the store.

CREATE TABLE outbox (
    id          bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_outbox PRIMARY KEY,
    -- Kinds grow without a change of the schema; see ChangeKind.
    kind        text    COLLATE "C" NOT NULL CONSTRAINT ck_outbox_kind CHECK (kind ~ '^[a-z_]+$'),
    -- What changed: one match, any matches of a season of a league, or something else in words. No references: what is
    -- told here stays true when a match is gone.
    match_id    bigint,
    league_id   bigint,
    season      text    COLLATE "C",
    subject     text    CONSTRAINT ck_outbox_subject CHECK (subject <> ''),
    details     jsonb   NOT NULL,
    recorded_at timestamptz(0) NOT NULL,
    CONSTRAINT ck_outbox_scope CHECK (
        num_nonnulls(match_id, league_id, subject) = 1 AND (league_id IS NULL) = (season IS NULL))
);

-- Numbers become visible in order: whoever adds changes waits here for the one before to commit, and only then takes
-- numbers. It is the last lock of a transaction.
CREATE FUNCTION order_outbox() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('touchline outbox', 0));
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_outbox_in_order BEFORE INSERT ON outbox
FOR EACH STATEMENT EXECUTE FUNCTION order_outbox();

-- Heard when the transaction commits.
CREATE FUNCTION announce_outbox() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('touchline_outbox', '');
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_outbox_announced AFTER INSERT ON outbox
FOR EACH STATEMENT EXECUTE FUNCTION announce_outbox();

CREATE TRIGGER tr_outbox_never_changed BEFORE UPDATE ON outbox
FOR EACH ROW EXECUTE FUNCTION refuse('tr_outbox_never_changed', 'what happened is never changed');

-- How far each reader that keeps its place here has read.
CREATE TABLE feed_readers (
    name        text    COLLATE "C" CONSTRAINT pk_feed_readers PRIMARY KEY
                        CONSTRAINT ck_feed_readers_name CHECK (name <> ''),
    position    bigint  NOT NULL CONSTRAINT ck_feed_readers_position CHECK (position >= 0),
    advanced_at timestamptz(0) NOT NULL
);

-- The highest number that was removed: who has not read so far has missed something.
CREATE TABLE outbox_pruned (
    id          smallint CONSTRAINT pk_outbox_pruned PRIMARY KEY CONSTRAINT ck_outbox_pruned_id CHECK (id = 1),
    position    bigint  NOT NULL CONSTRAINT ck_outbox_pruned_position CHECK (position >= 0)
);

INSERT INTO outbox_pruned (id, position) VALUES (1, 0);

-- Removes changes up to the first that is not old, that a reader has not read, or that is the latest; returns how many.
-- Writers may call it, and may remove nothing else.
CREATE FUNCTION prune_outbox(cutoff timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    latest bigint := (SELECT max(id) FROM outbox);
    keep bigint := least(latest, (SELECT min(position) + 1 FROM feed_readers),
        (SELECT id FROM outbox WHERE recorded_at >= cutoff ORDER BY id LIMIT 1));
    removed bigint;
BEGIN
    -- Readers look for rows first and for gaps second: who misses a row is always told of a gap.
    UPDATE outbox_pruned SET position = keep - 1 WHERE position < keep - 1;
    DELETE FROM outbox WHERE id < keep;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;
REVOKE ALL ON FUNCTION prune_outbox(timestamptz) FROM PUBLIC;
