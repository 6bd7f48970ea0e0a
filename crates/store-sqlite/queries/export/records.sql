SELECT 0, locator, external_match_id, external_league_id, match_time, raw_data FROM raw_match_data WHERE document_id = ?1
UNION ALL
SELECT 1, locator, external_match_id, external_league_id, match_time, raw_data FROM raw_odds_data WHERE document_id = ?1
UNION ALL
SELECT 2, locator, external_match_id, external_league_id, match_time, raw_data FROM raw_scores_data WHERE document_id = ?1
ORDER BY 1, 2
