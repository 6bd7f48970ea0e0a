-- What checks of the data said, and what their detectors compare with, as JSON.
CREATE TABLE quality_checks (
    checked_at  INTEGER PRIMARY KEY,
    -- Changes of the feed up to this one were looked at.
    position    INTEGER NOT NULL CONSTRAINT ck_quality_checks_position CHECK (position >= 0),
    report      TEXT    NOT NULL CONSTRAINT ck_quality_checks_report CHECK (json_valid(report))
) STRICT;

CREATE TABLE quality_baselines (
    name         TEXT    NOT NULL PRIMARY KEY,
    baseline     TEXT    NOT NULL,
    computed_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
