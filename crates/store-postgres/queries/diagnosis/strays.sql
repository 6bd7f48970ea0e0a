-- Quotes outside the span of their match: somebody wrote into a partition of `odds` itself.
SELECT count(*)
FROM odds o
LEFT JOIN match_keys k ON k.id = o.match_id AND o.known_at BETWEEN k.odds_from AND k.odds_to
WHERE k.id IS NULL
