-- Where matches come from: lines of documents that brought or changed something of them. A match that was joined with
-- another one keeps its rows here, since undoing that brings it back: `match_id` may name one that is gone for a while.
CREATE TABLE match_origins (
    match_id    bigint NOT NULL CONSTRAINT ck_match_origins_match CHECK (match_id > 0),
    document_id bigint NOT NULL CONSTRAINT fk_match_origins_document REFERENCES raw_documents (id),
    locator     bigint NOT NULL CONSTRAINT ck_match_origins_locator CHECK (locator >= 0),
    CONSTRAINT pk_match_origins PRIMARY KEY (match_id, document_id, locator)
);
CREATE INDEX idx_match_origins_document ON match_origins (document_id, locator);
CREATE TRIGGER tr_audit AFTER DELETE OR TRUNCATE ON match_origins
    FOR EACH STATEMENT EXECUTE FUNCTION audit();

-- Where roles exist, they have it at once, and who owns the rest owns this.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE match_origins OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON match_origins TO football_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT INSERT ON match_origins TO football_writer;
    END IF;
END
$$;
