-- Each source's code leads to the league that was created with it.
INSERT INTO league_aliases (source, alias, league_id)
SELECT l.source, l.code, l.id FROM leagues l WHERE l.code = ANY ($1::text[])
ON CONFLICT (source, alias) DO NOTHING
