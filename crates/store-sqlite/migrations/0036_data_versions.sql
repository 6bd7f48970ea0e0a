-- Names for what silver held at a moment, by its hash. A name keeps its meaning.
CREATE TABLE data_versions (
    name          TEXT    NOT NULL PRIMARY KEY CONSTRAINT ck_data_versions_name CHECK (name <> ''),
    content_hash  TEXT    NOT NULL CONSTRAINT ck_data_versions_content_hash CHECK (length(content_hash) = 64),
    -- The highest number of a document; null where there was none.
    last_document INTEGER CONSTRAINT ck_data_versions_last_document CHECK (last_document > 0),
    documents     INTEGER NOT NULL CONSTRAINT ck_data_versions_documents CHECK (documents >= 0),
    program       TEXT    NOT NULL CONSTRAINT ck_data_versions_program CHECK (program <> ''),
    made_at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tr_data_versions_never_rewritten BEFORE UPDATE ON data_versions
BEGIN
    SELECT raise(ABORT, 'tr_data_versions_never_rewritten: a version keeps its meaning; name another one');
END;
