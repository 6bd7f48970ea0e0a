-- Simulations of the rest of a season, as JSON. The league is named by its code: what was said of one that was merged into
-- another stays what was said of it.
CREATE TABLE simulations (
    league         text COLLATE "C" NOT NULL,
    season         text COLLATE "C" NOT NULL,
    as_of          timestamptz NOT NULL,
    model_name     text COLLATE "C" NOT NULL,
    model_version  text COLLATE "C" NOT NULL,
    made_at        timestamptz NOT NULL,
    report         json NOT NULL,
    CONSTRAINT pk_simulations PRIMARY KEY (league, season, as_of, model_name, model_version)
);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE simulations OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON simulations TO football_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT INSERT, UPDATE ON simulations TO football_writer;
    END IF;
END
$$;
