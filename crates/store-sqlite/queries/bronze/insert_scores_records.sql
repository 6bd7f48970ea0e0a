INSERT INTO raw_scores_data
    (document_id, locator, data_source, collected_at, external_match_id, external_league_id, match_time, raw_data)
VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?) /*rows*/
