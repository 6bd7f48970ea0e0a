-- Rows of totals that the matches do not give, and the other way round.
WITH counted (league_id, season, matches, finished) AS (
    SELECT league_id, season, count(*), sum(match_status = 'finished') FROM matches GROUP BY league_id, season
),
sides (league_id, team_id) AS (
    SELECT league_id, home_team_id FROM matches UNION ALL SELECT league_id, away_team_id FROM matches
),
played (league_id, team_id, matches) AS (
    SELECT league_id, team_id, count(*) FROM sides GROUP BY league_id, team_id
),
kept (league_id, season, matches, finished) AS (SELECT league_id, season, matches, finished FROM season_totals),
held (league_id, team_id, matches) AS (SELECT league_id, team_id, matches FROM league_teams)
SELECT (SELECT count(*) FROM (SELECT * FROM counted EXCEPT SELECT * FROM kept))
    + (SELECT count(*) FROM (SELECT * FROM kept EXCEPT SELECT * FROM counted))
    + (SELECT count(*) FROM (SELECT * FROM played EXCEPT SELECT * FROM held))
    + (SELECT count(*) FROM (SELECT * FROM held EXCEPT SELECT * FROM played))
