-- What versions of models are for, and the files of models for several machines.

CREATE TABLE model_aliases (
    model_name  TEXT    NOT NULL,
    alias       TEXT    NOT NULL CONSTRAINT ck_model_aliases_alias CHECK (alias IN ('champion', 'challenger', 'previous')),
    version     TEXT    NOT NULL,
    assigned_at INTEGER NOT NULL,
    PRIMARY KEY (model_name, alias),
    CONSTRAINT uq_model_aliases_version UNIQUE (model_name, version),
    CONSTRAINT fk_model_aliases_version FOREIGN KEY (model_name, version) REFERENCES model_versions (name, version)
) STRICT, WITHOUT ROWID;

INSERT INTO model_aliases (model_name, alias, version, assigned_at)
SELECT name, 'champion', version, coalesce(activated_at, trained_at) FROM model_versions WHERE is_active = 1;

DROP INDEX uq_model_versions_active;
ALTER TABLE model_versions DROP COLUMN is_active;
ALTER TABLE model_versions DROP COLUMN activated_at;

-- Files of bundles, for servers that share nothing but this database.
CREATE TABLE model_artifacts (
    model_name  TEXT    NOT NULL CONSTRAINT ck_model_artifacts_model_name CHECK (model_name <> ''),
    version     TEXT    NOT NULL CONSTRAINT ck_model_artifacts_version CHECK (version <> ''),
    file        TEXT    NOT NULL CONSTRAINT ck_model_artifacts_file CHECK (file <> ''),
    -- BLAKE3 of the bytes, lower-case hex.
    hash        TEXT    NOT NULL CONSTRAINT ck_model_artifacts_hash
                        CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'),
    -- Number of bytes before compression.
    size        INTEGER NOT NULL CONSTRAINT ck_model_artifacts_size CHECK (size BETWEEN 0 AND 268435456),
    -- The bytes, one zstd frame.
    content     BLOB    NOT NULL,
    PRIMARY KEY (model_name, version, file)
) STRICT;

CREATE TRIGGER tr_model_artifacts_never_rewritten BEFORE UPDATE ON model_artifacts
BEGIN
    SELECT RAISE(ABORT, 'tr_model_artifacts_never_rewritten: files of a model never change; train a new version');
END;
