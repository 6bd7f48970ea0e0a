-- Runs of jobs, events about them, and the jobs and datasets that these told of.
CREATE TABLE lineage_runs (
    id            TEXT    NOT NULL PRIMARY KEY CONSTRAINT ck_lineage_runs_id CHECK (length(id) = 36),
    job_namespace TEXT    NOT NULL CONSTRAINT ck_lineage_runs_job_namespace CHECK (job_namespace <> ''),
    job_name      TEXT    NOT NULL CONSTRAINT ck_lineage_runs_job_name CHECK (job_name <> ''),
    -- Of the last event.
    event_type    TEXT    NOT NULL
                      CONSTRAINT ck_lineage_runs_event_type CHECK (event_type IN ('START', 'COMPLETE', 'FAIL', 'ABORT')),
    started_at    INTEGER NOT NULL,
    ended_at      INTEGER,
    body          TEXT    NOT NULL CONSTRAINT ck_lineage_runs_body CHECK (json_valid(body)),
    CONSTRAINT ck_lineage_runs_ended CHECK ((event_type = 'START') = (ended_at IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX idx_lineage_runs_job ON lineage_runs (job_namespace, job_name, started_at DESC, id DESC);
CREATE INDEX idx_lineage_runs_started ON lineage_runs (started_at);

CREATE TABLE lineage_events (
    id          INTEGER PRIMARY KEY,
    run_id      TEXT    NOT NULL CONSTRAINT fk_lineage_events_run REFERENCES lineage_runs (id) ON DELETE CASCADE,
    event_type  TEXT    NOT NULL
                    CONSTRAINT ck_lineage_events_event_type CHECK (event_type IN ('START', 'COMPLETE', 'FAIL', 'ABORT')),
    event_at    INTEGER NOT NULL,
    body        TEXT    NOT NULL CONSTRAINT ck_lineage_events_body CHECK (json_valid(body)),
    -- Whether an outside backend is still to be told.
    is_to_send  INTEGER NOT NULL CONSTRAINT ck_lineage_events_is_to_send CHECK (is_to_send IN (0, 1)),
    failures    INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_lineage_events_failures CHECK (failures >= 0),
    next_try_at INTEGER NOT NULL,
    fault       TEXT,
    CONSTRAINT uq_lineage_events_run UNIQUE (run_id, event_type)
) STRICT;
CREATE INDEX idx_lineage_events_unsent ON lineage_events (id) WHERE is_to_send = 1;

CREATE TABLE lineage_nodes (
    kind       TEXT    NOT NULL CONSTRAINT ck_lineage_nodes_kind CHECK (kind IN ('job', 'dataset')),
    namespace  TEXT    NOT NULL CONSTRAINT ck_lineage_nodes_namespace CHECK (namespace <> ''),
    name       TEXT    NOT NULL CONSTRAINT ck_lineage_nodes_name CHECK (name <> ''),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    body       TEXT    NOT NULL CONSTRAINT ck_lineage_nodes_body CHECK (json_valid(body)),
    PRIMARY KEY (kind, namespace, name)
) STRICT, WITHOUT ROWID;
