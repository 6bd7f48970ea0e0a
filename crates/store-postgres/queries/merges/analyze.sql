-- The statements that follow join with thousands of rows of which the server knows nothing yet.
ANALYZE identity_merge_matches, identity_merge_rows
