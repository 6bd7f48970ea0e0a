INSERT INTO identity_merge_matches (merge_id, match_id, joined_to)
VALUES /*rows*/ (?, ?, ?) /*rows*/
