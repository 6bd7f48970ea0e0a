-- Reports of backtests, as JSON, each once.
CREATE TABLE backtests (
    id       INTEGER PRIMARY KEY,
    -- BLAKE3 of the report, lower-case hex.
    digest   TEXT    NOT NULL CONSTRAINT ck_backtests_digest CHECK (length(digest) = 64),
    made_at  INTEGER NOT NULL,
    -- What a list says of it.
    summary  TEXT    NOT NULL CONSTRAINT ck_backtests_summary CHECK (json_valid(summary)),
    report   TEXT    NOT NULL CONSTRAINT ck_backtests_report CHECK (json_valid(report)),
    CONSTRAINT uq_backtests_digest UNIQUE (digest)
) STRICT;
