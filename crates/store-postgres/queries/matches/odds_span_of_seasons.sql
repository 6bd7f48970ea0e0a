SELECT min(odds_from), max(odds_to)
FROM match_keys
WHERE (id, season) IN (
    SELECT id, season FROM matches
    WHERE season = ANY ($2::text[]) AND (league_id, season) IN (SELECT * FROM unnest($1::bigint[], $2::text[])))
