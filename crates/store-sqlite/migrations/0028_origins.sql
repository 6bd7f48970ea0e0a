-- Where matches come from: lines of documents that brought or changed something of them. A match that was joined with
-- another one keeps its rows here, since undoing that brings it back: `match_id` may name one that is gone for a while.
CREATE TABLE match_origins (
    match_id    INTEGER NOT NULL CONSTRAINT ck_match_origins_match CHECK (match_id > 0),
    document_id INTEGER NOT NULL CONSTRAINT fk_match_origins_document REFERENCES raw_documents (id),
    locator     INTEGER NOT NULL CONSTRAINT ck_match_origins_locator CHECK (locator >= 0),
    PRIMARY KEY (match_id, document_id, locator)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_match_origins_document ON match_origins (document_id, locator);
