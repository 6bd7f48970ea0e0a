UPDATE matches m SET
    league_id = c.league_id, home_team_id = c.home_team_id, away_team_id = c.away_team_id, leg = c.leg,
    match_time = c.match_time, time_precision = c.time_precision, match_status = c.match_status,
    home_score = c.home_score, away_score = c.away_score, home_ht_score = c.home_ht_score,
    away_ht_score = c.away_ht_score, referee = c.referee, attendance = c.attendance, source = c.source,
    external_id = c.external_id, neutral_ground = c.neutral_ground, stage = c.stage, round = c.round,
    group_name = c.group_name, tie_leg = c.tie_leg, home_et_score = c.home_et_score, away_et_score = c.away_et_score,
    home_shootout = c.home_shootout, away_shootout = c.away_shootout
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::smallint[], $7::timestamptz[],
        $8::text[], $9::text[], $10::smallint[], $11::smallint[], $12::smallint[], $13::smallint[], $14::text[],
        $15::bigint[], $16::text[], $17::text[], $18::boolean[], $19::text[], $20::text[], $21::text[], $22::smallint[],
        $23::smallint[], $24::smallint[], $25::smallint[], $26::smallint[])
    c (id, league_id, season, home_team_id, away_team_id, leg, match_time, time_precision, match_status,
        home_score, away_score, home_ht_score, away_ht_score, referee, attendance, source, external_id,
    neutral_ground, stage, round, group_name, tie_leg, home_et_score, away_et_score, home_shootout, away_shootout)
WHERE m.id = c.id AND m.season = c.season
