-- Of the clubs that are called as the team $1 is, in its country.
SELECT r.data_source, r.country, r.team, r.level, r.rating, r.valid_from::text, r.valid_to::text, r.known_at
FROM team_ratings r
JOIN teams t ON t.country = r.country
WHERE t.id = $1 AND (t.name = r.team OR EXISTS (
    SELECT 1 FROM team_aliases a WHERE a.country = r.country AND a.alias = r.team AND a.team_id = t.id))
ORDER BY r.valid_from DESC, r.known_at DESC, r.data_source, r.team
LIMIT $2
