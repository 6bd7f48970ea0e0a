INSERT INTO workers (name, started_at, seen_at, slots) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at, slots = excluded.slots
