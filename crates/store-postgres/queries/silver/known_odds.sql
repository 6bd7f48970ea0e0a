-- Those of some matches that were known from $2 to $3. Matches without any such are left out by their span.
SELECT match_id, market_type, bookmaker, line_quarters, phase, known_at
FROM odds
WHERE known_at BETWEEN $2 AND $3 AND match_id = ANY (ARRAY(
    SELECT k.id FROM match_keys k WHERE k.id = ANY ($1) AND k.odds_from <= $3 AND k.odds_to >= $2))
