INSERT INTO in_play_odds
    (match_id, market_type, bookmaker, line_quarters, known_at, home_thousandths, draw_thousandths, away_thousandths,
    over_thousandths, under_thousandths, yes_thousandths, no_thousandths, suspicious_odds, collected_at)
SELECT *, $14 FROM unnest($1::bigint[], $2::text[], $3::text[], $4::smallint[], $5::timestamptz[], $6::integer[],
    $7::integer[], $8::integer[], $9::integer[], $10::integer[], $11::integer[], $12::integer[], $13::boolean[])
ON CONFLICT (match_id, market_type, bookmaker, line_quarters, known_at) DO NOTHING
