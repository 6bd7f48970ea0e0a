-- Bronze: what arrived, as it arrived. All times of this schema are whole seconds, UTC.

CREATE TABLE raw_documents (
    id              bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_raw_documents PRIMARY KEY,
    data_source     text    COLLATE "C" NOT NULL CONSTRAINT ck_raw_documents_data_source CHECK (data_source <> ''),
    name            text    NOT NULL,
    -- BLAKE3 of the bytes, lower-case hex.
    hash            text    COLLATE "C" NOT NULL CONSTRAINT ck_raw_documents_hash CHECK (hash ~ '^[0-9a-f]{64}$'),
    -- Number of bytes before compression.
    size            bigint  NOT NULL CONSTRAINT ck_raw_documents_size CHECK (size >= 0),
    -- The bytes, one zstd frame.
    content         bytea   NOT NULL,
    collected_at    timestamptz(0) NOT NULL,
    -- When all its records had reached silver.
    processed_at    timestamptz(0),
    CONSTRAINT uq_raw_documents_source_hash UNIQUE (data_source, hash)
);
-- Compressed already.
ALTER TABLE raw_documents ALTER COLUMN content SET STORAGE EXTERNAL;

-- The records of a document. `raw_data` is the record itself where the document is an answer of many parts;
-- for files the locator suffices. A row is updated once, when it is processed: half of each page waits for that.
CREATE TABLE raw_match_data (
    document_id         bigint  NOT NULL CONSTRAINT fk_raw_match_data_document REFERENCES raw_documents (id),
    locator             bigint  NOT NULL CONSTRAINT ck_raw_match_data_locator CHECK (locator >= 0),
    data_source         text    NOT NULL,
    collected_at        timestamptz(0) NOT NULL,
    processed           boolean NOT NULL DEFAULT false,
    external_match_id   text,
    external_league_id  text,
    match_time          timestamptz(0),
    raw_data            text,
    CONSTRAINT pk_raw_match_data PRIMARY KEY (document_id, locator)
) WITH (fillfactor = 50);

CREATE TABLE raw_odds_data (
    document_id         bigint  NOT NULL CONSTRAINT fk_raw_odds_data_document REFERENCES raw_documents (id),
    locator             bigint  NOT NULL CONSTRAINT ck_raw_odds_data_locator CHECK (locator >= 0),
    data_source         text    NOT NULL,
    collected_at        timestamptz(0) NOT NULL,
    -- Since when its prices can have been known: when the document was collected, unless the record says more.
    known_at            timestamptz(0) NOT NULL CONSTRAINT ck_raw_odds_data_time_range CHECK (
                            known_at >= '1888-01-01 00:00:00+00' AND known_at < '2202-01-01 00:00:00+00'),
    processed           boolean NOT NULL DEFAULT false,
    external_match_id   text,
    external_league_id  text,
    match_time          timestamptz(0),
    raw_data            text,
    bookmaker           text,
    market_type         text,
    CONSTRAINT pk_raw_odds_data PRIMARY KEY (document_id, locator, known_at)
) PARTITION BY RANGE (known_at);

CREATE TABLE raw_scores_data (
    document_id         bigint  NOT NULL CONSTRAINT fk_raw_scores_data_document REFERENCES raw_documents (id),
    locator             bigint  NOT NULL CONSTRAINT ck_raw_scores_data_locator CHECK (locator >= 0),
    data_source         text    NOT NULL,
    collected_at        timestamptz(0) NOT NULL,
    processed           boolean NOT NULL DEFAULT false,
    external_match_id   text,
    external_league_id  text,
    match_time          timestamptz(0),
    raw_data            text,
    match_status        text,
    home_score          integer,
    away_score          integer,
    match_minute        integer,
    CONSTRAINT pk_raw_scores_data PRIMARY KEY (document_id, locator)
) WITH (fillfactor = 50);
