-- Matches of which some quotes are only in the lake: what the store held before, as it was read back from there.
CREATE TABLE archived_odds (
    match_id        bigint  NOT NULL CONSTRAINT pk_archived_odds PRIMARY KEY
                            CONSTRAINT fk_archived_odds_match REFERENCES match_keys (id),
    -- Where the lake is.
    lake            text    NOT NULL CONSTRAINT ck_archived_odds_lake CHECK (lake <> ''),
    quotes          bigint  NOT NULL CONSTRAINT ck_archived_odds_quotes CHECK (quotes > 0),
    removed         bigint  NOT NULL CONSTRAINT ck_archived_odds_removed CHECK (removed BETWEEN 1 AND quotes),
    -- BLAKE3 of the quotes, lower-case hex.
    digest          text    COLLATE "C" NOT NULL CONSTRAINT ck_archived_odds_digest CHECK (digest ~ '^[0-9a-f]{64}$'),
    archived_at     timestamptz(0) NOT NULL
);
