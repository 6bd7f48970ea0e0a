-- Matches as the merge leaves them, and the merged league or team gone. $1: the merge.

UPDATE identity_merge_rows r SET after = to_jsonb(m)
FROM matches m
WHERE r.merge_id = $1 AND r.table_name = 'matches' AND r.change = 'changed' AND m.id = r.row_id;

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT g.id, 'teams', t.id, 'changed', jsonb_build_object('league_id', t.league_id)
FROM identity_merges g
JOIN teams t ON t.league_id = g.merged_id
WHERE g.id = $1 AND g.kind = 'league';

UPDATE teams SET league_id = g.kept_id
FROM identity_merges g
WHERE g.id = $1 AND g.kind = 'league' AND teams.league_id = g.merged_id;

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT g.id, 'leagues', l.id, 'removed', to_jsonb(l)
FROM identity_merges g
JOIN leagues l ON l.id = g.merged_id
WHERE g.id = $1 AND g.kind = 'league';

DELETE FROM leagues l
USING identity_merges g
WHERE g.id = $1 AND g.kind = 'league' AND l.id = g.merged_id;

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT g.id, 'teams', t.id, 'removed', to_jsonb(t)
FROM identity_merges g
JOIN teams t ON t.id = g.merged_id
WHERE g.id = $1 AND g.kind = 'team';

DELETE FROM teams t
USING identity_merges g
WHERE g.id = $1 AND g.kind = 'team' AND t.id = g.merged_id;

UPDATE identity_merges SET running = NULL WHERE id = $1;
