-- Collecting: what a run brought, how far each request was collected, and what was spent.

ALTER TABLE data_collection_logs
    ADD COLUMN new_count bigint NOT NULL DEFAULT 0 CONSTRAINT ck_data_collection_logs_new CHECK (new_count >= 0),
    ADD COLUMN changed_count bigint NOT NULL DEFAULT 0
        CONSTRAINT ck_data_collection_logs_changed CHECK (changed_count >= 0),
    ADD COLUMN rejected_count bigint NOT NULL DEFAULT 0
        CONSTRAINT ck_data_collection_logs_rejected CHECK (rejected_count >= 0);

CREATE INDEX idx_data_collection_logs_start ON data_collection_logs (start_time);

-- The last answer to each request that is in the store: a run that was killed goes on behind it.
CREATE TABLE collection_watermarks (
    data_source     text    COLLATE "C" NOT NULL,
    collection_type text    COLLATE "C" NOT NULL,
    scope           text    COLLATE "C" NOT NULL,
    hash            text    COLLATE "C" NOT NULL CONSTRAINT ck_collection_watermarks_hash CHECK (
                        hash ~ '^[0-9a-f]{64}$'),
    collected_at    timestamptz(0) NOT NULL,
    checked_at      timestamptz(0) NOT NULL,
    CONSTRAINT pk_collection_watermarks PRIMARY KEY (data_source, collection_type, scope)
);

-- Credits of a source that were spent in a day or a month.
CREATE TABLE collection_budgets (
    data_source     text    COLLATE "C" NOT NULL,
    period_start    timestamptz(0) NOT NULL,
    credits         bigint  NOT NULL CONSTRAINT ck_collection_budgets_credits CHECK (credits >= 0),
    CONSTRAINT pk_collection_budgets PRIMARY KEY (data_source, period_start)
);

-- Where roles exist, they have them at once, and who owns the rest owns these.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE collection_watermarks OWNER TO football_admin;
        ALTER TABLE collection_budgets OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON collection_watermarks, collection_budgets TO football_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT INSERT, UPDATE ON collection_watermarks, collection_budgets TO football_writer;
    END IF;
END
$$;
