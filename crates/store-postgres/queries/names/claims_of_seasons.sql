SELECT match_id, field, source, value, coalesce(said_at, recorded_at), document_id
FROM match_claims
WHERE match_id IN (
    SELECT id FROM matches
    WHERE season = ANY ($2::text[]) AND (league_id, season) IN (SELECT * FROM unnest($1::bigint[], $2::text[])))
