SELECT
    (SELECT count(*) FROM leagues),
    (SELECT count(*) FROM teams),
    (SELECT count(*) FROM league_teams),
    (SELECT coalesce(sum(matches), 0)::bigint FROM season_totals),
    (SELECT coalesce(sum(finished), 0)::bigint FROM season_totals),
    (SELECT count(*) FROM odds),
    (SELECT count(*) FROM match_stats),
    (SELECT count(*) FROM lineups),
    (SELECT count(*) FROM injuries)
