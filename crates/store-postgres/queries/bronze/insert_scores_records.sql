INSERT INTO raw_scores_data
    (document_id, locator, data_source, collected_at, external_match_id, external_league_id, match_time, raw_data)
SELECT *
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::timestamptz[],
    $8::text[])
