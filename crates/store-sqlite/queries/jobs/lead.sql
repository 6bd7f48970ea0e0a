INSERT INTO leases (name, holder, fencing, until) VALUES ('scheduler', ?1, 1, ?3)
ON CONFLICT (name) DO UPDATE
SET holder = excluded.holder, until = excluded.until,
    fencing = leases.fencing + CASE WHEN leases.holder = excluded.holder THEN 0 ELSE 1 END
WHERE leases.holder = excluded.holder OR leases.until <= ?2
RETURNING fencing
