-- ?1: JSON array of countries; ?2: a source, or null for all.
SELECT source, country, alias, team_id FROM team_aliases
WHERE country IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR source = ?2)
