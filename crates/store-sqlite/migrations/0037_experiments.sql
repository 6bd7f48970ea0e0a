-- Experiments with models: what the champion and a challenger say of the same matches.

CREATE TABLE model_experiments (
    id          TEXT    NOT NULL PRIMARY KEY CONSTRAINT ck_model_experiments_id CHECK (id <> ''),
    model_name  TEXT    NOT NULL,
    -- The champion when it began, and the version that is tried.
    control     TEXT    NOT NULL,
    treatment   TEXT    NOT NULL CONSTRAINT ck_model_experiments_treatment CHECK (treatment <> control),
    mode        TEXT    NOT NULL CONSTRAINT ck_model_experiments_mode CHECK (mode IN ('shadow', 'split')),
    -- Share of the matches that the treatment answers.
    share       REAL    NOT NULL CONSTRAINT ck_model_experiments_share CHECK (
                            mode = 'shadow' AND share = 0 OR mode <> 'shadow' AND share > 0 AND share <= 1),
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER CONSTRAINT ck_model_experiments_ended_at CHECK (ended_at >= started_at),
    CONSTRAINT fk_model_experiments_control FOREIGN KEY (model_name, control) REFERENCES model_versions (name, version),
    CONSTRAINT fk_model_experiments_treatment FOREIGN KEY (model_name, treatment) REFERENCES model_versions (name, version)
) STRICT;
-- One at a time.
CREATE UNIQUE INDEX uq_model_experiments_running ON model_experiments (model_name) WHERE ended_at IS NULL;

CREATE TRIGGER tr_model_experiments_never_rewritten
BEFORE UPDATE OF id, model_name, control, treatment, mode, share, started_at ON model_experiments
BEGIN
    SELECT RAISE(ABORT, 'tr_model_experiments_never_rewritten: an experiment is ended and another one begun, never changed');
END;

-- What both said of a match at one time. The last pair before kick-off counts.
CREATE TABLE experiment_forecasts (
    id              INTEGER PRIMARY KEY,
    experiment_id   TEXT    NOT NULL CONSTRAINT fk_experiment_forecasts_experiment REFERENCES model_experiments (id),
    match_id        INTEGER NOT NULL CONSTRAINT fk_experiment_forecasts_match REFERENCES matches (id),
    -- Whose forecast answered.
    arm             TEXT    NOT NULL CONSTRAINT ck_experiment_forecasts_arm CHECK (arm IN ('control', 'treatment')),
    control_home    REAL    NOT NULL,
    control_draw    REAL    NOT NULL,
    control_away    REAL    NOT NULL,
    treatment_home  REAL    NOT NULL,
    treatment_draw  REAL    NOT NULL,
    treatment_away  REAL    NOT NULL,
    recorded_at     INTEGER NOT NULL,
    CONSTRAINT ck_experiment_forecasts_control CHECK (
        control_home BETWEEN 0 AND 1 AND control_draw BETWEEN 0 AND 1 AND control_away BETWEEN 0 AND 1
        AND abs(control_home + control_draw + control_away - 1) <= 0.001),
    CONSTRAINT ck_experiment_forecasts_treatment CHECK (
        treatment_home BETWEEN 0 AND 1 AND treatment_draw BETWEEN 0 AND 1 AND treatment_away BETWEEN 0 AND 1
        AND abs(treatment_home + treatment_draw + treatment_away - 1) <= 0.001)
) STRICT;
CREATE INDEX idx_experiment_forecasts_match ON experiment_forecasts (experiment_id, match_id, id);
CREATE INDEX idx_experiment_forecasts_of_match ON experiment_forecasts (match_id);

CREATE TRIGGER tr_check_experiment_forecast_before_kickoff BEFORE INSERT ON experiment_forecasts
WHEN NOT EXISTS (
    SELECT 1 FROM matches
    WHERE id = NEW.match_id
        AND match_time + CASE time_precision WHEN 'day' THEN 86400 ELSE 0 END > NEW.recorded_at)
BEGIN
    SELECT RAISE(ABORT, 'tr_check_experiment_forecast_before_kickoff: forecasts are compared on a match to come, and recorded before its kick-off');
END;
CREATE TRIGGER tr_experiment_forecasts_never_rewritten
BEFORE UPDATE OF id, experiment_id, arm, control_home, control_draw, control_away, treatment_home, treatment_draw,
    treatment_away, recorded_at ON experiment_forecasts
BEGIN
    SELECT RAISE(ABORT, 'tr_experiment_forecasts_never_rewritten: forecasts that are compared are never changed');
END;
CREATE TRIGGER tr_experiment_forecasts_never_removed BEFORE DELETE ON experiment_forecasts
BEGIN
    SELECT RAISE(ABORT, 'tr_experiment_forecasts_never_removed: forecasts that are compared are never removed');
END;
CREATE TRIGGER tr_experiment_forecasts_match_kept BEFORE UPDATE OF match_id ON experiment_forecasts
WHEN NEW.match_id <> OLD.match_id AND NOT EXISTS (
    SELECT 1 FROM identity_merges g JOIN identity_merge_matches j ON j.merge_id = g.id
    WHERE g.running IS NOT NULL AND j.match_id IN (OLD.match_id, NEW.match_id)
        AND j.joined_to IN (OLD.match_id, NEW.match_id))
BEGIN
    SELECT RAISE(ABORT, 'tr_experiment_forecasts_match_kept: forecasts that are compared stay with their match; only a merge of two matches takes them along');
END;
