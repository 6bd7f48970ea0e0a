-- $2, $3: the first and the last time at which a quote was known; all other months are left out.
SELECT match_id, count(*)
FROM odds
WHERE match_id = ANY ($1::bigint[]) AND known_at BETWEEN $2 AND $3
GROUP BY match_id
ORDER BY match_id
