SELECT match_id FROM archived_odds ORDER BY match_id
