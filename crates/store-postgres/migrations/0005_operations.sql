-- Operations: what was collected, what went wrong, who did what.

CREATE TABLE data_collection_logs (
    id                  bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_data_collection_logs PRIMARY KEY,
    data_source         text    NOT NULL,
    collection_type     text    NOT NULL,
    start_time          timestamptz(0) NOT NULL,
    end_time            timestamptz(0) CONSTRAINT ck_data_collection_logs_end_time CHECK (end_time >= start_time),
    records_collected   bigint  NOT NULL DEFAULT 0 CONSTRAINT ck_data_collection_logs_records CHECK (records_collected >= 0),
    success_count       bigint  NOT NULL DEFAULT 0 CONSTRAINT ck_data_collection_logs_success CHECK (success_count >= 0),
    error_count         bigint  NOT NULL DEFAULT 0 CONSTRAINT ck_data_collection_logs_error CHECK (error_count >= 0),
    status              text    NOT NULL CONSTRAINT ck_data_collection_logs_status CHECK (
                            status IN ('running', 'success', 'partial', 'failed')),
    error_message       text
);

CREATE INDEX idx_data_collection_logs_source_start ON data_collection_logs (data_source, start_time);

CREATE TABLE data_quality_logs (
    id                      bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_data_quality_logs PRIMARY KEY,
    table_name              text    COLLATE "C" NOT NULL,
    record_id               bigint,
    document_id             bigint  CONSTRAINT fk_data_quality_logs_document REFERENCES raw_documents (id),
    -- Place in the document from 1; 0 is the document as a whole.
    locator                 bigint  NOT NULL DEFAULT 0 CONSTRAINT ck_data_quality_logs_locator CHECK (locator >= 0),
    error_type              text    COLLATE "C" NOT NULL CONSTRAINT ck_data_quality_logs_error_type CHECK (error_type <> ''),
    severity                text    NOT NULL CONSTRAINT ck_data_quality_logs_severity CHECK (
                                severity IN ('low', 'medium', 'high', 'critical')),
    error_data              text    NOT NULL,
    error_message           text    NOT NULL,
    status                  text    NOT NULL DEFAULT 'open' CONSTRAINT ck_data_quality_logs_status CHECK (
                                status IN ('open', 'resolved', 'ignored')),
    requires_manual_review  boolean NOT NULL DEFAULT false,
    handled_by              text,
    handled_at              timestamptz(0),
    resolution_notes        text,
    detected_at             timestamptz(0) NOT NULL
);

-- A finding is recorded once; one that belongs to no document is told apart by what it is about, which may be too
-- long for an index.
CREATE UNIQUE INDEX uq_data_quality_logs_document ON data_quality_logs (document_id, locator, error_type)
WHERE document_id IS NOT NULL;
CREATE UNIQUE INDEX uq_data_quality_logs_no_document ON data_quality_logs (table_name, locator, error_type, md5(error_data))
WHERE document_id IS NULL;
CREATE INDEX idx_data_quality_logs_detected ON data_quality_logs (detected_at, id);

CREATE TABLE error_logs (
    id              bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_error_logs PRIMARY KEY,
    task_name       text    NOT NULL,
    task_id         text,
    error_type      text    NOT NULL,
    error_message   text    NOT NULL,
    traceback       text,
    retry_count     integer NOT NULL DEFAULT 0 CONSTRAINT ck_error_logs_retry_count CHECK (retry_count >= 0),
    context_data    text,
    created_at      timestamptz(0) NOT NULL
);

CREATE INDEX idx_error_logs_created ON error_logs (created_at);

CREATE TABLE audit_logs (
    id          bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_audit_logs PRIMARY KEY,
    actor       text    NOT NULL,
    action      text    NOT NULL,
    subject     text    NOT NULL,
    details     text,
    created_at  timestamptz(0) NOT NULL
);

CREATE INDEX idx_audit_logs_created ON audit_logs (created_at);

CREATE TRIGGER tr_audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs
FOR EACH ROW EXECUTE FUNCTION refuse('tr_audit_logs_append_only', 'an audit record is never changed or removed');
CREATE TRIGGER tr_audit_logs_never_emptied BEFORE TRUNCATE ON audit_logs
FOR EACH STATEMENT EXECUTE FUNCTION refuse('tr_audit_logs_never_emptied', 'an audit record is never removed');
