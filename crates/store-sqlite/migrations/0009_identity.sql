-- Names that wait for a decision, and what sources say of fields of a match.

CREATE TABLE name_reviews (
    id          INTEGER PRIMARY KEY,
    kind        TEXT    NOT NULL CONSTRAINT ck_name_reviews_kind CHECK (kind IN ('league', 'team')),
    source      TEXT    NOT NULL CONSTRAINT ck_name_reviews_source CHECK (source <> ''),
    country     TEXT    NOT NULL,
    -- Where the name was first met; forgotten where that league is joined with another one.
    league_id   INTEGER CONSTRAINT fk_name_reviews_league REFERENCES leagues (id) ON DELETE SET NULL,
    season      TEXT,
    name        TEXT    NOT NULL CONSTRAINT ck_name_reviews_name CHECK (name <> ''),
    status      TEXT    NOT NULL DEFAULT 'open' CONSTRAINT ck_name_reviews_status CHECK (
                        status IN ('open', 'accepted', 'rejected')),
    -- The team or league that an accepted name leads to.
    resolved_id INTEGER,
    opened_at   INTEGER NOT NULL,
    decided_at  INTEGER,
    decided_by  TEXT,
    CONSTRAINT uq_name_reviews_name UNIQUE (kind, source, country, name),
    CONSTRAINT ck_name_reviews_decided CHECK (
        (status = 'open') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT ck_name_reviews_resolved CHECK ((status = 'accepted') = (resolved_id IS NOT NULL))
) STRICT;

CREATE INDEX idx_name_reviews_open ON name_reviews (id) WHERE status = 'open';
CREATE INDEX idx_name_reviews_league ON name_reviews (league_id);

-- The documents that wait for the decision.
CREATE TABLE name_review_documents (
    review_id   INTEGER NOT NULL CONSTRAINT fk_name_review_documents_review REFERENCES name_reviews (id),
    document_id INTEGER NOT NULL CONSTRAINT fk_name_review_documents_document REFERENCES raw_documents (id),
    PRIMARY KEY (review_id, document_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_name_review_documents_document ON name_review_documents (document_id);

-- What a source says of a field whose value does not simply come from the match's own source. Most matches have none. They
-- follow from documents, and go with their match.
CREATE TABLE match_claims (
    match_id    INTEGER NOT NULL CONSTRAINT fk_match_claims_match REFERENCES matches (id) ON DELETE CASCADE,
    field       TEXT    NOT NULL CONSTRAINT ck_match_claims_field CHECK (
                        field IN ('kickoff', 'score', 'half_time', 'status', 'referee', 'attendance')),
    source      TEXT    NOT NULL CONSTRAINT ck_match_claims_source CHECK (source <> ''),
    value       TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (match_id, field, source)
) STRICT, WITHOUT ROWID;
