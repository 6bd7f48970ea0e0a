-- Every value that leaves the database costs, so a match leaves in four integers, taken apart by `unpack`:
--   its identifier;
--   home club from bit 32, away club from bit 0;
--   kick-off;
--   league from bit 32, neutral ground in bit 31, first year of the season less 1000 from bit 19, calendar-year season in bit 18, only the date
--   known in bit 17, status from bit 14, home score from bit 7, away score from bit 0 (127: none).
SELECT id,
    (home_team_id << 32) | away_team_id,
    match_time,
    (league_id << 32)
        | (neutral_ground << 31)
        | ((substr(season, 1, 4) - 1000) << 19)
        | ((length(season) = 4) << 18)
        | ((time_precision = 'day') << 17)
        | (CASE match_status
            WHEN 'finished' THEN 2
            WHEN 'scheduled' THEN 0
            WHEN 'live' THEN 1
            WHEN 'postponed' THEN 3
            WHEN 'cancelled' THEN 4
            WHEN 'abandoned' THEN 5
            WHEN 'awarded' THEN 6
            ELSE 7
        END << 14)
        | (coalesce(home_score, 127) << 7)
        | coalesce(away_score, 127)
FROM matches
