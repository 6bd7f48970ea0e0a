SELECT external_id, match_id FROM match_identifiers WHERE source = $1 AND external_id = ANY ($2::text[])
