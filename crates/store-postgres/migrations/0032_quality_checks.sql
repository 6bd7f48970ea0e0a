-- Checks of the data are kept for a while; the latest stays, since the next one goes on from it.

CREATE FUNCTION purge_quality_checks(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    purged bigint;
BEGIN
    DELETE FROM quality_checks WHERE checked_at < before AND checked_at < (SELECT max(checked_at) FROM quality_checks);
    GET DIAGNOSTICS purged = ROW_COUNT;
    RETURN purged;
END
$$;
REVOKE ALL ON FUNCTION purge_quality_checks(timestamptz) FROM PUBLIC;

-- Where roles are installed, they have it at once.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER FUNCTION purge_quality_checks(timestamptz) OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT EXECUTE ON FUNCTION purge_quality_checks(timestamptz) TO football_writer;
    END IF;
END
$$;
