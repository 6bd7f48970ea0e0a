SELECT DISTINCT league_id, season FROM matches WHERE id IN (SELECT match_id FROM match_claims)
