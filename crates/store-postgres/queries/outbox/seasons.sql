-- Only the partitions in which the matches lie are read.
SELECT id, league_id, season
FROM matches
WHERE id = ANY ($1::bigint[])
    AND season = ANY (ARRAY(SELECT DISTINCT k.season FROM match_keys k WHERE k.id = ANY ($1::bigint[])))
