INSERT INTO identity_merge_matches (merge_id, match_id, joined_to)
SELECT $1, u.match_id, u.joined_to FROM unnest($2::bigint[], $3::bigint[]) u (match_id, joined_to)
