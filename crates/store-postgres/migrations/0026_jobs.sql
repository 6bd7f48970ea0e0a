-- Work that is done by itself: jobs, the schedules that make them due, the workers that do them, and who leads.

CREATE TABLE jobs (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name           text COLLATE "C" NOT NULL CONSTRAINT ck_jobs_name CHECK (name <> ''),
    -- What it is for: asked for again, it is the same job.
    key            text COLLATE "C" NOT NULL CONSTRAINT uq_jobs_key UNIQUE,
    queue          text COLLATE "C" NOT NULL,
    -- The place of the queue among queues, from 0, the most urgent.
    priority       integer NOT NULL CONSTRAINT ck_jobs_priority CHECK (priority >= 0),
    parameters     jsonb NOT NULL,
    -- No reference: what was done stays true when a match is gone.
    match_id       bigint,
    due_at         timestamptz(0) NOT NULL,
    deadline       timestamptz(0),
    exclusion      text COLLATE "C",
    long           boolean NOT NULL,
    attempts       integer NOT NULL CONSTRAINT ck_jobs_attempts CHECK (attempts > 0),
    flow           text COLLATE "C",
    step           text COLLATE "C",
    needs          jsonb NOT NULL,
    follows        jsonb NOT NULL,
    status         text COLLATE "C" NOT NULL CONSTRAINT ck_jobs_status CHECK (status IN
                       ('blocked', 'waiting', 'running', 'succeeded', 'failed', 'missed', 'cancelled', 'skipped')),
    attempt        integer NOT NULL DEFAULT 0 CONSTRAINT ck_jobs_attempt CHECK (attempt >= 0),
    worker         text COLLATE "C",
    lease_until    timestamptz(0),
    stop_requested boolean NOT NULL DEFAULT false,
    enqueued_at    timestamptz(0) NOT NULL,
    started_at     timestamptz(0),
    ended_at       timestamptz(0),
    error_type     text COLLATE "C",
    error_message  text COLLATE "C",
    result         jsonb,
    CONSTRAINT ck_jobs_step CHECK ((flow IS NULL) = (step IS NULL)),
    CONSTRAINT ck_jobs_worker CHECK ((status = 'running') = (worker IS NOT NULL) AND (worker IS NULL) = (lease_until IS NULL)),
    CONSTRAINT ck_jobs_ended_at CHECK ((ended_at IS NULL) = (status IN ('blocked', 'waiting', 'running'))),
    CONSTRAINT ck_jobs_error CHECK ((error_type IS NULL) = (error_message IS NULL))
);

-- The order in which jobs are taken.
CREATE INDEX idx_jobs_next ON jobs (long, coalesce(deadline, 'infinity'), priority, due_at, id)
WHERE status = 'waiting';
CREATE INDEX idx_jobs_due ON jobs (long, due_at) WHERE status = 'waiting';
-- One runs at a time.
CREATE UNIQUE INDEX uq_jobs_exclusion ON jobs (exclusion) WHERE status = 'running' AND exclusion IS NOT NULL;
CREATE INDEX idx_jobs_blocked ON jobs (flow) WHERE status = 'blocked';
CREATE INDEX idx_jobs_running ON jobs (lease_until) WHERE status = 'running';
CREATE INDEX idx_jobs_deadline ON jobs (deadline) WHERE status IN ('blocked', 'waiting') AND deadline IS NOT NULL;
CREATE INDEX idx_jobs_match ON jobs (match_id) WHERE match_id IS NOT NULL;
CREATE INDEX idx_jobs_flow ON jobs (flow) WHERE flow IS NOT NULL;
CREATE INDEX idx_jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX idx_jobs_name ON jobs (name, status, ended_at);

CREATE TABLE schedules (
    id             text COLLATE "C" PRIMARY KEY CONSTRAINT ck_schedules_id CHECK (id <> ''),
    job            text COLLATE "C" NOT NULL,
    -- Five fields, in UTC.
    cron           text COLLATE "C" NOT NULL,
    parameters     jsonb NOT NULL,
    enabled        boolean NOT NULL,
    misfire        text COLLATE "C" NOT NULL CONSTRAINT ck_schedules_misfire CHECK (misfire IN ('skip', 'run_once')),
    -- Changed by a person: a new version of the program leaves it alone.
    edited         boolean NOT NULL,
    -- Its times up to this one are dealt with.
    done_until     timestamptz(0) NOT NULL
);

-- Who may make jobs due; the number grows with each holder.
CREATE TABLE leases (
    name           text COLLATE "C" PRIMARY KEY,
    holder         text COLLATE "C" NOT NULL CONSTRAINT ck_leases_holder CHECK (holder <> ''),
    fencing        bigint NOT NULL CONSTRAINT ck_leases_fencing CHECK (fencing > 0),
    until          timestamptz(0) NOT NULL
);

CREATE TABLE workers (
    name           text COLLATE "C" PRIMARY KEY CONSTRAINT ck_workers_name CHECK (name <> ''),
    started_at     timestamptz(0) NOT NULL,
    seen_at        timestamptz(0) NOT NULL,
    slots          integer NOT NULL CONSTRAINT ck_workers_slots CHECK (slots > 0)
);

-- Removes jobs that ended before a time, which a writer may not do by itself; returns how many.
CREATE FUNCTION purge_jobs(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    purged bigint;
BEGIN
    DELETE FROM jobs WHERE ended_at < before;
    GET DIAGNOSTICS purged = ROW_COUNT;
    RETURN purged;
END
$$;
-- Forgets a worker that has ended, or has given no sign of life since a time.
CREATE FUNCTION forget_workers(worker text, silent_since timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    forgotten bigint;
BEGIN
    DELETE FROM workers WHERE name = worker OR seen_at < silent_since;
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END
$$;
-- Removes errors of tasks from before a time; returns how many.
CREATE FUNCTION purge_error_logs(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    purged bigint;
BEGIN
    DELETE FROM error_logs WHERE created_at < before;
    GET DIAGNOSTICS purged = ROW_COUNT;
    RETURN purged;
END
$$;
REVOKE ALL ON FUNCTION purge_jobs(timestamptz), purge_error_logs(timestamptz), forget_workers(text, timestamptz) FROM PUBLIC;

-- Where roles exist, they have them at once, and who owns the rest owns these.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE jobs OWNER TO football_admin;
        ALTER TABLE schedules OWNER TO football_admin;
        ALTER TABLE leases OWNER TO football_admin;
        ALTER TABLE workers OWNER TO football_admin;
        ALTER FUNCTION purge_jobs(timestamptz) OWNER TO football_admin;
        ALTER FUNCTION purge_error_logs(timestamptz) OWNER TO football_admin;
        ALTER FUNCTION forget_workers(text, timestamptz) OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON jobs, schedules, leases, workers TO football_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT INSERT, UPDATE ON jobs, schedules, leases, workers TO football_writer;
        GRANT EXECUTE ON FUNCTION purge_jobs(timestamptz), purge_error_logs(timestamptz), forget_workers(text, timestamptz) TO football_writer;
    END IF;
END
$$;
