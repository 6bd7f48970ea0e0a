-- Matches of which some quotes are only in the lake: what the store held before, as it was read back from there.
CREATE TABLE archived_odds (
    match_id        INTEGER PRIMARY KEY CONSTRAINT fk_archived_odds_match REFERENCES matches (id),
    -- Where the lake is.
    lake            TEXT    NOT NULL CONSTRAINT ck_archived_odds_lake CHECK (lake <> ''),
    quotes          INTEGER NOT NULL CONSTRAINT ck_archived_odds_quotes CHECK (quotes > 0),
    removed         INTEGER NOT NULL CONSTRAINT ck_archived_odds_removed CHECK (removed BETWEEN 1 AND quotes),
    -- BLAKE3 of the quotes, lower-case hex.
    digest          TEXT    NOT NULL CONSTRAINT ck_archived_odds_digest
                            CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
    archived_at     INTEGER NOT NULL
) STRICT;
