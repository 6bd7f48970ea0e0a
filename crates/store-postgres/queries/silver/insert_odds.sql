INSERT INTO odds
    (match_id, market_type, bookmaker, line_quarters, phase, known_at, known_at_imputed, home_thousandths,
    draw_thousandths, away_thousandths, over_thousandths, under_thousandths, yes_thousandths, no_thousandths,
    suspicious_odds, collected_at)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::smallint[], $5::text[], $6::timestamptz[],
    $7::boolean[], $8::integer[], $9::integer[], $10::integer[], $11::integer[], $12::integer[], $13::integer[],
    $14::integer[], $15::boolean[], $16::timestamptz[])
ON CONFLICT (match_id, market_type, bookmaker, line_quarters, phase, known_at) DO NOTHING
