-- Gold: what is served.

-- Features of both sides of upcoming matches; the matrix for training is a file beside the database.
CREATE TABLE features (
    id                      INTEGER PRIMARY KEY,
    match_id                INTEGER NOT NULL CONSTRAINT fk_features_match REFERENCES matches (id),
    team_id                 INTEGER NOT NULL CONSTRAINT fk_features_team REFERENCES teams (id),
    -- Only facts known up to then were used.
    as_of                   INTEGER NOT NULL,
    created_at              INTEGER NOT NULL,
    -- Hash of the definitions that gave the values.
    definitions_hash        TEXT    NOT NULL,
    -- All values by name (recent_5_wins, h2h_draws, ...), a JSON object.
    feature_values          TEXT    NOT NULL CONSTRAINT ck_features_values CHECK (json_valid(feature_values)),
    CONSTRAINT uq_features_match_team UNIQUE (match_id, team_id, as_of, definitions_hash)
) STRICT;

-- The unique key serves idx_features_match_team.
CREATE INDEX idx_features_team_created ON features (team_id, created_at);

-- Forecasts fixed before kick-off.
CREATE TABLE predictions (
    id                              INTEGER PRIMARY KEY,
    match_id                        INTEGER NOT NULL CONSTRAINT fk_predictions_match REFERENCES matches (id),
    model_name                      TEXT    NOT NULL CONSTRAINT ck_predictions_model_name CHECK (model_name <> ''),
    model_version                   TEXT    NOT NULL,
    home_win_probability            REAL    NOT NULL CONSTRAINT ck_predictions_home_win_probability CHECK (home_win_probability BETWEEN 0 AND 1),
    draw_probability                REAL    NOT NULL CONSTRAINT ck_predictions_draw_probability CHECK (draw_probability BETWEEN 0 AND 1),
    away_win_probability            REAL    NOT NULL CONSTRAINT ck_predictions_away_win_probability CHECK (away_win_probability BETWEEN 0 AND 1),
    predicted_result                TEXT    NOT NULL CONSTRAINT ck_predictions_predicted_result CHECK (
                                        predicted_result IN ('home_win', 'draw', 'away_win')),
    expected_home_goals             REAL    NOT NULL CONSTRAINT ck_predictions_expected_home_goals CHECK (expected_home_goals BETWEEN 0 AND 99),
    expected_away_goals             REAL    NOT NULL CONSTRAINT ck_predictions_expected_away_goals CHECK (expected_away_goals BETWEEN 0 AND 99),
    predicted_home_score            INTEGER,
    predicted_away_score            INTEGER,
    over_2_5_probability            REAL    CONSTRAINT ck_predictions_over_2_5_probability CHECK (over_2_5_probability BETWEEN 0 AND 1),
    both_teams_score_probability    REAL    CONSTRAINT ck_predictions_both_teams_score_probability CHECK (both_teams_score_probability BETWEEN 0 AND 1),
    confidence_score                REAL,
    feature_importance              TEXT,
    features_used                   TEXT,
    prediction_metadata             TEXT,
    as_of                           INTEGER NOT NULL,
    sealed_at                       INTEGER NOT NULL,
    actual_result                   TEXT    CONSTRAINT ck_predictions_actual_result CHECK (actual_result IN ('home_win', 'draw', 'away_win')),
    is_correct                      INTEGER CONSTRAINT ck_predictions_is_correct CHECK (is_correct IN (0, 1)),
    verified_at                     INTEGER,
    CONSTRAINT ck_predictions_probability_sum CHECK (
        abs(home_win_probability + draw_probability + away_win_probability - 1) <= 0.001)
) STRICT;

CREATE INDEX idx_predictions_match_sealed ON predictions (match_id, sealed_at);
CREATE INDEX idx_predictions_sealed ON predictions (sealed_at);

CREATE TRIGGER tr_check_prediction_sealed_before_kickoff BEFORE INSERT ON predictions
WHEN NOT EXISTS (SELECT 1 FROM matches WHERE id = NEW.match_id AND match_time > NEW.sealed_at)
BEGIN
    SELECT RAISE(ABORT, 'tr_check_prediction_sealed_before_kickoff: a forecast needs an existing match and is sealed before its kick-off');
END;

-- What came of a forecast may be noted beside it; the forecast itself stays.
CREATE TRIGGER tr_predictions_never_rewritten
BEFORE UPDATE OF id, match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability,
    predicted_result, expected_home_goals, expected_away_goals, predicted_home_score, predicted_away_score,
    over_2_5_probability, both_teams_score_probability, confidence_score, feature_importance, features_used,
    prediction_metadata, as_of, sealed_at ON predictions
BEGIN
    SELECT RAISE(ABORT, 'tr_predictions_never_rewritten: a sealed forecast is never changed');
END;
CREATE TRIGGER tr_predictions_never_removed BEFORE DELETE ON predictions
BEGIN
    SELECT RAISE(ABORT, 'tr_predictions_never_rewritten: a sealed forecast is never removed');
END;

CREATE TABLE model_versions (
    id              INTEGER PRIMARY KEY,
    name            TEXT    NOT NULL CONSTRAINT ck_model_versions_name CHECK (name <> ''),
    version         TEXT    NOT NULL CONSTRAINT ck_model_versions_version CHECK (version <> ''),
    -- Folder of the bundle, relative to the data folder.
    path            TEXT    NOT NULL,
    manifest_hash   TEXT    NOT NULL,
    trained_at      INTEGER NOT NULL,
    metrics         TEXT    NOT NULL CONSTRAINT ck_model_versions_metrics CHECK (json_valid(metrics)),
    is_active       INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_model_versions_is_active CHECK (is_active IN (0, 1)),
    activated_at    INTEGER,
    CONSTRAINT uq_model_versions_name_version UNIQUE (name, version)
) STRICT;

-- One version answers.
CREATE UNIQUE INDEX uq_model_versions_active ON model_versions (is_active) WHERE is_active = 1;
