-- Everything back to where it was. $1: the merge; whether that loses a fact is asked before.

UPDATE identity_merges SET running = -1 WHERE id = $1;

INSERT INTO leagues OVERRIDING SYSTEM VALUE
SELECT o.*
FROM identity_merge_rows r
CROSS JOIN LATERAL jsonb_populate_record(NULL::leagues, r.before) o
WHERE r.merge_id = $1 AND r.table_name = 'leagues';

INSERT INTO teams OVERRIDING SYSTEM VALUE
SELECT o.*
FROM identity_merge_rows r
CROSS JOIN LATERAL jsonb_populate_record(NULL::teams, r.before) o
WHERE r.merge_id = $1 AND r.table_name = 'teams' AND r.change = 'removed';

UPDATE teams SET league_id = (r.before ->> 'league_id')::bigint
FROM identity_merge_rows r
WHERE r.merge_id = $1 AND r.table_name = 'teams' AND r.change = 'changed' AND teams.id = r.row_id;

DELETE FROM league_aliases a
USING identity_merge_rows r
WHERE r.merge_id = $1 AND r.table_name = 'league_aliases' AND r.change = 'added'
    AND a.source = r.before ->> 'source' AND a.alias = r.before ->> 'alias';

UPDATE league_aliases a SET league_id = g.merged_id
FROM identity_merges g
JOIN identity_merge_rows r ON r.merge_id = g.id AND r.table_name = 'league_aliases' AND r.change = 'moved'
WHERE g.id = $1 AND a.source = r.before ->> 'source' AND a.alias = r.before ->> 'alias';

DELETE FROM team_aliases a
USING identity_merge_rows r
WHERE r.merge_id = $1 AND r.table_name = 'team_aliases' AND r.change = 'added'
    AND a.source = r.before ->> 'source' AND a.country = r.before ->> 'country' AND a.alias = r.before ->> 'alias';

UPDATE team_aliases a SET team_id = g.merged_id
FROM identity_merges g
JOIN identity_merge_rows r ON r.merge_id = g.id AND r.table_name = 'team_aliases' AND r.change = 'moved'
WHERE g.id = $1
    AND a.source = r.before ->> 'source' AND a.country = r.before ->> 'country' AND a.alias = r.before ->> 'alias';

-- Matches; legs that change places would collide half-way, and do not while they are parked at the far end.
INSERT INTO matches
SELECT o.*
FROM identity_merge_rows r
CROSS JOIN LATERAL jsonb_populate_record(NULL::matches, r.before) o
WHERE r.merge_id = $1 AND r.table_name = 'matches' AND r.change = 'removed';

UPDATE matches m SET leg = 256 - m.leg
FROM identity_merge_rows r
WHERE r.merge_id = $1 AND r.table_name = 'matches' AND r.change = 'changed'
    AND m.id = r.row_id AND m.season = r.before ->> 'season';

UPDATE matches m SET
    league_id = b.league_id, home_team_id = b.home_team_id, away_team_id = b.away_team_id, leg = b.leg,
    match_time = b.match_time, time_precision = b.time_precision, match_status = b.match_status,
    home_score = b.home_score, away_score = b.away_score, home_ht_score = b.home_ht_score,
    away_ht_score = b.away_ht_score, referee = b.referee, attendance = b.attendance, source = b.source,
    external_id = b.external_id, minute = b.minute, venue = b.venue, weather = b.weather,
    neutral_ground = b.neutral_ground, stage = b.stage, round = b.round, group_name = b.group_name, tie_leg = b.tie_leg,
    home_et_score = b.home_et_score, away_et_score = b.away_et_score, home_shootout = b.home_shootout,
    away_shootout = b.away_shootout
FROM identity_merge_rows r
CROSS JOIN LATERAL jsonb_populate_record(NULL::matches, r.before) b
WHERE r.merge_id = $1 AND r.table_name = 'matches' AND r.change = 'changed'
    AND m.id = r.row_id AND m.season = r.before ->> 'season';

DELETE FROM match_identifiers i
USING identity_merge_rows r
WHERE r.merge_id = $1 AND r.table_name = 'match_identifiers' AND r.change = 'added'
    AND i.source = r.before ->> 'source' AND i.external_id = r.before ->> 'external_id';

UPDATE match_identifiers i SET match_id = r.row_id
FROM identity_merge_rows r
WHERE r.merge_id = $1 AND r.table_name = 'match_identifiers' AND r.change = 'moved'
    AND i.source = r.before ->> 'source' AND i.external_id = r.before ->> 'external_id';

-- What was computed from a kept match's quotes shows by their number that it is of the past.
DELETE FROM odds o
USING identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
CROSS JOIN LATERAL jsonb_populate_record(NULL::odds, r.before) b
WHERE r.merge_id = $1 AND r.table_name = 'odds' AND r.change = 'moved'
    AND o.match_id = j.joined_to AND o.market_type = b.market_type AND o.bookmaker = b.bookmaker AND o.line_quarters = b.line_quarters AND o.phase = b.phase AND o.known_at = b.known_at
    AND o.known_at >= (SELECT min(k.odds_from) FROM match_keys k WHERE k.id IN (
        SELECT joined_to FROM identity_merge_matches WHERE merge_id = $1 AND joined_to IS NOT NULL))
    AND o.known_at <= (SELECT max(k.odds_to) FROM match_keys k WHERE k.id IN (
        SELECT joined_to FROM identity_merge_matches WHERE merge_id = $1 AND joined_to IS NOT NULL));

UPDATE match_keys k SET odds_revision = k.odds_revision + 1
FROM identity_merge_matches j
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL AND k.id = j.joined_to;

INSERT INTO odds (match_id, market_type, bookmaker, line_quarters, phase, known_at, known_at_imputed, home_thousandths,
    draw_thousandths, away_thousandths, over_thousandths, under_thousandths, yes_thousandths, no_thousandths,
    suspicious_odds, collected_at)
SELECT o.match_id, o.market_type, o.bookmaker, o.line_quarters, o.phase, o.known_at, o.known_at_imputed,
    o.home_thousandths, o.draw_thousandths, o.away_thousandths, o.over_thousandths, o.under_thousandths,
    o.yes_thousandths, o.no_thousandths, o.suspicious_odds, o.collected_at
FROM identity_merge_rows r
CROSS JOIN LATERAL jsonb_populate_record(NULL::odds, r.before) o
WHERE r.merge_id = $1 AND r.table_name = 'odds';

DELETE FROM injuries o
USING identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
CROSS JOIN LATERAL jsonb_populate_record(NULL::injuries, r.before) b
WHERE r.merge_id = $1 AND r.table_name = 'injuries' AND r.change = 'moved'
    AND o.match_id = j.joined_to AND o.side = b.side AND o.data_source = b.data_source AND o.player_id = b.player_id AND o.injury_type = b.injury_type AND o.known_at = b.known_at;

INSERT INTO injuries
SELECT o.*
FROM identity_merge_rows r
CROSS JOIN LATERAL jsonb_populate_record(NULL::injuries, r.before) o
WHERE r.merge_id = $1 AND r.table_name = 'injuries';

DELETE FROM weather o
USING identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
CROSS JOIN LATERAL jsonb_populate_record(NULL::weather, r.before) b
WHERE r.merge_id = $1 AND r.table_name = 'weather' AND r.change = 'moved'
    AND o.match_id = j.joined_to AND o.data_source = b.data_source AND o.weather_type = b.weather_type AND o.valid_at = b.valid_at AND o.known_at = b.known_at;

INSERT INTO weather
SELECT o.*
FROM identity_merge_rows r
CROSS JOIN LATERAL jsonb_populate_record(NULL::weather, r.before) o
WHERE r.merge_id = $1 AND r.table_name = 'weather';

DELETE FROM match_events o
USING identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
CROSS JOIN LATERAL jsonb_populate_record(NULL::match_events, r.before) b
WHERE r.merge_id = $1 AND r.table_name = 'match_events' AND r.change = 'moved'
    AND o.match_id = j.joined_to AND o.source = b.source AND o.known_at = b.known_at AND o.ordinal = b.ordinal;

INSERT INTO match_events
SELECT o.*
FROM identity_merge_rows r
CROSS JOIN LATERAL jsonb_populate_record(NULL::match_events, r.before) o
WHERE r.merge_id = $1 AND r.table_name = 'match_events';

DELETE FROM in_play_odds o
USING identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
CROSS JOIN LATERAL jsonb_populate_record(NULL::in_play_odds, r.before) b
WHERE r.merge_id = $1 AND r.table_name = 'in_play_odds' AND r.change = 'moved'
    AND o.match_id = j.joined_to AND o.market_type = b.market_type AND o.bookmaker = b.bookmaker AND o.line_quarters = b.line_quarters AND o.known_at = b.known_at;

INSERT INTO in_play_odds
SELECT o.*
FROM identity_merge_rows r
CROSS JOIN LATERAL jsonb_populate_record(NULL::in_play_odds, r.before) o
WHERE r.merge_id = $1 AND r.table_name = 'in_play_odds';

DELETE FROM match_claims o
USING identity_merge_rows r
JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
CROSS JOIN LATERAL jsonb_populate_record(NULL::match_claims, r.before) b
WHERE r.merge_id = $1 AND r.table_name = 'match_claims' AND r.change = 'moved'
    AND o.match_id = j.joined_to AND o.field = b.field AND o.source = b.source AND o.value = b.value;

INSERT INTO match_claims
SELECT o.*
FROM identity_merge_rows r
CROSS JOIN LATERAL jsonb_populate_record(NULL::match_claims, r.before) o
WHERE r.merge_id = $1 AND r.table_name = 'match_claims';

UPDATE match_corrections SET match_id = (r.before ->> 'match_id')::bigint
FROM identity_merge_rows r
WHERE r.merge_id = $1 AND r.table_name = 'match_corrections' AND match_corrections.id = r.row_id;

UPDATE paper_ledger SET match_id = (r.before ->> 'match_id')::bigint
FROM identity_merge_rows r
WHERE r.merge_id = $1 AND r.table_name = 'paper_ledger' AND paper_ledger.sequence = r.row_id;

UPDATE name_reviews SET resolved_id = (SELECT merged_id FROM identity_merges WHERE id = $1)
WHERE id IN (SELECT row_id FROM identity_merge_rows WHERE merge_id = $1 AND table_name = 'name_reviews');

UPDATE lineups SET match_id = (r.before ->> 'match_id')::bigint
FROM identity_merge_rows r
WHERE r.merge_id = $1 AND r.table_name = 'lineups' AND r.change = 'moved' AND lineups.id = r.row_id;

INSERT INTO lineups (id, match_id, side, data_source, lineup_type, known_at, known_at_imputed, formation, collected_at)
SELECT (SELECT coalesce(max(id), 0) FROM lineups) + row_number() OVER (ORDER BY o.id),
    o.match_id, o.side, o.data_source, o.lineup_type, o.known_at, o.known_at_imputed, o.formation, o.collected_at
FROM identity_merge_rows r
CROSS JOIN LATERAL jsonb_populate_record(NULL::lineups, r.before) o
WHERE r.merge_id = $1 AND r.table_name = 'lineups' AND r.change = 'held';

-- Line-ups that were put aside have new identifiers.
INSERT INTO lineup_players (lineup_id, place, player_id, player_name, position, shirt_number)
SELECT l.id, p.place, p.player_id, p.player_name, p.position, p.shirt_number
FROM identity_merge_rows r
CROSS JOIN LATERAL jsonb_populate_record(NULL::lineups, r.before) o
JOIN lineups l ON l.match_id = o.match_id AND l.side = o.side AND l.data_source = o.data_source
    AND l.lineup_type = o.lineup_type AND l.known_at = o.known_at
JOIN identity_merge_rows listed ON listed.merge_id = r.merge_id AND listed.table_name = 'lineup_players'
    AND listed.row_id = r.row_id
CROSS JOIN LATERAL jsonb_populate_record(NULL::lineup_players, listed.before) p
WHERE r.merge_id = $1 AND r.table_name = 'lineups' AND r.change = 'held';

DELETE FROM match_stats s
USING identity_merge_rows r
WHERE r.merge_id = $1 AND r.table_name = 'match_stats' AND r.change IN ('changed', 'added') AND s.match_id = r.row_id;

INSERT INTO match_stats
SELECT o.*
FROM identity_merge_rows r
CROSS JOIN LATERAL jsonb_populate_record(NULL::match_stats, r.before) o
WHERE r.merge_id = $1 AND r.table_name = 'match_stats' AND r.before IS NOT NULL;

INSERT INTO features (match_id, team_id, as_of, created_at, definitions_hash, feature_values)
SELECT o.match_id, o.team_id, o.as_of, o.created_at, o.definitions_hash, o.feature_values
FROM identity_merge_rows r
CROSS JOIN LATERAL jsonb_populate_record(NULL::features, r.before) o
WHERE r.merge_id = $1 AND r.table_name = 'features';

UPDATE predictions SET match_id = (r.before ->> 'match_id')::bigint
FROM identity_merge_rows r
WHERE r.merge_id = $1 AND r.table_name = 'predictions' AND predictions.id = r.row_id;

UPDATE experiment_forecasts SET match_id = (r.before ->> 'match_id')::bigint
FROM identity_merge_rows r
WHERE r.merge_id = $1 AND r.table_name = 'experiment_forecasts' AND experiment_forecasts.id = r.row_id;

DELETE FROM identity_merge_rows WHERE merge_id = $1;

DELETE FROM identity_merge_matches WHERE merge_id = $1;

UPDATE identity_merges SET running = NULL WHERE id = $1;
