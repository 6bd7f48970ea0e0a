-- Rows that are not as the merge left them: to put them back would lose what came since. ?1: the merge.
SELECT r.table_name, 'match ' || r.row_id
FROM identity_merge_rows r
LEFT JOIN match_images i ON i.id = r.row_id
WHERE r.merge_id = ?1 AND r.table_name = 'matches' AND r.after IS NOT NULL AND i.image IS NOT r.after
UNION ALL
SELECT r.table_name, 'match ' || r.row_id
FROM identity_merge_rows r
LEFT JOIN match_stats_images i ON i.match_id = r.row_id
WHERE r.merge_id = ?1 AND r.table_name = 'match_stats' AND r.after IS NOT NULL AND i.image IS NOT r.after
UNION ALL
SELECT r.table_name, 'match ' || j.joined_to
FROM identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
WHERE r.merge_id = ?1 AND r.table_name = 'odds' AND r.change = 'moved' AND NOT EXISTS (
    SELECT 1 FROM odds o WHERE o.match_id = j.joined_to
        AND o.market_type = r.before ->> 'market_type'
        AND o.bookmaker = r.before ->> 'bookmaker'
        AND o.line_quarters = r.before ->> 'line_quarters'
        AND o.phase = r.before ->> 'phase'
        AND o.known_at = r.before ->> 'known_at')
UNION ALL
SELECT r.table_name, 'match ' || j.joined_to
FROM identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
WHERE r.merge_id = ?1 AND r.table_name = 'injuries' AND r.change = 'moved' AND NOT EXISTS (
    SELECT 1 FROM injuries o WHERE o.match_id = j.joined_to
        AND o.side = r.before ->> 'side'
        AND o.data_source = r.before ->> 'data_source'
        AND o.player_id = r.before ->> 'player_id'
        AND o.injury_type = r.before ->> 'injury_type'
        AND o.known_at = r.before ->> 'known_at')
UNION ALL
SELECT r.table_name, 'match ' || j.joined_to
FROM identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
WHERE r.merge_id = ?1 AND r.table_name = 'weather' AND r.change = 'moved' AND NOT EXISTS (
    SELECT 1 FROM weather o WHERE o.match_id = j.joined_to
        AND o.data_source = r.before ->> 'data_source'
        AND o.weather_type = r.before ->> 'weather_type'
        AND o.valid_at = r.before ->> 'valid_at'
        AND o.known_at = r.before ->> 'known_at')
UNION ALL
SELECT r.table_name, 'match ' || (r.before ->> 'match_id')
FROM identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.before ->> 'match_id'
LEFT JOIN lineups l ON l.id = r.row_id AND l.match_id = j.joined_to
WHERE r.merge_id = ?1 AND r.table_name = 'lineups' AND r.change = 'moved' AND l.id IS NULL
UNION ALL
SELECT r.table_name, 'match ' || j.joined_to
FROM identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.before ->> 'match_id'
LEFT JOIN predictions p ON p.id = r.row_id AND p.match_id = j.joined_to
WHERE r.merge_id = ?1 AND r.table_name = 'predictions' AND p.id IS NULL
UNION ALL
SELECT r.table_name, 'match ' || j.joined_to
FROM identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.before ->> 'match_id'
LEFT JOIN experiment_forecasts f ON f.id = r.row_id AND f.match_id = j.joined_to
WHERE r.merge_id = ?1 AND r.table_name = 'experiment_forecasts' AND f.id IS NULL
UNION ALL
SELECT r.table_name, (r.before ->> 'source') || ' ' || (r.before ->> 'external_id')
FROM identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
LEFT JOIN match_identifiers i ON i.source = r.before ->> 'source' AND i.external_id = r.before ->> 'external_id'
WHERE r.merge_id = ?1 AND r.table_name = 'match_identifiers' AND r.change = 'moved' AND i.match_id IS NOT j.joined_to
UNION ALL
SELECT r.table_name, r.before ->> 'alias'
FROM identity_merges g
JOIN identity_merge_rows r ON r.merge_id = g.id AND r.table_name = 'league_aliases'
LEFT JOIN league_aliases a ON a.source = r.before ->> 'source' AND a.alias = r.before ->> 'alias'
WHERE g.id = ?1 AND a.league_id IS NOT g.kept_id
UNION ALL
SELECT r.table_name, r.before ->> 'alias'
FROM identity_merges g
JOIN identity_merge_rows r ON r.merge_id = g.id AND r.table_name = 'team_aliases'
LEFT JOIN team_aliases a ON a.source = r.before ->> 'source' AND a.country = r.before ->> 'country'
    AND a.alias = r.before ->> 'alias'
WHERE g.id = ?1 AND a.team_id IS NOT g.kept_id
UNION ALL
SELECT r.table_name, r.before ->> 'code'
FROM identity_merge_rows r
JOIN leagues l ON l.code = r.before ->> 'code'
WHERE r.merge_id = ?1 AND r.table_name = 'leagues'
UNION ALL
SELECT r.table_name, r.before ->> 'name'
FROM identity_merge_rows r
JOIN teams t ON t.country = r.before ->> 'country' AND t.name = r.before ->> 'name'
WHERE r.merge_id = ?1 AND r.table_name = 'teams' AND r.change = 'removed'
LIMIT 1000
