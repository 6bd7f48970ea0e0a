-- ?1: JSON array of identifiers.
SELECT id, league_id, season FROM matches WHERE id IN (SELECT value FROM json_each(?1))
