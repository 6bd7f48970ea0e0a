-- Gold: what is served.

-- Features of both sides of upcoming matches; the matrix for training is a file beside the database.
CREATE TABLE features (
    id                      bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_features PRIMARY KEY,
    match_id                bigint  NOT NULL CONSTRAINT fk_features_match REFERENCES match_keys (id),
    team_id                 bigint  NOT NULL CONSTRAINT fk_features_team REFERENCES teams (id),
    -- Only facts known up to then were used.
    as_of                   timestamptz(0) NOT NULL,
    created_at              timestamptz(0) NOT NULL,
    -- Hash of the definitions that gave the values.
    definitions_hash        text    COLLATE "C" NOT NULL,
    -- All values by name (recent_5_wins, h2h_draws, ...), a JSON object.
    feature_values          json    NOT NULL,
    CONSTRAINT uq_features_match_team UNIQUE (match_id, team_id, as_of, definitions_hash)
);

CREATE INDEX idx_features_team_created ON features (team_id, created_at);

-- Forecasts fixed before kick-off.
CREATE SEQUENCE predictions_id_seq;
CREATE TABLE predictions (
    id                              bigint  NOT NULL DEFAULT nextval('predictions_id_seq'),
    match_id                        bigint  NOT NULL CONSTRAINT fk_predictions_match REFERENCES match_keys (id),
    model_name                      text    COLLATE "C" NOT NULL CONSTRAINT ck_predictions_model_name CHECK (model_name <> ''),
    model_version                   text    COLLATE "C" NOT NULL,
    home_win_probability            double precision NOT NULL CONSTRAINT ck_predictions_home_win_probability CHECK (home_win_probability BETWEEN 0 AND 1),
    draw_probability                double precision NOT NULL CONSTRAINT ck_predictions_draw_probability CHECK (draw_probability BETWEEN 0 AND 1),
    away_win_probability            double precision NOT NULL CONSTRAINT ck_predictions_away_win_probability CHECK (away_win_probability BETWEEN 0 AND 1),
    predicted_result                text    NOT NULL CONSTRAINT ck_predictions_predicted_result CHECK (
                                        predicted_result IN ('home_win', 'draw', 'away_win')),
    expected_home_goals             double precision NOT NULL CONSTRAINT ck_predictions_expected_home_goals CHECK (expected_home_goals BETWEEN 0 AND 99),
    expected_away_goals             double precision NOT NULL CONSTRAINT ck_predictions_expected_away_goals CHECK (expected_away_goals BETWEEN 0 AND 99),
    predicted_home_score            integer,
    predicted_away_score            integer,
    over_2_5_probability            double precision CONSTRAINT ck_predictions_over_2_5_probability CHECK (over_2_5_probability BETWEEN 0 AND 1),
    both_teams_score_probability    double precision CONSTRAINT ck_predictions_both_teams_score_probability CHECK (both_teams_score_probability BETWEEN 0 AND 1),
    confidence_score                double precision,
    feature_importance              text,
    features_used                   text,
    prediction_metadata             text,
    as_of                           timestamptz(0) NOT NULL,
    sealed_at                       timestamptz(0) NOT NULL CONSTRAINT ck_predictions_time_range CHECK (
                                        sealed_at >= '1888-01-01 00:00:00+00' AND sealed_at < '2202-01-01 00:00:00+00'),
    actual_result                   text    CONSTRAINT ck_predictions_actual_result CHECK (actual_result IN ('home_win', 'draw', 'away_win')),
    is_correct                      boolean,
    verified_at                     timestamptz(0),
    CONSTRAINT pk_predictions PRIMARY KEY (id, sealed_at),
    CONSTRAINT ck_predictions_probability_sum CHECK (
        abs(home_win_probability + draw_probability + away_win_probability - 1) <= 0.001)
) PARTITION BY RANGE (sealed_at);
ALTER SEQUENCE predictions_id_seq OWNED BY predictions.id;

CREATE INDEX idx_predictions_match_sealed ON predictions (match_id, sealed_at);

CREATE FUNCTION check_sealed_before_kickoff() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    kickoff timestamptz;
BEGIN
    SELECT m.match_time INTO kickoff FROM matches m
    WHERE m.id = NEW.match_id AND m.season = (SELECT k.season FROM match_keys k WHERE k.id = NEW.match_id);
    IF kickoff IS NULL OR kickoff <= NEW.sealed_at THEN
        RAISE EXCEPTION 'tr_check_prediction_sealed_before_kickoff: a forecast needs an existing match and is sealed before its kick-off'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tr_check_prediction_sealed_before_kickoff';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER tr_check_prediction_sealed_before_kickoff BEFORE INSERT ON predictions
FOR EACH ROW EXECUTE FUNCTION check_sealed_before_kickoff();

-- What came of a forecast may be noted beside it; the forecast itself stays.
CREATE TRIGGER tr_predictions_never_rewritten
BEFORE UPDATE OF id, match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability,
    predicted_result, expected_home_goals, expected_away_goals, predicted_home_score, predicted_away_score,
    over_2_5_probability, both_teams_score_probability, confidence_score, feature_importance, features_used,
    prediction_metadata, as_of, sealed_at ON predictions
FOR EACH ROW EXECUTE FUNCTION refuse('tr_predictions_never_rewritten', 'a sealed forecast is never changed');
CREATE TRIGGER tr_predictions_never_removed BEFORE DELETE ON predictions
FOR EACH ROW EXECUTE FUNCTION refuse('tr_predictions_never_removed', 'a sealed forecast is never removed');
CREATE TRIGGER tr_predictions_never_emptied BEFORE TRUNCATE ON predictions
FOR EACH STATEMENT EXECUTE FUNCTION refuse('tr_predictions_never_emptied', 'a sealed forecast is never removed');

CREATE TABLE model_versions (
    id              bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_model_versions PRIMARY KEY,
    name            text    COLLATE "C" NOT NULL CONSTRAINT ck_model_versions_name CHECK (name <> ''),
    version         text    COLLATE "C" NOT NULL CONSTRAINT ck_model_versions_version CHECK (version <> ''),
    -- Folder of the bundle, relative to the data folder.
    path            text    NOT NULL,
    manifest_hash   text    NOT NULL,
    trained_at      timestamptz(0) NOT NULL,
    metrics         json    NOT NULL,
    is_active       boolean NOT NULL DEFAULT false,
    activated_at    timestamptz(0),
    CONSTRAINT uq_model_versions_name_version UNIQUE (name, version)
);

-- One version answers.
CREATE UNIQUE INDEX uq_model_versions_active ON model_versions (is_active) WHERE is_active;
