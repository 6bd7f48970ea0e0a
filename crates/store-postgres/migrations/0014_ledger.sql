-- The ledger of sealed forecasts: each is whole, and each names the hash of the one before.

-- What features a forecast was made from; kept once, not per forecast.
CREATE TABLE feature_sets (
    hash            text    COLLATE "C" CONSTRAINT pk_feature_sets PRIMARY KEY CONSTRAINT ck_feature_sets_hash CHECK (length(hash) = 64),
    -- name@version, a JSON array in the order of the model's columns.
    feature_names   json    NOT NULL
);
CREATE TRIGGER tr_feature_sets_never_rewritten BEFORE UPDATE ON feature_sets
FOR EACH ROW EXECUTE FUNCTION refuse('tr_feature_sets_never_rewritten', 'features of sealed forecasts are never changed');
CREATE TRIGGER tr_feature_sets_never_removed BEFORE DELETE ON feature_sets
FOR EACH ROW EXECUTE FUNCTION refuse('tr_feature_sets_never_removed', 'features of sealed forecasts are never removed');

ALTER TABLE predictions
    -- All cells as they were, packed and compressed (zstd). features_used holds the hash of the feature set.
    ADD COLUMN score_grid       bytea,
    -- The kick-off for which the forecast was made.
    ADD COLUMN match_time       timestamptz(0),
    ADD COLUMN time_precision   text CONSTRAINT ck_predictions_time_precision CHECK (time_precision IN ('minute', 'day')),
    -- The match as it was called when the forecast was sealed: identities may be joined later.
    ADD COLUMN league_code      text COLLATE "C",
    ADD COLUMN season           text COLLATE "C",
    ADD COLUMN home_team        text COLLATE "C",
    ADD COLUMN away_team        text COLLATE "C",
    ADD COLUMN leg              smallint,
    ADD COLUMN manifest_hash    text COLLATE "C",
    ADD COLUMN data_hash        text COLLATE "C",
    ADD COLUMN ledger_version   smallint,
    ADD COLUMN previous_hash    text COLLATE "C",
    ADD COLUMN entry_hash       text COLLATE "C" CONSTRAINT ck_predictions_entry_hash CHECK (length(entry_hash) = 64),
    -- From 1, without gaps; none for what was sealed before the ledger began.
    ADD COLUMN ledger_sequence  bigint,
    ADD CONSTRAINT ck_predictions_entry_whole CHECK (
        ledger_sequence IS NULL OR (ledger_sequence > 0 AND
        predicted_home_score IS NOT NULL AND predicted_away_score IS NOT NULL AND
        over_2_5_probability IS NOT NULL AND both_teams_score_probability IS NOT NULL AND
        confidence_score IS NOT NULL AND features_used IS NOT NULL AND score_grid IS NOT NULL AND
        match_time IS NOT NULL AND time_precision IS NOT NULL AND league_code IS NOT NULL AND
        season IS NOT NULL AND home_team IS NOT NULL AND away_team IS NOT NULL AND leg IS NOT NULL AND
        manifest_hash IS NOT NULL AND data_hash IS NOT NULL AND ledger_version IS NOT NULL AND
        previous_hash IS NOT NULL AND entry_hash IS NOT NULL)),
    ADD CONSTRAINT fk_predictions_features FOREIGN KEY (features_used) REFERENCES feature_sets (hash);
-- Cells are compressed before they come.
ALTER TABLE predictions ALTER COLUMN score_grid SET STORAGE EXTERNAL;

CREATE INDEX idx_predictions_ledger_sequence ON predictions (ledger_sequence, id) WHERE ledger_sequence IS NOT NULL;
CREATE INDEX idx_predictions_outside_ledger ON predictions (id) WHERE ledger_sequence IS NULL;

-- The last entry, and what lies outside. Only the trigger below changes it, as the owner of the schema.
CREATE TABLE ledger_head (
    id              smallint CONSTRAINT pk_ledger_head PRIMARY KEY CONSTRAINT ck_ledger_head_id CHECK (id = 1),
    sequence        bigint  NOT NULL,
    entry_hash      text    COLLATE "C" NOT NULL,
    -- Forecasts sealed before the ledger began, and the highest identifier among them.
    outside         bigint  NOT NULL,
    outside_last_id bigint  NOT NULL
);
INSERT INTO ledger_head (id, sequence, entry_hash, outside, outside_last_id)
SELECT 1, 0, '0000000000000000000000000000000000000000000000000000000000000000', count(*), coalesce(max(id), 0)
FROM predictions;

CREATE TRIGGER tr_ledger_head_grows BEFORE UPDATE ON ledger_head
FOR EACH ROW WHEN (NEW.sequence <= OLD.sequence OR NEW.id <> OLD.id OR NEW.outside <> OLD.outside
    OR NEW.outside_last_id <> OLD.outside_last_id)
EXECUTE FUNCTION refuse('tr_ledger_head_grows', 'the ledger only grows');
CREATE TRIGGER tr_ledger_head_never_removed BEFORE DELETE ON ledger_head
FOR EACH ROW EXECUTE FUNCTION refuse('tr_ledger_head_never_removed', 'the ledger is never forgotten');

-- A match known only to the day can be sealed until its day is over, and its forecast uses nothing of that day, when it
-- may be under way or over.
CREATE OR REPLACE FUNCTION check_sealed_before_kickoff() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    kickoff timestamptz;
    time_known text;
BEGIN
    SELECT m.match_time, m.time_precision INTO kickoff, time_known FROM matches m
    WHERE m.id = NEW.match_id AND m.season = (SELECT k.season FROM match_keys k WHERE k.id = NEW.match_id);
    IF kickoff IS NULL
        OR kickoff + (CASE time_known WHEN 'day' THEN interval '24 hours' ELSE interval '0' END) <= NEW.sealed_at
    THEN
        RAISE EXCEPTION 'tr_check_prediction_sealed_before_kickoff: a forecast needs an existing match and is sealed before its kick-off'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tr_check_prediction_sealed_before_kickoff';
    END IF;
    IF time_known = 'day' AND NEW.as_of > kickoff THEN
        RAISE EXCEPTION 'tr_check_prediction_sealed_before_kickoff: a forecast of a match known only to the day uses nothing learned on that day'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tr_check_prediction_sealed_before_kickoff';
    END IF;
    RETURN NEW;
END
$$;

-- Whatever is added continues the chain.
CREATE FUNCTION chain_predictions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    head ledger_head%ROWTYPE;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM added) THEN
        RETURN NULL;
    END IF;
    SELECT h.* INTO head FROM ledger_head h FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM (
            SELECT a.ledger_sequence, a.previous_hash,
                lag(a.ledger_sequence, 1, head.sequence) OVER w + 1 AS next_sequence,
                lag(a.entry_hash, 1, head.entry_hash) OVER w AS last_hash
            FROM added a
            WINDOW w AS (ORDER BY a.ledger_sequence NULLS FIRST)
        ) chain
        WHERE chain.ledger_sequence IS DISTINCT FROM chain.next_sequence
            OR chain.previous_hash IS DISTINCT FROM chain.last_hash
    ) THEN
        RAISE EXCEPTION 'tr_predictions_chained: a forecast is sealed as the next entry of the ledger'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tr_predictions_chained';
    END IF;
    UPDATE ledger_head h SET sequence = last.ledger_sequence, entry_hash = last.entry_hash
    FROM (SELECT a.ledger_sequence, a.entry_hash FROM added a ORDER BY a.ledger_sequence DESC LIMIT 1) last;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION chain_predictions() FROM PUBLIC;
CREATE TRIGGER tr_predictions_chained AFTER INSERT ON predictions
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION chain_predictions();
CREATE TRIGGER tr_predictions_entry_never_rewritten
BEFORE UPDATE OF score_grid, match_time, time_precision, league_code, season, home_team, away_team, leg, manifest_hash,
    data_hash, ledger_version, previous_hash, entry_hash, ledger_sequence ON predictions
FOR EACH ROW EXECUTE FUNCTION refuse('tr_predictions_entry_never_rewritten', 'an entry of the ledger is never changed');
