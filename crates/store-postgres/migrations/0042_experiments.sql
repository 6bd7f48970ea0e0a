-- Experiments with models: what the champion and a challenger say of the same matches.

CREATE TABLE model_experiments (
    id          text    COLLATE "C" NOT NULL CONSTRAINT pk_model_experiments PRIMARY KEY
                        CONSTRAINT ck_model_experiments_id CHECK (id <> ''),
    model_name  text    COLLATE "C" NOT NULL,
    -- The champion when it began, and the version that is tried.
    control     text    COLLATE "C" NOT NULL,
    treatment   text    COLLATE "C" NOT NULL CONSTRAINT ck_model_experiments_treatment CHECK (treatment <> control),
    mode        text    COLLATE "C" NOT NULL CONSTRAINT ck_model_experiments_mode CHECK (mode IN ('shadow', 'split')),
    -- Share of the matches that the treatment answers.
    share       double precision NOT NULL CONSTRAINT ck_model_experiments_share CHECK (
                            mode = 'shadow' AND share = 0 OR mode <> 'shadow' AND share > 0 AND share <= 1),
    started_at  timestamptz(0) NOT NULL,
    ended_at    timestamptz(0) CONSTRAINT ck_model_experiments_ended_at CHECK (ended_at >= started_at),
    CONSTRAINT fk_model_experiments_control FOREIGN KEY (model_name, control) REFERENCES model_versions (name, version),
    CONSTRAINT fk_model_experiments_treatment FOREIGN KEY (model_name, treatment) REFERENCES model_versions (name, version)
);
-- One at a time.
CREATE UNIQUE INDEX uq_model_experiments_running ON model_experiments (model_name) WHERE ended_at IS NULL;

CREATE TRIGGER tr_model_experiments_never_rewritten
BEFORE UPDATE OF id, model_name, control, treatment, mode, share, started_at ON model_experiments
FOR EACH ROW EXECUTE FUNCTION refuse('tr_model_experiments_never_rewritten',
    'an experiment is ended and another one begun, never changed');

-- What both said of a match at one time. The last pair before kick-off counts.
CREATE TABLE experiment_forecasts (
    id              bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_experiment_forecasts PRIMARY KEY,
    experiment_id   text    COLLATE "C" NOT NULL CONSTRAINT fk_experiment_forecasts_experiment REFERENCES model_experiments (id),
    match_id        bigint  NOT NULL CONSTRAINT fk_experiment_forecasts_match REFERENCES match_keys (id),
    -- Whose forecast answered.
    arm             text    COLLATE "C" NOT NULL CONSTRAINT ck_experiment_forecasts_arm CHECK (arm IN ('control', 'treatment')),
    control_home    double precision NOT NULL,
    control_draw    double precision NOT NULL,
    control_away    double precision NOT NULL,
    treatment_home  double precision NOT NULL,
    treatment_draw  double precision NOT NULL,
    treatment_away  double precision NOT NULL,
    recorded_at     timestamptz(0) NOT NULL,
    CONSTRAINT ck_experiment_forecasts_control CHECK (
        control_home BETWEEN 0 AND 1 AND control_draw BETWEEN 0 AND 1 AND control_away BETWEEN 0 AND 1
        AND abs(control_home + control_draw + control_away - 1) <= 0.001),
    CONSTRAINT ck_experiment_forecasts_treatment CHECK (
        treatment_home BETWEEN 0 AND 1 AND treatment_draw BETWEEN 0 AND 1 AND treatment_away BETWEEN 0 AND 1
        AND abs(treatment_home + treatment_draw + treatment_away - 1) <= 0.001)
);
CREATE INDEX idx_experiment_forecasts_match ON experiment_forecasts (experiment_id, match_id, id);
CREATE INDEX idx_experiment_forecasts_of_match ON experiment_forecasts (match_id);

CREATE FUNCTION check_experiment_forecast() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM matches m
        WHERE m.id = NEW.match_id AND m.season = (SELECT k.season FROM match_keys k WHERE k.id = NEW.match_id)
            AND m.match_time + (CASE m.time_precision WHEN 'day' THEN interval '24 hours' ELSE interval '0' END) > NEW.recorded_at)
    THEN
        RAISE EXCEPTION 'tr_check_experiment_forecast_before_kickoff: forecasts are compared on a match to come, and recorded before its kick-off'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tr_check_experiment_forecast_before_kickoff';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER tr_check_experiment_forecast_before_kickoff BEFORE INSERT ON experiment_forecasts
FOR EACH ROW EXECUTE FUNCTION check_experiment_forecast();
CREATE TRIGGER tr_experiment_forecasts_never_rewritten
BEFORE UPDATE OF id, experiment_id, arm, control_home, control_draw, control_away, treatment_home, treatment_draw,
    treatment_away, recorded_at ON experiment_forecasts
FOR EACH ROW EXECUTE FUNCTION refuse('tr_experiment_forecasts_never_rewritten', 'forecasts that are compared are never changed');
CREATE TRIGGER tr_experiment_forecasts_never_removed BEFORE DELETE ON experiment_forecasts
FOR EACH ROW EXECUTE FUNCTION refuse('tr_experiment_forecasts_never_removed', 'forecasts that are compared are never removed');
CREATE TRIGGER tr_experiment_forecasts_never_emptied BEFORE TRUNCATE ON experiment_forecasts
FOR EACH STATEMENT EXECUTE FUNCTION refuse('tr_experiment_forecasts_never_emptied', 'forecasts that are compared are never removed');
CREATE TRIGGER tr_experiment_forecasts_match_kept BEFORE UPDATE OF match_id ON experiment_forecasts
FOR EACH ROW WHEN (NEW.match_id <> OLD.match_id)
EXECUTE FUNCTION keep_match('tr_experiment_forecasts_match_kept',
    'forecasts that are compared stay with their match; only a merge of two matches takes them along');
CREATE TRIGGER tr_audit AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON model_experiments
FOR EACH STATEMENT EXECUTE FUNCTION audit();

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE model_experiments OWNER TO football_admin;
        ALTER TABLE experiment_forecasts OWNER TO football_admin;
        ALTER FUNCTION check_experiment_forecast() OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON model_experiments, experiment_forecasts TO football_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT INSERT ON model_experiments, experiment_forecasts TO football_writer;
        GRANT UPDATE (ended_at) ON model_experiments TO football_writer;
    END IF;
END
$$;
