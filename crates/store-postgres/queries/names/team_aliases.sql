-- $2: a source, or null for all.
SELECT source, country, alias, team_id FROM team_aliases
WHERE country = ANY ($1::text[]) AND ($2::text IS NULL OR source = $2)
