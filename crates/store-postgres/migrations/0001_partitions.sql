-- Partitions are made when the first row asks for one, or ahead of time by maintenance. Both run as the owner of the
-- schema, so that whoever writes needs no right to create tables.

-- Makes one partition; false if it is there. Attached rather than created in place: that lets readers go on.
CREATE FUNCTION add_partition(parent text, name text, bounds text) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF to_regclass(format('public.%I', name)) IS NOT NULL THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('touchline partitions', 0));
    -- Asked of the table itself: the cache may still say what it said before the wait.
    IF EXISTS (SELECT 1 FROM pg_class c WHERE c.relname = name AND c.relnamespace = 'public'::regnamespace) THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', name, parent);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES %s', parent, name, bounds);
    RETURN true;
END
$$;
REVOKE ALL ON FUNCTION add_partition(text, text, text) FROM PUBLIC;

-- Makes the partitions of `matches` for these seasons; returns how many were missing.
CREATE FUNCTION ensure_season_partitions(seasons text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    season text;
    made bigint := 0;
BEGIN
    FOR season IN SELECT DISTINCT s FROM unnest(seasons) s ORDER BY s LOOP
        IF season !~ '^[12][0-9]{3}(-[0-9]{2})?$' THEN
            RAISE EXCEPTION 'ck_matches_season: % is no season', season USING ERRCODE = 'check_violation';
        END IF;
        made := made + add_partition('matches', 'matches_' || replace(season, '-', '_'),
            format('IN (%L)', season))::int;
    END LOOP;
    RETURN made;
END
$$;

-- Makes the partitions of a table by month for the months (UTC) of these times; returns how many were missing.
CREATE FUNCTION ensure_month_partitions(parent text, times timestamptz[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    month timestamp;
    made bigint := 0;
BEGIN
    IF parent NOT IN ('odds', 'raw_odds_data', 'predictions') THEN
        RAISE EXCEPTION '% has no partitions by month', parent USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOR month IN SELECT DISTINCT date_trunc('month', t AT TIME ZONE 'UTC') FROM unnest(times) t ORDER BY 1 LOOP
        IF month < '1888-01-01' OR month >= '2202-01-01' THEN
            RAISE EXCEPTION 'ck_%_time_range: % lies outside the years 1888 to 2201', parent, month
                USING ERRCODE = 'check_violation';
        END IF;
        made := made + add_partition(parent, parent || to_char(month, '_YYYY_MM'),
            format('FROM (%L) TO (%L)', to_char(month, 'YYYY-MM-DD') || ' 00:00:00+00',
                to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00'))::int;
    END LOOP;
    RETURN made;
END
$$;
