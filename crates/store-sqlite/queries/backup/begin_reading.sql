-- Reading begins with the first statement that reads.
BEGIN;
SELECT count(*) FROM sqlite_schema;
