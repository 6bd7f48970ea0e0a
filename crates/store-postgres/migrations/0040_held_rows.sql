-- Rows of documents that a rule holds back before they become silver. The bytes stay in the document; `fingerprint` stands for
-- what the source says in the row, and `says` for the match and result in the store's terms.
CREATE TABLE held_rows (
    id           bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_held_rows PRIMARY KEY,
    document_id  bigint  NOT NULL CONSTRAINT fk_held_rows_document REFERENCES raw_documents (id),
    locator      bigint  NOT NULL CONSTRAINT ck_held_rows_locator CHECK (locator > 0),
    rule         text    COLLATE "C" NOT NULL CONSTRAINT ck_held_rows_rule CHECK (rule <> ''),
    rule_version bigint  NOT NULL CONSTRAINT ck_held_rows_rule_version CHECK (rule_version > 0),
    reason       text    NOT NULL CONSTRAINT ck_held_rows_reason CHECK (reason <> ''),
    fingerprint  text    COLLATE "C" NOT NULL CONSTRAINT ck_held_rows_fingerprint CHECK (fingerprint <> ''),
    says         text    COLLATE "C" NOT NULL CONSTRAINT ck_held_rows_says CHECK (says <> ''),
    state        text    COLLATE "C" NOT NULL CONSTRAINT ck_held_rows_state
        CHECK (state IN ('held', 'released', 'refused', 'corrected', 'passed')),
    held_at      timestamptz(0) NOT NULL,
    CONSTRAINT uq_held_rows_place UNIQUE (document_id, locator, fingerprint)
);

CREATE INDEX idx_held_rows_fingerprint ON held_rows (fingerprint);
CREATE INDEX idx_held_rows_says ON held_rows (says);

-- What persons and rules decided about rows of a fingerprint. What was decided stays when it is undone.
CREATE TABLE row_decisions (
    id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_row_decisions PRIMARY KEY,
    fingerprint text   COLLATE "C" NOT NULL CONSTRAINT ck_row_decisions_fingerprint CHECK (fingerprint <> ''),
    verdict     text   COLLATE "C" NOT NULL CONSTRAINT ck_row_decisions_verdict CHECK (verdict IN ('release', 'refuse')),
    reason      text   NOT NULL CONSTRAINT ck_row_decisions_reason CHECK (reason <> ''),
    decided_by  text   COLLATE "C" NOT NULL CONSTRAINT ck_row_decisions_decided_by CHECK (decided_by <> ''),
    decided_at  timestamptz(0) NOT NULL,
    undone_by   text   COLLATE "C" CONSTRAINT ck_row_decisions_undone_by CHECK (undone_by <> ''),
    undone_at   timestamptz(0) CONSTRAINT ck_row_decisions_undone_at CHECK (undone_at >= decided_at),
    CONSTRAINT ck_row_decisions_undone CHECK ((undone_by IS NULL) = (undone_at IS NULL))
);

-- One decision about a row counts.
CREATE UNIQUE INDEX uq_row_decisions_fingerprint ON row_decisions (fingerprint) WHERE undone_at IS NULL;
CREATE INDEX idx_row_decisions_fingerprint ON row_decisions (fingerprint);
CREATE TRIGGER tr_audit AFTER UPDATE OR DELETE OR TRUNCATE ON held_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER tr_audit AFTER UPDATE OR DELETE OR TRUNCATE ON row_decisions
    FOR EACH STATEMENT EXECUTE FUNCTION audit();

-- Where roles exist, they have it at once, and who owns the rest owns this. Writers change states, and undo.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE held_rows OWNER TO football_admin;
        ALTER TABLE row_decisions OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON held_rows, row_decisions TO football_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT INSERT ON held_rows, row_decisions TO football_writer;
        GRANT UPDATE (rule, rule_version, reason, says, state) ON held_rows TO football_writer;
        GRANT UPDATE (undone_by, undone_at) ON row_decisions TO football_writer;
    END IF;
END
$$;
