-- Work that is done by itself: jobs, the schedules that make them due, the workers that do them, and who leads.

CREATE TABLE jobs (
    id             INTEGER PRIMARY KEY,
    name           TEXT    NOT NULL CONSTRAINT ck_jobs_name CHECK (name <> ''),
    -- What it is for: asked for again, it is the same job.
    key            TEXT    NOT NULL CONSTRAINT uq_jobs_key UNIQUE,
    queue          TEXT    NOT NULL,
    -- The place of the queue among queues, from 0, the most urgent.
    priority       INTEGER NOT NULL CONSTRAINT ck_jobs_priority CHECK (priority >= 0),
    parameters     TEXT    NOT NULL CONSTRAINT ck_jobs_parameters CHECK (json_valid(parameters)),
    -- No reference: what was done stays true when a match is gone.
    match_id       INTEGER,
    due_at         INTEGER NOT NULL,
    deadline       INTEGER,
    exclusion      TEXT,
    long           INTEGER NOT NULL CONSTRAINT ck_jobs_long CHECK (long IN (0, 1)),
    attempts       INTEGER NOT NULL CONSTRAINT ck_jobs_attempts CHECK (attempts > 0),
    flow           TEXT,
    step           TEXT,
    needs          TEXT    NOT NULL CONSTRAINT ck_jobs_needs CHECK (json_valid(needs)),
    follows        TEXT    NOT NULL CONSTRAINT ck_jobs_follows CHECK (json_valid(follows)),
    status         TEXT    NOT NULL CONSTRAINT ck_jobs_status CHECK (status IN
                       ('blocked', 'waiting', 'running', 'succeeded', 'failed', 'missed', 'cancelled', 'skipped')),
    attempt        INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_jobs_attempt CHECK (attempt >= 0),
    worker         TEXT,
    lease_until    INTEGER,
    stop_requested INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_jobs_stop_requested CHECK (stop_requested IN (0, 1)),
    enqueued_at    INTEGER NOT NULL,
    started_at     INTEGER,
    ended_at       INTEGER,
    error_type     TEXT,
    error_message  TEXT,
    result         TEXT    CONSTRAINT ck_jobs_result CHECK (json_valid(result)),
    CONSTRAINT ck_jobs_step CHECK ((flow IS NULL) = (step IS NULL)),
    CONSTRAINT ck_jobs_worker CHECK ((status = 'running') = (worker IS NOT NULL) AND (worker IS NULL) = (lease_until IS NULL)),
    CONSTRAINT ck_jobs_ended_at CHECK ((ended_at IS NULL) = (status IN ('blocked', 'waiting', 'running'))),
    CONSTRAINT ck_jobs_error CHECK ((error_type IS NULL) = (error_message IS NULL))
) STRICT;

-- The order in which jobs are taken: the last second of the year 9999 stands for no deadline.
CREATE INDEX idx_jobs_next ON jobs (long, coalesce(deadline, 253402300799), priority, due_at, id)
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
    id             TEXT    PRIMARY KEY CONSTRAINT ck_schedules_id CHECK (id <> ''),
    job            TEXT    NOT NULL,
    -- Five fields, in UTC.
    cron           TEXT    NOT NULL,
    parameters     TEXT    NOT NULL CONSTRAINT ck_schedules_parameters CHECK (json_valid(parameters)),
    enabled        INTEGER NOT NULL CONSTRAINT ck_schedules_enabled CHECK (enabled IN (0, 1)),
    misfire        TEXT    NOT NULL CONSTRAINT ck_schedules_misfire CHECK (misfire IN ('skip', 'run_once')),
    -- Changed by a person: a new version of the program leaves it alone.
    edited         INTEGER NOT NULL CONSTRAINT ck_schedules_edited CHECK (edited IN (0, 1)),
    -- Its times up to this one are dealt with.
    done_until     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who may make jobs due; the number grows with each holder.
CREATE TABLE leases (
    name           TEXT    PRIMARY KEY,
    holder         TEXT    NOT NULL CONSTRAINT ck_leases_holder CHECK (holder <> ''),
    fencing        INTEGER NOT NULL CONSTRAINT ck_leases_fencing CHECK (fencing > 0),
    until          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE workers (
    name           TEXT    PRIMARY KEY CONSTRAINT ck_workers_name CHECK (name <> ''),
    started_at     INTEGER NOT NULL,
    seen_at        INTEGER NOT NULL,
    slots          INTEGER NOT NULL CONSTRAINT ck_workers_slots CHECK (slots > 0)
) STRICT, WITHOUT ROWID;
