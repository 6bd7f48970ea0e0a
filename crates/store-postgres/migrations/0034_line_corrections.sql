-- What persons decided about lines of documents: readers see `line` in the place of the one that came (nothing, where it is
-- null). The document's bytes stay as they came, and what was decided stays when it is undone.
CREATE TABLE line_corrections (
    id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_line_corrections PRIMARY KEY,
    document_id bigint NOT NULL CONSTRAINT fk_line_corrections_document REFERENCES raw_documents (id),
    locator     bigint NOT NULL CONSTRAINT ck_line_corrections_locator CHECK (locator > 0),
    line        text,
    reason      text   NOT NULL CONSTRAINT ck_line_corrections_reason CHECK (reason <> ''),
    decided_by  text   COLLATE "C" NOT NULL CONSTRAINT ck_line_corrections_decided_by CHECK (decided_by <> ''),
    decided_at  timestamptz(0) NOT NULL,
    undone_by   text   COLLATE "C" CONSTRAINT ck_line_corrections_undone_by CHECK (undone_by <> ''),
    undone_at   timestamptz(0) CONSTRAINT ck_line_corrections_undone_at CHECK (undone_at >= decided_at),
    CONSTRAINT ck_line_corrections_undone CHECK ((undone_by IS NULL) = (undone_at IS NULL))
);

-- One decision about a line counts.
CREATE UNIQUE INDEX uq_line_corrections_line ON line_corrections (document_id, locator) WHERE undone_at IS NULL;
CREATE INDEX idx_line_corrections_document ON line_corrections (document_id);
CREATE TRIGGER tr_audit AFTER UPDATE OR DELETE OR TRUNCATE ON line_corrections
    FOR EACH STATEMENT EXECUTE FUNCTION audit();

-- Where roles exist, they have it at once, and who owns the rest owns this. Writers only undo.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE line_corrections OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON line_corrections TO football_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT INSERT ON line_corrections TO football_writer;
        GRANT UPDATE (undone_by, undone_at) ON line_corrections TO football_writer;
    END IF;
END
$$;
