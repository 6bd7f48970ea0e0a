-- Collecting: what a run brought, how far each request was collected, and what was spent.

ALTER TABLE data_collection_logs ADD COLUMN new_count INTEGER NOT NULL DEFAULT 0
    CONSTRAINT ck_data_collection_logs_new CHECK (new_count >= 0);
ALTER TABLE data_collection_logs ADD COLUMN changed_count INTEGER NOT NULL DEFAULT 0
    CONSTRAINT ck_data_collection_logs_changed CHECK (changed_count >= 0);
ALTER TABLE data_collection_logs ADD COLUMN rejected_count INTEGER NOT NULL DEFAULT 0
    CONSTRAINT ck_data_collection_logs_rejected CHECK (rejected_count >= 0);

CREATE INDEX idx_data_collection_logs_start ON data_collection_logs (start_time);

-- The last answer to each request that is in the store: a run that was killed goes on behind it.
CREATE TABLE collection_watermarks (
    data_source     TEXT    NOT NULL,
    collection_type TEXT    NOT NULL,
    scope           TEXT    NOT NULL,
    hash            TEXT    NOT NULL CONSTRAINT ck_collection_watermarks_hash CHECK (
                        length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'),
    collected_at    INTEGER NOT NULL,
    checked_at      INTEGER NOT NULL,
    PRIMARY KEY (data_source, collection_type, scope)
) STRICT, WITHOUT ROWID;

-- Credits of a source that were spent in a day or a month.
CREATE TABLE collection_budgets (
    data_source     TEXT    NOT NULL,
    period_start    INTEGER NOT NULL,
    credits         INTEGER NOT NULL CONSTRAINT ck_collection_budgets_credits CHECK (credits >= 0),
    PRIMARY KEY (data_source, period_start)
) STRICT, WITHOUT ROWID;
