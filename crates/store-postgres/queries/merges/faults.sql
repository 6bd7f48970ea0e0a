-- Rows that are not as the merge left them: to put them back would lose what came since. $1: the merge.
SELECT r.table_name, 'match ' || r.row_id
FROM identity_merge_rows r
LEFT JOIN matches m ON m.id = r.row_id AND m.season = r.before ->> 'season'
WHERE r.merge_id = $1 AND r.table_name = 'matches' AND r.after IS NOT NULL AND (to_jsonb(m) @> r.after) IS NOT TRUE
UNION ALL
SELECT r.table_name, 'match ' || r.row_id
FROM identity_merge_rows r
LEFT JOIN match_stats s ON s.match_id = r.row_id
WHERE r.merge_id = $1 AND r.table_name = 'match_stats' AND r.after IS NOT NULL AND (to_jsonb(s) @> r.after) IS NOT TRUE
UNION ALL
SELECT r.table_name, 'match ' || j.joined_to
FROM identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
CROSS JOIN LATERAL jsonb_populate_record(NULL::odds, r.before) b
LEFT JOIN odds o ON o.match_id = j.joined_to AND o.market_type = b.market_type AND o.bookmaker = b.bookmaker AND o.line_quarters = b.line_quarters AND o.phase = b.phase AND o.known_at = b.known_at
    AND o.known_at >= (SELECT min(k.odds_from) FROM match_keys k WHERE k.id IN (
        SELECT joined_to FROM identity_merge_matches WHERE merge_id = $1 AND joined_to IS NOT NULL))
    AND o.known_at <= (SELECT max(k.odds_to) FROM match_keys k WHERE k.id IN (
        SELECT joined_to FROM identity_merge_matches WHERE merge_id = $1 AND joined_to IS NOT NULL))
WHERE r.merge_id = $1 AND r.table_name = 'odds' AND r.change = 'moved' AND o.match_id IS NULL
UNION ALL
SELECT r.table_name, 'match ' || j.joined_to
FROM identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
CROSS JOIN LATERAL jsonb_populate_record(NULL::injuries, r.before) b
LEFT JOIN injuries o ON o.match_id = j.joined_to AND o.side = b.side AND o.data_source = b.data_source AND o.player_id = b.player_id AND o.injury_type = b.injury_type AND o.known_at = b.known_at
WHERE r.merge_id = $1 AND r.table_name = 'injuries' AND r.change = 'moved' AND o.match_id IS NULL
UNION ALL
SELECT r.table_name, 'match ' || j.joined_to
FROM identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
CROSS JOIN LATERAL jsonb_populate_record(NULL::weather, r.before) b
LEFT JOIN weather o ON o.match_id = j.joined_to AND o.data_source = b.data_source AND o.weather_type = b.weather_type AND o.valid_at = b.valid_at AND o.known_at = b.known_at
WHERE r.merge_id = $1 AND r.table_name = 'weather' AND r.change = 'moved' AND o.match_id IS NULL
UNION ALL
SELECT r.table_name, 'match ' || j.joined_to
FROM identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = (r.before ->> 'match_id')::bigint
LEFT JOIN lineups l ON l.id = r.row_id AND l.match_id = j.joined_to
WHERE r.merge_id = $1 AND r.table_name = 'lineups' AND r.change = 'moved' AND l.id IS NULL
UNION ALL
SELECT r.table_name, 'match ' || j.joined_to
FROM identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = (r.before ->> 'match_id')::bigint
LEFT JOIN predictions p ON p.id = r.row_id AND p.match_id = j.joined_to
WHERE r.merge_id = $1 AND r.table_name = 'predictions' AND p.id IS NULL
UNION ALL
SELECT r.table_name, 'match ' || j.joined_to
FROM identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = (r.before ->> 'match_id')::bigint
LEFT JOIN experiment_forecasts f ON f.id = r.row_id AND f.match_id = j.joined_to
WHERE r.merge_id = $1 AND r.table_name = 'experiment_forecasts' AND f.id IS NULL
UNION ALL
SELECT r.table_name, (r.before ->> 'source') || ' ' || (r.before ->> 'external_id')
FROM identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
LEFT JOIN match_identifiers i ON i.source = r.before ->> 'source' AND i.external_id = r.before ->> 'external_id'
WHERE r.merge_id = $1 AND r.table_name = 'match_identifiers' AND r.change = 'moved'
    AND i.match_id IS DISTINCT FROM j.joined_to
UNION ALL
SELECT r.table_name, r.before ->> 'alias'
FROM identity_merges g
JOIN identity_merge_rows r ON r.merge_id = g.id AND r.table_name = 'league_aliases'
LEFT JOIN league_aliases a ON a.source = r.before ->> 'source' AND a.alias = r.before ->> 'alias'
WHERE g.id = $1 AND a.league_id IS DISTINCT FROM g.kept_id
UNION ALL
SELECT r.table_name, r.before ->> 'alias'
FROM identity_merges g
JOIN identity_merge_rows r ON r.merge_id = g.id AND r.table_name = 'team_aliases'
LEFT JOIN team_aliases a ON a.source = r.before ->> 'source' AND a.country = r.before ->> 'country'
    AND a.alias = r.before ->> 'alias'
WHERE g.id = $1 AND a.team_id IS DISTINCT FROM g.kept_id
UNION ALL
SELECT r.table_name, r.before ->> 'code'
FROM identity_merge_rows r
JOIN leagues l ON l.code = r.before ->> 'code'
WHERE r.merge_id = $1 AND r.table_name = 'leagues'
UNION ALL
SELECT r.table_name, r.before ->> 'name'
FROM identity_merge_rows r
JOIN teams t ON t.country = r.before ->> 'country' AND t.name = r.before ->> 'name'
WHERE r.merge_id = $1 AND r.table_name = 'teams' AND r.change = 'removed'
LIMIT 1000
