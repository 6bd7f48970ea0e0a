-- The ledger of sealed forecasts: each is whole, and each names the hash of the one before.

-- What features a forecast was made from; kept once, not per forecast.
CREATE TABLE feature_sets (
    hash            TEXT    NOT NULL PRIMARY KEY CONSTRAINT ck_feature_sets_hash CHECK (length(hash) = 64),
    -- name@version, a JSON array in the order of the model's columns.
    feature_names   TEXT    NOT NULL CONSTRAINT ck_feature_sets_feature_names CHECK (json_valid(feature_names))
) STRICT;

CREATE TRIGGER tr_feature_sets_never_rewritten BEFORE UPDATE ON feature_sets
BEGIN
    SELECT RAISE(ABORT, 'tr_feature_sets_never_rewritten: features of sealed forecasts are never changed');
END;
CREATE TRIGGER tr_feature_sets_never_removed BEFORE DELETE ON feature_sets
BEGIN
    SELECT RAISE(ABORT, 'tr_feature_sets_never_removed: features of sealed forecasts are never removed');
END;

-- All cells as they were, packed and compressed (zstd). features_used holds the hash of the feature set.
ALTER TABLE predictions ADD COLUMN score_grid BLOB;
-- The kick-off for which the forecast was made.
ALTER TABLE predictions ADD COLUMN match_time INTEGER;
ALTER TABLE predictions ADD COLUMN time_precision TEXT CONSTRAINT ck_predictions_time_precision CHECK (
    time_precision IN ('minute', 'day'));
-- The match as it was called when the forecast was sealed: identities may be joined later.
ALTER TABLE predictions ADD COLUMN league_code TEXT;
ALTER TABLE predictions ADD COLUMN season TEXT;
ALTER TABLE predictions ADD COLUMN home_team TEXT;
ALTER TABLE predictions ADD COLUMN away_team TEXT;
ALTER TABLE predictions ADD COLUMN leg INTEGER;
ALTER TABLE predictions ADD COLUMN manifest_hash TEXT;
ALTER TABLE predictions ADD COLUMN data_hash TEXT;
ALTER TABLE predictions ADD COLUMN ledger_version INTEGER;
ALTER TABLE predictions ADD COLUMN previous_hash TEXT;
ALTER TABLE predictions ADD COLUMN entry_hash TEXT CONSTRAINT ck_predictions_entry_hash CHECK (length(entry_hash) = 64);
-- From 1, without gaps; none for what was sealed before the ledger began.
ALTER TABLE predictions ADD COLUMN ledger_sequence INTEGER CONSTRAINT ck_predictions_entry_whole CHECK (
    ledger_sequence IS NULL OR (ledger_sequence > 0 AND
    predicted_home_score IS NOT NULL AND predicted_away_score IS NOT NULL AND
    over_2_5_probability IS NOT NULL AND both_teams_score_probability IS NOT NULL AND
    confidence_score IS NOT NULL AND features_used IS NOT NULL AND score_grid IS NOT NULL AND
    match_time IS NOT NULL AND time_precision IS NOT NULL AND league_code IS NOT NULL AND
    season IS NOT NULL AND home_team IS NOT NULL AND away_team IS NOT NULL AND leg IS NOT NULL AND
    manifest_hash IS NOT NULL AND data_hash IS NOT NULL AND ledger_version IS NOT NULL AND
    previous_hash IS NOT NULL AND entry_hash IS NOT NULL));

CREATE UNIQUE INDEX uq_predictions_ledger_sequence ON predictions (ledger_sequence) WHERE ledger_sequence IS NOT NULL;
CREATE INDEX idx_predictions_outside_ledger ON predictions (id) WHERE ledger_sequence IS NULL;

-- The last entry, and what lies outside.
CREATE TABLE ledger_head (
    id              INTEGER PRIMARY KEY CONSTRAINT ck_ledger_head_id CHECK (id = 1),
    sequence        INTEGER NOT NULL,
    entry_hash      TEXT    NOT NULL,
    -- Forecasts sealed before the ledger began, and the highest identifier among them.
    outside         INTEGER NOT NULL,
    outside_last_id INTEGER NOT NULL
) STRICT;
INSERT INTO ledger_head (id, sequence, entry_hash, outside, outside_last_id)
SELECT 1, 0, '0000000000000000000000000000000000000000000000000000000000000000', count(*), coalesce(max(id), 0)
FROM predictions;

CREATE TRIGGER tr_ledger_head_grows BEFORE UPDATE ON ledger_head
WHEN NEW.sequence <> OLD.sequence + 1 OR NEW.id <> OLD.id OR NEW.outside <> OLD.outside
    OR NEW.outside_last_id <> OLD.outside_last_id
BEGIN
    SELECT RAISE(ABORT, 'tr_ledger_head_grows: the ledger only grows, by one entry at a time');
END;
CREATE TRIGGER tr_ledger_head_never_removed BEFORE DELETE ON ledger_head
BEGIN
    SELECT RAISE(ABORT, 'tr_ledger_head_never_removed: the ledger is never forgotten');
END;

-- A match known only to the day can be sealed until its day is over.
DROP TRIGGER tr_check_prediction_sealed_before_kickoff;
CREATE TRIGGER tr_check_prediction_sealed_before_kickoff BEFORE INSERT ON predictions
WHEN NOT EXISTS (
    SELECT 1 FROM matches
    WHERE id = NEW.match_id
        AND match_time + CASE time_precision WHEN 'day' THEN 86400 ELSE 0 END > NEW.sealed_at)
BEGIN
    SELECT RAISE(ABORT, 'tr_check_prediction_sealed_before_kickoff: a forecast needs an existing match and is sealed before its kick-off');
END;
-- It uses nothing of that day, when it may be under way or over.
CREATE TRIGGER tr_check_prediction_as_of BEFORE INSERT ON predictions
WHEN EXISTS (
    SELECT 1 FROM matches
    WHERE id = NEW.match_id AND time_precision = 'day' AND NEW.as_of > match_time)
BEGIN
    SELECT RAISE(ABORT, 'tr_check_prediction_as_of: a forecast of a match known only to the day uses nothing learned on that day');
END;
CREATE TRIGGER tr_check_prediction_features BEFORE INSERT ON predictions
WHEN NEW.features_used IS NOT NULL AND NOT EXISTS (SELECT 1 FROM feature_sets WHERE hash = NEW.features_used)
BEGIN
    SELECT RAISE(ABORT, 'tr_check_prediction_features: a forecast names features that are held');
END;

-- Whatever is added continues the chain.
CREATE TRIGGER tr_predictions_chained AFTER INSERT ON predictions
BEGIN
    SELECT RAISE(ABORT, 'tr_predictions_chained: a forecast is sealed as the next entry of the ledger')
    FROM ledger_head
    WHERE NEW.ledger_sequence IS NOT sequence + 1 OR NEW.previous_hash IS NOT entry_hash;
    UPDATE ledger_head SET sequence = NEW.ledger_sequence, entry_hash = NEW.entry_hash;
END;
CREATE TRIGGER tr_predictions_entry_never_rewritten
BEFORE UPDATE OF score_grid, match_time, time_precision, league_code, season, home_team, away_team, leg, manifest_hash,
    data_hash, ledger_version, previous_hash, entry_hash, ledger_sequence ON predictions
BEGIN
    SELECT RAISE(ABORT, 'tr_predictions_entry_never_rewritten: an entry of the ledger is never changed');
END;
