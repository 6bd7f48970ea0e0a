-- ?6: JSON array of times. A statement per series follows the key; one over many series would read all quotes of a match
-- again for each of its batches.
DELETE FROM odds
WHERE match_id = ?1 AND market_type = ?2 AND bookmaker = ?3 AND line_quarters = ?4 AND phase = ?5
    AND known_at IN (SELECT value FROM json_each(?6))
