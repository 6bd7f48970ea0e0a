-- Values of matches that were corrected, and claims that say when their source said so.

-- One row per value that met another: what was held, what the source says, since when, and what became of it. Rows are
-- only added; they go with their match.
CREATE TABLE match_corrections (
    id          bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_match_corrections PRIMARY KEY,
    match_id    bigint  NOT NULL CONSTRAINT fk_match_corrections_match REFERENCES match_keys (id)
                        ON DELETE CASCADE,
    field       text    COLLATE "C" NOT NULL CONSTRAINT ck_match_corrections_field CHECK (
                        field IN (
                        'kickoff', 'score', 'half_time', 'status', 'referee', 'attendance', 'neutral_ground', 'stage', 'round',
                        'group', 'tie_leg', 'after_extra_time', 'shootout', 'statistics')),
    source      text    COLLATE "C" NOT NULL CONSTRAINT ck_match_corrections_source CHECK (source <> ''),
    old_value   text,
    new_value   text,
    -- When the document came that says so, and which it is.
    said_at     timestamptz(0) NOT NULL,
    document_id bigint  CONSTRAINT fk_match_corrections_document REFERENCES raw_documents (id),
    -- Since when the new value is held, or when it was decided that it is not.
    known_at    timestamptz(0) NOT NULL,
    verdict     text    COLLATE "C" NOT NULL CONSTRAINT ck_match_corrections_verdict CHECK (
                        verdict IN ('taken', 'kept')),
    decided_by  text    COLLATE "C" NOT NULL CONSTRAINT ck_match_corrections_decided_by CHECK (decided_by <> ''),
    recorded_at timestamptz(0) NOT NULL,
    CONSTRAINT ck_match_corrections_values CHECK (old_value IS DISTINCT FROM new_value)
);

CREATE INDEX idx_match_corrections_match ON match_corrections (match_id);
CREATE INDEX idx_match_corrections_document ON match_corrections (document_id);

CREATE TRIGGER tr_match_corrections_never_rewritten
BEFORE UPDATE OF id, field, source, old_value, new_value, said_at, document_id, known_at, verdict, decided_by, recorded_at
ON match_corrections
FOR EACH ROW EXECUTE FUNCTION refuse('tr_match_corrections_never_rewritten',
    'corrections are kept as they were; add another one');
CREATE TRIGGER tr_audit AFTER DELETE OR TRUNCATE ON match_corrections
FOR EACH STATEMENT EXECUTE FUNCTION audit();

ALTER TABLE match_claims
    DROP CONSTRAINT ck_match_claims_field,
    ADD CONSTRAINT ck_match_claims_field CHECK (
        field IN (
                        'kickoff', 'score', 'half_time', 'status', 'referee', 'attendance', 'neutral_ground', 'stage', 'round',
                        'group', 'tie_leg', 'after_extra_time', 'shootout', 'statistics')),
    -- When the document came that says so, and which it is; of an old row the time of storing stands for it.
    ADD COLUMN said_at timestamptz(0),
    ADD COLUMN document_id bigint CONSTRAINT fk_match_claims_document REFERENCES raw_documents (id);
CREATE INDEX idx_match_claims_document ON match_claims (document_id) WHERE document_id IS NOT NULL;

-- Where roles exist, they have it at once, and who owns the rest owns this.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE match_corrections OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON match_corrections TO football_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT INSERT ON match_corrections TO football_writer;
        GRANT UPDATE (said_at, document_id) ON match_claims TO football_writer;
    END IF;
END
$$;
