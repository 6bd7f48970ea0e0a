-- A later merge that took the kept one away, or has a match in common. ?1: the merge.
SELECT l.id
FROM identity_merges g
JOIN identity_merges l ON l.id > g.id AND l.undone_at IS NULL
WHERE g.id = ?1 AND (l.kind = g.kind AND l.merged_id = g.kept_id OR EXISTS (
    SELECT 1
    FROM identity_merge_matches mine
    JOIN identity_merge_matches theirs ON theirs.merge_id = l.id
        AND theirs.match_id IN (mine.match_id, mine.joined_to)
    WHERE mine.merge_id = g.id))
ORDER BY l.id DESC
LIMIT 1
