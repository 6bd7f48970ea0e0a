SELECT pg_database_size(current_database()), (SELECT count(*) FROM partition_sizes),
    (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
        WHERE c.relnamespace = 'detached'::regnamespace AND c.relkind = 'r')
