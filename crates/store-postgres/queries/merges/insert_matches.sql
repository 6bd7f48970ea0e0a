INSERT INTO identity_merge_matches (merge_id, match_id, joined_to)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
