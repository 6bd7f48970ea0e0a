-- Maintenance: months that are put away.

-- Detached partitions, each a table of its own until somebody archives or drops it.
CREATE SCHEMA detached;

-- Takes the months of a table that end at or before a time out of it; returns the names of the tables that hold them now.
CREATE FUNCTION detach_months(parent text, cutoff timestamptz) RETURNS SETOF text
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    part text;
    name text;
    index text;
BEGIN
    IF parent NOT IN ('odds', 'raw_odds_data') THEN
        RAISE EXCEPTION 'months of % are not detached', parent USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOR part IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = format('public.%I', parent)::regclass
            AND to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= cutoff AT TIME ZONE 'UTC'
        ORDER BY c.relname
    LOOP
        EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, part);
        -- A month that came again and went again stands beside the first one.
        name := part;
        WHILE to_regclass(format('detached.%I', name)) IS NOT NULL LOOP
            name := name || '_again';
        END LOOP;
        IF name <> part THEN
            EXECUTE format('ALTER TABLE %I RENAME TO %I', part, name);
            FOR index IN
                SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid = format('public.%I', name)::regclass
            LOOP
                EXECUTE format('ALTER INDEX %I RENAME TO %I', index, replace(index, part, name));
            END LOOP;
        END IF;
        EXECUTE format('ALTER TABLE %I SET SCHEMA detached', name);
        RETURN NEXT 'detached.' || name;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION detach_months(text, timestamptz) FROM PUBLIC;

-- What maintenance asks for, and what says whether it is due.
CREATE VIEW partition_sizes AS
SELECT p.relname::text AS parent, c.relname::text AS partition, pg_total_relation_size(c.oid) AS bytes
FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_class c ON c.oid = i.inhrelid
WHERE p.relkind = 'p' AND p.relnamespace = 'public'::regnamespace;
