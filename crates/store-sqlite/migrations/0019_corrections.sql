-- Values of matches that were corrected, and claims that say when their source said so.

-- One row per value that met another: what was held, what the source says, since when, and what became of it. Rows are
-- only added; they go with their match.
CREATE TABLE match_corrections (
    id          INTEGER PRIMARY KEY,
    match_id    INTEGER NOT NULL CONSTRAINT fk_match_corrections_match REFERENCES matches (id) ON DELETE CASCADE,
    field       TEXT    NOT NULL CONSTRAINT ck_match_corrections_field CHECK (
                        field IN (
                        'kickoff', 'score', 'half_time', 'status', 'referee', 'attendance', 'neutral_ground', 'stage', 'round',
                        'group', 'tie_leg', 'after_extra_time', 'shootout', 'statistics')),
    source      TEXT    NOT NULL CONSTRAINT ck_match_corrections_source CHECK (source <> ''),
    old_value   TEXT,
    new_value   TEXT,
    -- When the document came that says so, and which it is.
    said_at     INTEGER NOT NULL,
    document_id INTEGER CONSTRAINT fk_match_corrections_document REFERENCES raw_documents (id),
    -- Since when the new value is held, or when it was decided that it is not.
    known_at    INTEGER NOT NULL,
    verdict     TEXT    NOT NULL CONSTRAINT ck_match_corrections_verdict CHECK (verdict IN ('taken', 'kept')),
    decided_by  TEXT    NOT NULL CONSTRAINT ck_match_corrections_decided_by CHECK (decided_by <> ''),
    recorded_at INTEGER NOT NULL,
    CONSTRAINT ck_match_corrections_values CHECK (old_value IS NOT new_value)
) STRICT;

CREATE INDEX idx_match_corrections_match ON match_corrections (match_id);
CREATE INDEX idx_match_corrections_document ON match_corrections (document_id);

CREATE TRIGGER tr_match_corrections_never_rewritten
BEFORE UPDATE OF id, field, source, old_value, new_value, said_at, document_id, known_at, verdict, decided_by, recorded_at
ON match_corrections
BEGIN
    SELECT raise(ABORT, 'tr_match_corrections_never_rewritten: corrections are kept as they were; add another one');
END;

CREATE TABLE claims (
    match_id    INTEGER NOT NULL CONSTRAINT fk_match_claims_match REFERENCES matches (id) ON DELETE CASCADE,
    field       TEXT    NOT NULL CONSTRAINT ck_match_claims_field CHECK (
                        field IN (
                        'kickoff', 'score', 'half_time', 'status', 'referee', 'attendance', 'neutral_ground', 'stage', 'round',
                        'group', 'tie_leg', 'after_extra_time', 'shootout', 'statistics')),
    source      TEXT    NOT NULL CONSTRAINT ck_match_claims_source CHECK (source <> ''),
    value       TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL,
    -- When the document came that says so, and which it is; of an old row the time of storing stands for it.
    said_at     INTEGER,
    document_id INTEGER CONSTRAINT fk_match_claims_document REFERENCES raw_documents (id),
    PRIMARY KEY (match_id, field, source)
) STRICT, WITHOUT ROWID;

INSERT INTO claims (match_id, field, source, value, recorded_at)
SELECT match_id, field, source, value, recorded_at FROM match_claims;
DROP TABLE match_claims;
ALTER TABLE claims RENAME TO match_claims;
CREATE INDEX idx_match_claims_document ON match_claims (document_id) WHERE document_id IS NOT NULL;
