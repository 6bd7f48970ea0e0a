-- Points taken from teams, splits and play-offs of seasons, as JSON, by the names that they were given with: they follow
-- merges and new names.
CREATE TABLE season_rules (
    league  text COLLATE "C" NOT NULL,
    season  text COLLATE "C" NOT NULL,
    rules   text NOT NULL,
    CONSTRAINT pk_season_rules PRIMARY KEY (league, season)
);
CREATE TRIGGER tr_audit AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON season_rules
FOR EACH STATEMENT EXECUTE FUNCTION audit();

-- Where roles exist, imports read the rules, and writers put them.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE season_rules OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON season_rules TO football_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT INSERT, UPDATE ON season_rules TO football_writer;
    END IF;
END
$$;
