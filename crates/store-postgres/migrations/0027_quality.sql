-- What checks of the data said, and what their detectors compare with, as JSON.
CREATE TABLE quality_checks (
    checked_at  timestamptz(0) CONSTRAINT pk_quality_checks PRIMARY KEY,
    -- Changes of the feed up to this one were looked at.
    position    bigint NOT NULL CONSTRAINT ck_quality_checks_position CHECK (position >= 0),
    report      json NOT NULL
);

CREATE TABLE quality_baselines (
    name         text COLLATE "C" CONSTRAINT pk_quality_baselines PRIMARY KEY,
    baseline     text NOT NULL,
    computed_at  timestamptz(0) NOT NULL
);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE quality_checks OWNER TO football_admin;
        ALTER TABLE quality_baselines OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON quality_checks, quality_baselines TO football_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT INSERT, UPDATE ON quality_checks, quality_baselines TO football_writer;
    END IF;
END
$$;
