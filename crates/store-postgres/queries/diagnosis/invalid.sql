-- Constraints that were added without looking at the rows, and indexes whose making failed.
SELECT 'constraint ' || conname FROM pg_constraint WHERE NOT convalidated
UNION ALL
SELECT 'index ' || c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid
