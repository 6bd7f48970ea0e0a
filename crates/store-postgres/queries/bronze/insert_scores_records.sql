INSERT INTO raw_scores_data
    (document_id, data_source, collected_at, locator, external_match_id, external_league_id, match_time,
    raw_data)
SELECT $1, $2, $3, * FROM unnest($4::bigint[], $5::text[], $6::text[], $7::timestamptz[], $8::text[])
