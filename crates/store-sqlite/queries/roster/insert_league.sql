-- A code of which the source means another league (see `league_aliases`) makes none. A league that a merge took away may
-- come back: its identifier is not used again.
INSERT INTO leagues (id, code, name, country, level, source, kind)
SELECT
    1 + max(
        coalesce((SELECT max(id) FROM leagues), 0),
        coalesce((SELECT max(merged_id) FROM identity_merges WHERE kind = 'league'), 0)),
    ?1, ?2, ?3, ?4, ?5, ?6
WHERE NOT EXISTS (SELECT 1 FROM league_aliases WHERE source = ?5 AND alias = ?1)
ON CONFLICT (code) DO NOTHING
