SELECT name, started_at, seen_at, slots FROM workers ORDER BY seen_at DESC, name
