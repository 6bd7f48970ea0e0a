SELECT l.id, l.code, l.name, l.country, l.level, l.source, l.kind,
    (SELECT count(*) FROM league_teams t WHERE t.league_id = l.id),
    (SELECT coalesce(sum(matches), 0) FROM season_totals s WHERE s.league_id = l.id),
    (SELECT coalesce(sum(finished), 0) FROM season_totals s WHERE s.league_id = l.id)
FROM leagues l
ORDER BY l.code
