-- What a writer may clean up, by functions that run as their owner: each removes only what is certainly of no more use.

-- Forgets that matches are thinned, where as many quotes as before are back; returns how many were forgotten.
CREATE FUNCTION forget_archived(matches bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    forgotten bigint;
BEGIN
    DELETE FROM archived_odds a USING match_keys k
    WHERE a.match_id = ANY (matches) AND k.id = a.match_id AND a.quotes <= (
        SELECT count(*) FROM odds o WHERE o.match_id = k.id AND o.known_at BETWEEN k.odds_from AND k.odds_to);
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END
$$;
REVOKE ALL ON FUNCTION forget_archived(bigint[]) FROM PUBLIC;

-- Where roles are installed, they have it at once.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER FUNCTION forget_archived(bigint[]) OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT EXECUTE ON FUNCTION forget_archived(bigint[]) TO football_writer;
    END IF;
END
$$;
