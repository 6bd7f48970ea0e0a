-- A commit after that moment: recovery to a time ends at the first commit that is later, and must find one.
SELECT pg_current_xact_id()::text
