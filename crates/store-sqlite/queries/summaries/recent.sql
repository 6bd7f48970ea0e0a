-- ?2, ?3: the first kick-off that counts, and the time by which a result must have been known.
SELECT venue, count(*), count(*) FILTER (WHERE goals_for > goals_against),
    count(*) FILTER (WHERE goals_for = goals_against), count(*) FILTER (WHERE goals_for < goals_against),
    sum(goals_for), sum(goals_against)
FROM team_results
WHERE team_id = ?1 AND match_time BETWEEN ?2 AND ?3 AND known_at <= ?3
GROUP BY venue
