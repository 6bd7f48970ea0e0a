-- Matches as the merge leaves them, and the merged league or team gone. ?1: the merge.

UPDATE identity_merge_rows SET after = (SELECT image FROM match_images i WHERE i.id = row_id)
WHERE merge_id = ?1 AND table_name = 'matches' AND change = 'changed';

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'teams', t.id, 'changed', json_object('league_id', t.league_id)
FROM identity_merges g
JOIN teams t ON t.league_id = g.merged_id
WHERE g.id = ?1 AND g.kind = 'league';

UPDATE teams SET league_id = (SELECT kept_id FROM identity_merges WHERE id = ?1)
WHERE league_id = (SELECT merged_id FROM identity_merges WHERE id = ?1 AND kind = 'league');

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'leagues', l.id, 'removed', json_object(
        'id', l.id, 'code', l.code, 'name', l.name, 'country', l.country, 'level', l.level, 'source', l.source,
        'season_start_month', l.season_start_month, 'season_end_month', l.season_end_month, 'is_active', l.is_active,
        'kind', l.kind)
FROM identity_merges g
JOIN leagues l ON l.id = g.merged_id
WHERE g.id = ?1 AND g.kind = 'league';

DELETE FROM leagues WHERE id = (SELECT merged_id FROM identity_merges WHERE id = ?1 AND kind = 'league');

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'teams', t.id, 'removed', json_object(
        'id', t.id, 'name', t.name, 'country', t.country, 'code', t.code, 'league_id', t.league_id,
        'founded_year', t.founded_year, 'stadium', t.stadium)
FROM identity_merges g
JOIN teams t ON t.id = g.merged_id
WHERE g.id = ?1 AND g.kind = 'team';

DELETE FROM teams WHERE id = (SELECT merged_id FROM identity_merges WHERE id = ?1 AND kind = 'team');

UPDATE identity_merges SET running = NULL WHERE id = ?1;
