-- What versions of models are for, and the files of models for several machines.

CREATE TABLE model_aliases (
    model_name  text    COLLATE "C" NOT NULL,
    alias       text    COLLATE "C" NOT NULL CONSTRAINT ck_model_aliases_alias CHECK (
                            alias IN ('champion', 'challenger', 'previous')),
    version     text    COLLATE "C" NOT NULL,
    assigned_at timestamptz(0) NOT NULL,
    CONSTRAINT pk_model_aliases PRIMARY KEY (model_name, alias),
    CONSTRAINT uq_model_aliases_version UNIQUE (model_name, version),
    CONSTRAINT fk_model_aliases_version FOREIGN KEY (model_name, version) REFERENCES model_versions (name, version)
);

INSERT INTO model_aliases (model_name, alias, version, assigned_at)
SELECT name, 'champion', version, coalesce(activated_at, trained_at) FROM model_versions WHERE is_active;

DROP INDEX uq_model_versions_active;
ALTER TABLE model_versions DROP COLUMN is_active, DROP COLUMN activated_at;

-- Files of bundles, for servers that share nothing but this database.
CREATE TABLE model_artifacts (
    model_name  text    COLLATE "C" NOT NULL CONSTRAINT ck_model_artifacts_model_name CHECK (model_name <> ''),
    version     text    COLLATE "C" NOT NULL CONSTRAINT ck_model_artifacts_version CHECK (version <> ''),
    file        text    COLLATE "C" NOT NULL CONSTRAINT ck_model_artifacts_file CHECK (file <> ''),
    -- BLAKE3 of the bytes, lower-case hex.
    hash        text    COLLATE "C" NOT NULL CONSTRAINT ck_model_artifacts_hash CHECK (hash ~ '^[0-9a-f]{64}$'),
    -- Number of bytes before compression.
    size        bigint  NOT NULL CONSTRAINT ck_model_artifacts_size CHECK (size BETWEEN 0 AND 268435456),
    -- The bytes, one zstd frame.
    content     bytea   NOT NULL,
    CONSTRAINT pk_model_artifacts PRIMARY KEY (model_name, version, file)
);
-- Compressed already.
ALTER TABLE model_artifacts ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TRIGGER tr_model_artifacts_never_rewritten BEFORE UPDATE ON model_artifacts
FOR EACH ROW EXECUTE FUNCTION refuse('tr_model_artifacts_never_rewritten',
    'files of a model never change; train a new version');
CREATE TRIGGER tr_audit AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON model_aliases
FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER tr_audit AFTER DELETE OR TRUNCATE ON model_artifacts
FOR EACH STATEMENT EXECUTE FUNCTION audit();
