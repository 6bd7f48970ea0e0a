-- Names that wait for a decision, and what sources say of fields of a match.

CREATE TABLE name_reviews (
    id          bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_name_reviews PRIMARY KEY,
    kind        text    COLLATE "C" NOT NULL CONSTRAINT ck_name_reviews_kind CHECK (kind IN ('league', 'team')),
    source      text    COLLATE "C" NOT NULL CONSTRAINT ck_name_reviews_source CHECK (source <> ''),
    country     text    COLLATE "C" NOT NULL,
    -- Where the name was first met; forgotten where that league is joined with another one.
    league_id   bigint  CONSTRAINT fk_name_reviews_league REFERENCES leagues (id) ON DELETE SET NULL,
    season      text    COLLATE "C",
    name        text    COLLATE "C" NOT NULL CONSTRAINT ck_name_reviews_name CHECK (name <> ''),
    status      text    COLLATE "C" NOT NULL DEFAULT 'open' CONSTRAINT ck_name_reviews_status CHECK (
                        status IN ('open', 'accepted', 'rejected')),
    -- The team or league that an accepted name leads to.
    resolved_id bigint,
    opened_at   timestamptz(0) NOT NULL,
    decided_at  timestamptz(0),
    decided_by  text,
    CONSTRAINT uq_name_reviews_name UNIQUE (kind, source, country, name),
    CONSTRAINT ck_name_reviews_decided CHECK (
        (status = 'open') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT ck_name_reviews_resolved CHECK ((status = 'accepted') = (resolved_id IS NOT NULL))
);

CREATE INDEX idx_name_reviews_open ON name_reviews (id) WHERE status = 'open';
CREATE INDEX idx_name_reviews_league ON name_reviews (league_id);

-- The documents that wait for the decision.
CREATE TABLE name_review_documents (
    review_id   bigint  NOT NULL CONSTRAINT fk_name_review_documents_review REFERENCES name_reviews (id),
    document_id bigint  NOT NULL CONSTRAINT fk_name_review_documents_document REFERENCES raw_documents (id),
    CONSTRAINT pk_name_review_documents PRIMARY KEY (review_id, document_id)
);

CREATE INDEX idx_name_review_documents_document ON name_review_documents (document_id);

-- What a source says of a field whose value does not simply come from the match's own source. Most matches have none. They
-- follow from documents, and go with their match.
CREATE TABLE match_claims (
    match_id    bigint  NOT NULL CONSTRAINT fk_match_claims_match REFERENCES match_keys (id)
                        ON DELETE CASCADE,
    field       text    COLLATE "C" NOT NULL CONSTRAINT ck_match_claims_field CHECK (
                        field IN ('kickoff', 'score', 'half_time', 'status', 'referee', 'attendance')),
    source      text    COLLATE "C" NOT NULL CONSTRAINT ck_match_claims_source CHECK (source <> ''),
    value       text    NOT NULL,
    recorded_at timestamptz(0) NOT NULL,
    CONSTRAINT pk_match_claims PRIMARY KEY (match_id, field, source)
);

CREATE TRIGGER tr_audit AFTER UPDATE OR DELETE OR TRUNCATE ON name_reviews
FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER tr_audit AFTER DELETE OR TRUNCATE ON match_claims
FOR EACH STATEMENT EXECUTE FUNCTION audit();

-- Writers change no league and no team but through these: canonical names and codes follow the order of sources.
CREATE FUNCTION replace_league(bigint, text, text, smallint, text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    replaced bigint;
BEGIN
    UPDATE leagues SET code = $2, name = $3, level = $4, source = $5 WHERE id = $1;
    GET DIAGNOSTICS replaced = ROW_COUNT;
    RETURN replaced;
END
$$;
CREATE FUNCTION rename_team(bigint, text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    renamed bigint;
BEGIN
    UPDATE teams SET name = $2 WHERE id = $1;
    GET DIAGNOSTICS renamed = ROW_COUNT;
    RETURN renamed;
END
$$;
REVOKE ALL ON FUNCTION replace_league(bigint, text, text, smallint, text), rename_team(bigint, text) FROM PUBLIC;
