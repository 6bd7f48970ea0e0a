-- Where a replica stands: how far it has replayed the log, and whether it is still told what is new. Where nothing was
-- written for a while, the last replayed commit is old and yet there is nothing newer to have.
SELECT pg_is_in_recovery(),
       coalesce(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0'), 0)::int8,
       coalesce(EXISTS (SELECT FROM pg_stat_wal_receiver)
                AND pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn(), FALSE)
       OR coalesce(clock_timestamp() - pg_last_xact_replay_timestamp() < make_interval(secs => $1), FALSE)
