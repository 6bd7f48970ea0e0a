-- Rows of documents that a rule holds back before they become silver. The bytes stay in the document; `fingerprint` stands for
-- what the source says in the row, and `says` for the match and result in the store's terms.
CREATE TABLE held_rows (
    id           INTEGER PRIMARY KEY,
    document_id  INTEGER NOT NULL CONSTRAINT fk_held_rows_document REFERENCES raw_documents (id),
    locator      INTEGER NOT NULL CONSTRAINT ck_held_rows_locator CHECK (locator > 0),
    rule         TEXT    NOT NULL CONSTRAINT ck_held_rows_rule CHECK (rule <> ''),
    rule_version INTEGER NOT NULL CONSTRAINT ck_held_rows_rule_version CHECK (rule_version > 0),
    reason       TEXT    NOT NULL CONSTRAINT ck_held_rows_reason CHECK (reason <> ''),
    fingerprint  TEXT    NOT NULL CONSTRAINT ck_held_rows_fingerprint CHECK (fingerprint <> ''),
    says         TEXT    NOT NULL CONSTRAINT ck_held_rows_says CHECK (says <> ''),
    state        TEXT    NOT NULL CONSTRAINT ck_held_rows_state
        CHECK (state IN ('held', 'released', 'refused', 'corrected', 'passed')),
    held_at      INTEGER NOT NULL,
    CONSTRAINT uq_held_rows_place UNIQUE (document_id, locator, fingerprint)
) STRICT;

CREATE INDEX idx_held_rows_fingerprint ON held_rows (fingerprint);
CREATE INDEX idx_held_rows_says ON held_rows (says);

-- What persons and rules decided about rows of a fingerprint. What was decided stays when it is undone.
CREATE TABLE row_decisions (
    id          INTEGER PRIMARY KEY,
    fingerprint TEXT    NOT NULL CONSTRAINT ck_row_decisions_fingerprint CHECK (fingerprint <> ''),
    verdict     TEXT    NOT NULL CONSTRAINT ck_row_decisions_verdict CHECK (verdict IN ('release', 'refuse')),
    reason      TEXT    NOT NULL CONSTRAINT ck_row_decisions_reason CHECK (reason <> ''),
    decided_by  TEXT    NOT NULL CONSTRAINT ck_row_decisions_decided_by CHECK (decided_by <> ''),
    decided_at  INTEGER NOT NULL,
    undone_by   TEXT    CONSTRAINT ck_row_decisions_undone_by CHECK (undone_by <> ''),
    undone_at   INTEGER CONSTRAINT ck_row_decisions_undone_at CHECK (undone_at >= decided_at),
    CONSTRAINT ck_row_decisions_undone CHECK ((undone_by IS NULL) = (undone_at IS NULL))
) STRICT;

-- One decision about a row counts.
CREATE UNIQUE INDEX uq_row_decisions_fingerprint ON row_decisions (fingerprint) WHERE undone_at IS NULL;
CREATE INDEX idx_row_decisions_fingerprint ON row_decisions (fingerprint);

CREATE TRIGGER tr_row_decisions_never_rewritten
BEFORE UPDATE OF id, fingerprint, verdict, reason, decided_by, decided_at ON row_decisions
BEGIN
    SELECT raise(ABORT, 'tr_row_decisions_never_rewritten: decisions are kept as they were; undo it and add another one');
END;
