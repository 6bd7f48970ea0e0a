-- What persons decided about lines of documents: readers see `line` in the place of the one that came (nothing, where it is
-- null). The document's bytes stay as they came, and what was decided stays when it is undone.
CREATE TABLE line_corrections (
    id          INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL CONSTRAINT fk_line_corrections_document REFERENCES raw_documents (id),
    locator     INTEGER NOT NULL CONSTRAINT ck_line_corrections_locator CHECK (locator > 0),
    line        TEXT,
    reason      TEXT    NOT NULL CONSTRAINT ck_line_corrections_reason CHECK (reason <> ''),
    decided_by  TEXT    NOT NULL CONSTRAINT ck_line_corrections_decided_by CHECK (decided_by <> ''),
    decided_at  INTEGER NOT NULL,
    undone_by   TEXT    CONSTRAINT ck_line_corrections_undone_by CHECK (undone_by <> ''),
    undone_at   INTEGER CONSTRAINT ck_line_corrections_undone_at CHECK (undone_at >= decided_at),
    CONSTRAINT ck_line_corrections_undone CHECK ((undone_by IS NULL) = (undone_at IS NULL))
) STRICT;

-- One decision about a line counts.
CREATE UNIQUE INDEX uq_line_corrections_line ON line_corrections (document_id, locator) WHERE undone_at IS NULL;
CREATE INDEX idx_line_corrections_document ON line_corrections (document_id);

CREATE TRIGGER tr_line_corrections_never_rewritten
BEFORE UPDATE OF id, document_id, locator, line, reason, decided_by, decided_at ON line_corrections
BEGIN
    SELECT raise(ABORT, 'tr_line_corrections_never_rewritten: decisions are kept as they were; undo it and add another one');
END;
