SELECT table_name, count(*) FILTER (WHERE change = 'moved'), count(*) FILTER (WHERE change = 'held')
FROM identity_merge_rows
WHERE merge_id = $1 AND change IN ('moved', 'held') AND table_name <> 'lineup_players'
GROUP BY table_name
ORDER BY table_name
