-- $3, $4: the first and the last time at which a quote was known; all other months are left out.
SELECT match_id, market_type, bookmaker, line_quarters, phase, known_at, known_at_imputed,
    coalesce(home_thousandths, over_thousandths, yes_thousandths), draw_thousandths,
    coalesce(away_thousandths, under_thousandths, no_thousandths)
FROM odds
WHERE known_at BETWEEN $3 AND $4
    AND match_id IN (
        SELECT id FROM matches
        WHERE season = ANY ($2::text[]) AND (league_id, season) IN (SELECT * FROM unnest($1::bigint[], $2::text[])))
