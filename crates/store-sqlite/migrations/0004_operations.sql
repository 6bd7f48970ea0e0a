-- Operations: what was collected, what went wrong, who did what.

CREATE TABLE data_collection_logs (
    id                  INTEGER PRIMARY KEY,
    data_source         TEXT    NOT NULL,
    collection_type     TEXT    NOT NULL,
    start_time          INTEGER NOT NULL,
    end_time            INTEGER CONSTRAINT ck_data_collection_logs_end_time CHECK (end_time >= start_time),
    records_collected   INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_data_collection_logs_records CHECK (records_collected >= 0),
    success_count       INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_data_collection_logs_success CHECK (success_count >= 0),
    error_count         INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_data_collection_logs_error CHECK (error_count >= 0),
    status              TEXT    NOT NULL CONSTRAINT ck_data_collection_logs_status CHECK (
                            status IN ('running', 'success', 'partial', 'failed')),
    error_message       TEXT
) STRICT;

CREATE INDEX idx_data_collection_logs_source_start ON data_collection_logs (data_source, start_time);

CREATE TABLE data_quality_logs (
    id                      INTEGER PRIMARY KEY,
    table_name              TEXT    NOT NULL,
    record_id               INTEGER,
    document_id             INTEGER CONSTRAINT fk_data_quality_logs_document REFERENCES raw_documents (id),
    -- Place in the document from 1; 0 is the document as a whole.
    locator                 INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_data_quality_logs_locator CHECK (locator >= 0),
    error_type              TEXT    NOT NULL CONSTRAINT ck_data_quality_logs_error_type CHECK (error_type <> ''),
    severity                TEXT    NOT NULL CONSTRAINT ck_data_quality_logs_severity CHECK (
                                severity IN ('low', 'medium', 'high', 'critical')),
    error_data              TEXT    NOT NULL,
    error_message           TEXT    NOT NULL,
    status                  TEXT    NOT NULL DEFAULT 'open' CONSTRAINT ck_data_quality_logs_status CHECK (
                                status IN ('open', 'resolved', 'ignored')),
    requires_manual_review  INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_data_quality_logs_review CHECK (
                                requires_manual_review IN (0, 1)),
    handled_by              TEXT,
    handled_at              INTEGER,
    resolution_notes        TEXT,
    detected_at             INTEGER NOT NULL
) STRICT;

-- A finding is recorded once; one that belongs to no document is told apart by what it is about.
CREATE UNIQUE INDEX uq_data_quality_logs_document ON data_quality_logs (document_id, locator, error_type)
WHERE document_id IS NOT NULL;
CREATE UNIQUE INDEX uq_data_quality_logs_no_document ON data_quality_logs (table_name, locator, error_type, error_data)
WHERE document_id IS NULL;
CREATE INDEX idx_data_quality_logs_detected ON data_quality_logs (detected_at);

CREATE TABLE error_logs (
    id              INTEGER PRIMARY KEY,
    task_name       TEXT    NOT NULL,
    task_id         TEXT,
    error_type      TEXT    NOT NULL,
    error_message   TEXT    NOT NULL,
    traceback       TEXT,
    retry_count     INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_error_logs_retry_count CHECK (retry_count >= 0),
    context_data    TEXT,
    created_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX idx_error_logs_created ON error_logs (created_at);

CREATE TABLE audit_logs (
    id          INTEGER PRIMARY KEY,
    actor       TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    details     TEXT,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX idx_audit_logs_created ON audit_logs (created_at);

CREATE TRIGGER tr_audit_logs_append_only_update BEFORE UPDATE ON audit_logs
BEGIN
    SELECT RAISE(ABORT, 'tr_audit_logs_append_only: an audit record is never changed');
END;
CREATE TRIGGER tr_audit_logs_append_only_delete BEFORE DELETE ON audit_logs
BEGIN
    SELECT RAISE(ABORT, 'tr_audit_logs_append_only: an audit record is never removed');
END;
