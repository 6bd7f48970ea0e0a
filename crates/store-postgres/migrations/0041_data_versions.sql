-- Names for what silver held at a moment, by its hash. A name keeps its meaning.
CREATE TABLE data_versions (
    name          text   COLLATE "C" NOT NULL CONSTRAINT pk_data_versions PRIMARY KEY
        CONSTRAINT ck_data_versions_name CHECK (name <> ''),
    content_hash  text   COLLATE "C" NOT NULL CONSTRAINT ck_data_versions_content_hash CHECK (length(content_hash) = 64),
    -- The highest number of a document; null where there was none.
    last_document bigint CONSTRAINT ck_data_versions_last_document CHECK (last_document > 0),
    documents     bigint NOT NULL CONSTRAINT ck_data_versions_documents CHECK (documents >= 0),
    program       text   NOT NULL CONSTRAINT ck_data_versions_program CHECK (program <> ''),
    made_at       timestamptz(0) NOT NULL
);

CREATE TRIGGER tr_audit AFTER UPDATE OR DELETE OR TRUNCATE ON data_versions
    FOR EACH STATEMENT EXECUTE FUNCTION audit();

-- Where roles exist, they have it at once, and who owns the rest owns this. Writers add.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE data_versions OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON data_versions TO football_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT INSERT ON data_versions TO football_writer;
    END IF;
END
$$;
