-- Runs of jobs, events about them, and the jobs and datasets that these told of.
CREATE TABLE lineage_runs (
    id            text COLLATE "C" CONSTRAINT pk_lineage_runs PRIMARY KEY
                      CONSTRAINT ck_lineage_runs_id CHECK (length(id) = 36),
    job_namespace text COLLATE "C" NOT NULL CONSTRAINT ck_lineage_runs_job_namespace CHECK (job_namespace <> ''),
    job_name      text COLLATE "C" NOT NULL CONSTRAINT ck_lineage_runs_job_name CHECK (job_name <> ''),
    -- Of the last event.
    event_type    text COLLATE "C" NOT NULL
                      CONSTRAINT ck_lineage_runs_event_type CHECK (event_type IN ('START', 'COMPLETE', 'FAIL', 'ABORT')),
    started_at    timestamptz(0) NOT NULL,
    ended_at      timestamptz(0),
    body          json NOT NULL,
    CONSTRAINT ck_lineage_runs_ended CHECK ((event_type = 'START') = (ended_at IS NULL))
);
CREATE INDEX idx_lineage_runs_job ON lineage_runs (job_namespace, job_name, started_at DESC, id DESC);
CREATE INDEX idx_lineage_runs_started ON lineage_runs (started_at);

CREATE TABLE lineage_events (
    id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_lineage_events PRIMARY KEY,
    run_id      text COLLATE "C" NOT NULL
                    CONSTRAINT fk_lineage_events_run REFERENCES lineage_runs (id) ON DELETE CASCADE,
    event_type  text COLLATE "C" NOT NULL
                    CONSTRAINT ck_lineage_events_event_type CHECK (event_type IN ('START', 'COMPLETE', 'FAIL', 'ABORT')),
    event_at    timestamptz(0) NOT NULL,
    body        json NOT NULL,
    -- Whether an outside backend is still to be told.
    is_to_send  boolean NOT NULL,
    failures    integer NOT NULL DEFAULT 0 CONSTRAINT ck_lineage_events_failures CHECK (failures >= 0),
    next_try_at timestamptz(0) NOT NULL,
    fault       text COLLATE "C",
    CONSTRAINT uq_lineage_events_run UNIQUE (run_id, event_type)
);
CREATE INDEX idx_lineage_events_unsent ON lineage_events (id) WHERE is_to_send;

CREATE TABLE lineage_nodes (
    kind       text COLLATE "C" NOT NULL CONSTRAINT ck_lineage_nodes_kind CHECK (kind IN ('job', 'dataset')),
    namespace  text COLLATE "C" NOT NULL CONSTRAINT ck_lineage_nodes_namespace CHECK (namespace <> ''),
    name       text COLLATE "C" NOT NULL CONSTRAINT ck_lineage_nodes_name CHECK (name <> ''),
    created_at timestamptz(0) NOT NULL,
    updated_at timestamptz(0) NOT NULL,
    body       json NOT NULL,
    CONSTRAINT pk_lineage_nodes PRIMARY KEY (kind, namespace, name)
);


-- Removes runs that began before a time, with their events, which a writer may not do by itself; returns how many.
CREATE FUNCTION purge_lineage_runs(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    purged bigint;
BEGIN
    DELETE FROM lineage_runs WHERE started_at < before;
    GET DIAGNOSTICS purged = ROW_COUNT;
    RETURN purged;
END
$$;
REVOKE ALL ON FUNCTION purge_lineage_runs(timestamptz) FROM PUBLIC;

-- Where roles exist, they have them at once, and who owns the rest owns these.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE lineage_runs OWNER TO football_admin;
        ALTER TABLE lineage_events OWNER TO football_admin;
        ALTER TABLE lineage_nodes OWNER TO football_admin;
        ALTER FUNCTION purge_lineage_runs(timestamptz) OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON lineage_runs, lineage_events, lineage_nodes TO football_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT INSERT, UPDATE ON lineage_runs, lineage_events, lineage_nodes TO football_writer;
        GRANT EXECUTE ON FUNCTION purge_lineage_runs(timestamptz) TO football_writer;
    END IF;
END
$$;
