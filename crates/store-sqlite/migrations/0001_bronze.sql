-- Bronze: what arrived, as it arrived. All times of this schema are whole seconds since 1970-01-01 UTC.

CREATE TABLE raw_documents (
    id              INTEGER PRIMARY KEY,
    data_source     TEXT    NOT NULL CONSTRAINT ck_raw_documents_data_source CHECK (data_source <> ''),
    name            TEXT    NOT NULL,
    -- BLAKE3 of the bytes, lower-case hex.
    hash            TEXT    NOT NULL CONSTRAINT ck_raw_documents_hash
                            CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'),
    -- Number of bytes before compression.
    size            INTEGER NOT NULL CONSTRAINT ck_raw_documents_size CHECK (size >= 0),
    -- The bytes, one zstd frame.
    content         BLOB    NOT NULL,
    collected_at    INTEGER NOT NULL,
    -- When all its records had reached silver.
    processed_at    INTEGER,
    CONSTRAINT uq_raw_documents_source_hash UNIQUE (data_source, hash)
) STRICT;

-- The records of a document. `raw_data` is the record itself where the document is an answer of many parts;
-- for files the locator suffices.
CREATE TABLE raw_match_data (
    document_id         INTEGER NOT NULL CONSTRAINT fk_raw_match_data_document REFERENCES raw_documents (id),
    locator             INTEGER NOT NULL CONSTRAINT ck_raw_match_data_locator CHECK (locator >= 0),
    data_source         TEXT    NOT NULL,
    collected_at        INTEGER NOT NULL,
    processed           INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_raw_match_data_processed CHECK (processed IN (0, 1)),
    external_match_id   TEXT,
    external_league_id  TEXT,
    match_time          INTEGER,
    raw_data            TEXT,
    PRIMARY KEY (document_id, locator)
) STRICT, WITHOUT ROWID;

CREATE TABLE raw_odds_data (
    document_id         INTEGER NOT NULL CONSTRAINT fk_raw_odds_data_document REFERENCES raw_documents (id),
    locator             INTEGER NOT NULL CONSTRAINT ck_raw_odds_data_locator CHECK (locator >= 0),
    data_source         TEXT    NOT NULL,
    collected_at        INTEGER NOT NULL,
    processed           INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_raw_odds_data_processed CHECK (processed IN (0, 1)),
    external_match_id   TEXT,
    external_league_id  TEXT,
    match_time          INTEGER,
    raw_data            TEXT,
    bookmaker           TEXT,
    market_type         TEXT,
    PRIMARY KEY (document_id, locator)
) STRICT, WITHOUT ROWID;

CREATE TABLE raw_scores_data (
    document_id         INTEGER NOT NULL CONSTRAINT fk_raw_scores_data_document REFERENCES raw_documents (id),
    locator             INTEGER NOT NULL CONSTRAINT ck_raw_scores_data_locator CHECK (locator >= 0),
    data_source         TEXT    NOT NULL,
    collected_at        INTEGER NOT NULL,
    processed           INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_raw_scores_data_processed CHECK (processed IN (0, 1)),
    external_match_id   TEXT,
    external_league_id  TEXT,
    match_time          INTEGER,
    raw_data            TEXT,
    match_status        TEXT,
    home_score          INTEGER,
    away_score          INTEGER,
    match_minute        INTEGER,
    PRIMARY KEY (document_id, locator)
) STRICT, WITHOUT ROWID;
