INSERT INTO matches
    (id, league_id, season, home_team_id, away_team_id, leg, match_time, time_precision, match_status,
    home_score, away_score, home_ht_score, away_ht_score, referee, attendance, source, external_id,
    neutral_ground, stage, round, group_name, tie_leg, home_et_score, away_et_score, home_shootout, away_shootout)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::smallint[],
    $7::timestamptz[], $8::text[], $9::text[], $10::smallint[], $11::smallint[], $12::smallint[],
    $13::smallint[], $14::text[], $15::bigint[], $16::text[], $17::text[], $18::boolean[], $19::text[],
    $20::text[], $21::text[], $22::smallint[], $23::smallint[], $24::smallint[], $25::smallint[], $26::smallint[])
ON CONFLICT (league_id, season, home_team_id, away_team_id, leg) DO NOTHING
