-- Which transactions are done and which are not: the same text as long as nobody commits.
SELECT pg_current_snapshot()::text
