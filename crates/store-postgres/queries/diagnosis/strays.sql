-- Matches without key and quotes outside the span of their match: somebody wrote into a partition itself.
SELECT
    (SELECT count(*) FROM matches m LEFT JOIN match_keys k ON k.id = m.id AND k.season = m.season WHERE k.id IS NULL)
    + (SELECT count(*) FROM odds o
        LEFT JOIN match_keys k ON k.id = o.match_id AND o.known_at BETWEEN k.odds_from AND k.odds_to
        WHERE k.id IS NULL)
