-- Each source's code leads to the league that was created with it; a source too long for an index is looked for by none.
INSERT INTO league_aliases (source, alias, league_id)
SELECT l.source, l.code, l.id FROM leagues l WHERE l.code = ANY ($1::text[]) AND octet_length(l.source) <= 512
ON CONFLICT (source, alias) DO NOTHING
