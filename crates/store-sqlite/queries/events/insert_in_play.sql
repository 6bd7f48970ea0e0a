INSERT INTO in_play_odds
    (match_id, market_type, bookmaker, line_quarters, known_at, home_thousandths, draw_thousandths, away_thousandths,
    over_thousandths, under_thousandths, yes_thousandths, no_thousandths, suspicious_odds, collected_at)
VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) /*rows*/
ON CONFLICT (match_id, market_type, bookmaker, line_quarters, known_at) DO NOTHING
