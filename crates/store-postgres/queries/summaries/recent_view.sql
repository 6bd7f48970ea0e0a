-- No row where the view was computed before $2 or after $3; a row without venue where the club has no result in it.
SELECT v.as_of, p.venue, p.played, p.won, p.drawn, p.lost, p.goals_for, p.goals_against
FROM view_refreshes v
LEFT JOIN mv_team_recent_performance p ON p.team_id = $1
WHERE v.name = 'mv_team_recent_performance' AND v.as_of BETWEEN $2 AND $3
