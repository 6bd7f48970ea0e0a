-- Everything back to where it was. ?1: the merge; whether that loses a fact is asked before.

UPDATE identity_merges SET running = -1 WHERE id = ?1;

INSERT INTO leagues (id, code, name, country, level, source, season_start_month, season_end_month, is_active,
    kind)
SELECT r.before ->> 'id', r.before ->> 'code', r.before ->> 'name', r.before ->> 'country', r.before ->> 'level',
    r.before ->> 'source', r.before ->> 'season_start_month', r.before ->> 'season_end_month',
    r.before ->> 'is_active', r.before ->> 'kind'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'leagues';

INSERT INTO teams (id, name, country, code, league_id, founded_year, stadium)
SELECT r.before ->> 'id', r.before ->> 'name', r.before ->> 'country', r.before ->> 'code', r.before ->> 'league_id',
    r.before ->> 'founded_year', r.before ->> 'stadium'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'teams' AND r.change = 'removed';

UPDATE teams SET league_id = r.before ->> 'league_id'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'teams' AND r.change = 'changed' AND teams.id = r.row_id;

DELETE FROM league_aliases WHERE (source, alias) IN (
    SELECT r.before ->> 'source', r.before ->> 'alias'
    FROM identity_merge_rows r
    WHERE r.merge_id = ?1 AND r.table_name = 'league_aliases' AND r.change = 'added');

UPDATE league_aliases SET league_id = (SELECT merged_id FROM identity_merges WHERE id = ?1)
WHERE (source, alias) IN (
    SELECT r.before ->> 'source', r.before ->> 'alias'
    FROM identity_merge_rows r
    WHERE r.merge_id = ?1 AND r.table_name = 'league_aliases' AND r.change = 'moved');

DELETE FROM team_aliases WHERE (source, country, alias) IN (
    SELECT r.before ->> 'source', r.before ->> 'country', r.before ->> 'alias'
    FROM identity_merge_rows r
    WHERE r.merge_id = ?1 AND r.table_name = 'team_aliases' AND r.change = 'added');

UPDATE team_aliases SET team_id = (SELECT merged_id FROM identity_merges WHERE id = ?1)
WHERE (source, country, alias) IN (
    SELECT r.before ->> 'source', r.before ->> 'country', r.before ->> 'alias'
    FROM identity_merge_rows r
    WHERE r.merge_id = ?1 AND r.table_name = 'team_aliases' AND r.change = 'moved');

-- Matches; legs that change places would collide half-way, and do not while they are parked at the far end.
INSERT INTO matches (id, league_id, season, home_team_id, away_team_id, leg, match_time, time_precision, match_status, home_score,
    away_score, home_ht_score, away_ht_score, referee, attendance, source, external_id, minute, venue, weather,
    neutral_ground, stage, round, group_name, tie_leg, home_et_score, away_et_score, home_shootout, away_shootout)
SELECT r.before ->> 'id', r.before ->> 'league_id', r.before ->> 'season', r.before ->> 'home_team_id',
    r.before ->> 'away_team_id', r.before ->> 'leg', r.before ->> 'match_time', r.before ->> 'time_precision',
    r.before ->> 'match_status', r.before ->> 'home_score', r.before ->> 'away_score', r.before ->> 'home_ht_score',
    r.before ->> 'away_ht_score', r.before ->> 'referee', r.before ->> 'attendance', r.before ->> 'source',
    r.before ->> 'external_id', r.before ->> 'minute', r.before ->> 'venue', r.before ->> 'weather',
    r.before ->> 'neutral_ground', r.before ->> 'stage', r.before ->> 'round', r.before ->> 'group_name',
    r.before ->> 'tie_leg', r.before ->> 'home_et_score', r.before ->> 'away_et_score', r.before ->> 'home_shootout',
    r.before ->> 'away_shootout'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'matches' AND r.change = 'removed';

INSERT INTO season_totals (league_id, season, matches, finished)
SELECT m.league_id, m.season, count(*), sum(m.match_status = 'finished')
FROM identity_merge_rows r
JOIN matches m ON m.id = r.row_id
WHERE r.merge_id = ?1 AND r.table_name = 'matches' AND r.change = 'removed'
GROUP BY m.league_id, m.season
ON CONFLICT (league_id, season) DO UPDATE SET
    matches = matches + excluded.matches, finished = finished + excluded.finished;

INSERT INTO league_teams (league_id, team_id, matches)
SELECT m.league_id, t.id, count(*)
FROM identity_merge_rows r
JOIN matches m ON m.id = r.row_id
JOIN teams t ON t.id IN (m.home_team_id, m.away_team_id)
WHERE r.merge_id = ?1 AND r.table_name = 'matches' AND r.change = 'removed'
GROUP BY m.league_id, t.id
ON CONFLICT (league_id, team_id) DO UPDATE SET matches = matches + excluded.matches;

UPDATE matches SET leg = 256 - leg
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'matches' AND r.change = 'changed' AND matches.id = r.row_id;

UPDATE matches SET
    league_id = r.before ->> 'league_id', season = r.before ->> 'season', home_team_id = r.before ->> 'home_team_id',
    away_team_id = r.before ->> 'away_team_id', leg = r.before ->> 'leg', match_time = r.before ->> 'match_time',
    time_precision = r.before ->> 'time_precision', match_status = r.before ->> 'match_status',
    home_score = r.before ->> 'home_score', away_score = r.before ->> 'away_score',
    home_ht_score = r.before ->> 'home_ht_score', away_ht_score = r.before ->> 'away_ht_score',
    referee = r.before ->> 'referee', attendance = r.before ->> 'attendance', source = r.before ->> 'source',
    external_id = r.before ->> 'external_id', minute = r.before ->> 'minute', venue = r.before ->> 'venue',
    weather = r.before ->> 'weather', neutral_ground = r.before ->> 'neutral_ground', stage = r.before ->> 'stage',
    round = r.before ->> 'round', group_name = r.before ->> 'group_name', tie_leg = r.before ->> 'tie_leg',
    home_et_score = r.before ->> 'home_et_score', away_et_score = r.before ->> 'away_et_score',
    home_shootout = r.before ->> 'home_shootout', away_shootout = r.before ->> 'away_shootout'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'matches' AND r.change = 'changed' AND matches.id = r.row_id;

DELETE FROM match_identifiers WHERE (source, external_id) IN (
    SELECT r.before ->> 'source', r.before ->> 'external_id'
    FROM identity_merge_rows r
    WHERE r.merge_id = ?1 AND r.table_name = 'match_identifiers' AND r.change = 'added');

UPDATE match_identifiers SET match_id = r.row_id
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'match_identifiers' AND r.change = 'moved'
    AND match_identifiers.source = r.before ->> 'source' AND match_identifiers.external_id = r.before ->> 'external_id';

DELETE FROM odds WHERE (match_id, market_type, bookmaker, line_quarters, phase, known_at) IN (
    SELECT j.joined_to, r.before ->> 'market_type', r.before ->> 'bookmaker', r.before ->> 'line_quarters', r.before ->> 'phase',
        r.before ->> 'known_at'
    FROM identity_merge_rows r
    JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
    WHERE r.merge_id = ?1 AND r.table_name = 'odds' AND r.change = 'moved');

INSERT INTO odds (match_id, market_type, bookmaker, line_quarters, phase, known_at, known_at_imputed, home_thousandths,
    draw_thousandths, away_thousandths, over_thousandths, under_thousandths, yes_thousandths, no_thousandths,
    suspicious_odds, collected_at)
SELECT r.before ->> 'match_id', r.before ->> 'market_type', r.before ->> 'bookmaker', r.before ->> 'line_quarters',
    r.before ->> 'phase', r.before ->> 'known_at', r.before ->> 'known_at_imputed', r.before ->> 'home_thousandths',
    r.before ->> 'draw_thousandths', r.before ->> 'away_thousandths', r.before ->> 'over_thousandths',
    r.before ->> 'under_thousandths', r.before ->> 'yes_thousandths', r.before ->> 'no_thousandths',
    r.before ->> 'suspicious_odds', r.before ->> 'collected_at'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'odds';

DELETE FROM injuries WHERE (match_id, side, data_source, player_id, injury_type, known_at) IN (
    SELECT j.joined_to, r.before ->> 'side', r.before ->> 'data_source', r.before ->> 'player_id', r.before ->> 'injury_type',
        r.before ->> 'known_at'
    FROM identity_merge_rows r
    JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
    WHERE r.merge_id = ?1 AND r.table_name = 'injuries' AND r.change = 'moved');

INSERT INTO injuries (match_id, side, data_source, player_id, player_name, injury_type, reason, known_at, known_at_imputed, collected_at)
SELECT r.before ->> 'match_id', r.before ->> 'side', r.before ->> 'data_source', r.before ->> 'player_id',
    r.before ->> 'player_name', r.before ->> 'injury_type', r.before ->> 'reason', r.before ->> 'known_at',
    r.before ->> 'known_at_imputed', r.before ->> 'collected_at'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'injuries';

DELETE FROM weather WHERE (match_id, data_source, weather_type, valid_at, known_at) IN (
    SELECT j.joined_to, r.before ->> 'data_source', r.before ->> 'weather_type', r.before ->> 'valid_at', r.before ->> 'known_at'
    FROM identity_merge_rows r
    JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
    WHERE r.merge_id = ?1 AND r.table_name = 'weather' AND r.change = 'moved');

INSERT INTO weather (match_id, data_source, weather_type, valid_at, known_at, temperature, wind, rain, collected_at)
SELECT r.before ->> 'match_id', r.before ->> 'data_source', r.before ->> 'weather_type', r.before ->> 'valid_at',
    r.before ->> 'known_at', r.before ->> 'temperature', r.before ->> 'wind', r.before ->> 'rain',
    r.before ->> 'collected_at'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'weather';

DELETE FROM match_events WHERE (match_id, source, known_at, ordinal) IN (
    SELECT j.joined_to, r.before ->> 'source', r.before ->> 'known_at', r.before ->> 'ordinal'
    FROM identity_merge_rows r
    JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
    WHERE r.merge_id = ?1 AND r.table_name = 'match_events' AND r.change = 'moved');

INSERT INTO match_events (match_id, source, known_at, known_at_imputed, ordinal, minute, stoppage, side, kind, player_id, related_player_id,
    collected_at)
SELECT r.before ->> 'match_id', r.before ->> 'source', r.before ->> 'known_at', r.before ->> 'known_at_imputed', r.before
    ->> 'ordinal', r.before ->> 'minute', r.before ->> 'stoppage', r.before ->> 'side', r.before ->> 'kind', r.before
    ->> 'player_id', r.before ->> 'related_player_id', r.before ->> 'collected_at'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'match_events';

DELETE FROM in_play_odds WHERE (match_id, market_type, bookmaker, line_quarters, known_at) IN (
    SELECT j.joined_to, r.before ->> 'market_type', r.before ->> 'bookmaker', r.before ->> 'line_quarters', r.before ->>
        'known_at'
    FROM identity_merge_rows r
    JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
    WHERE r.merge_id = ?1 AND r.table_name = 'in_play_odds' AND r.change = 'moved');

INSERT INTO in_play_odds (match_id, market_type, bookmaker, line_quarters, known_at, home_thousandths, draw_thousandths, away_thousandths,
    over_thousandths, under_thousandths, yes_thousandths, no_thousandths, suspicious_odds, collected_at)
SELECT r.before ->> 'match_id', r.before ->> 'market_type', r.before ->> 'bookmaker', r.before ->> 'line_quarters',
    r.before ->> 'known_at', r.before ->> 'home_thousandths', r.before ->> 'draw_thousandths', r.before ->>
    'away_thousandths', r.before ->> 'over_thousandths', r.before ->> 'under_thousandths', r.before ->>
    'yes_thousandths', r.before ->> 'no_thousandths', r.before ->> 'suspicious_odds', r.before ->> 'collected_at'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'in_play_odds';

DELETE FROM match_claims WHERE (match_id, field, source, value) IN (
    SELECT j.joined_to, r.before ->> 'field', r.before ->> 'source', r.before ->> 'value'
    FROM identity_merge_rows r
    JOIN identity_merge_matches j ON j.merge_id = r.merge_id AND j.match_id = r.row_id
    WHERE r.merge_id = ?1 AND r.table_name = 'match_claims' AND r.change = 'moved');

INSERT INTO match_claims (match_id, field, source, value, recorded_at, said_at, document_id)
SELECT r.before ->> 'match_id', r.before ->> 'field', r.before ->> 'source', r.before ->> 'value', r.before ->>
    'recorded_at', r.before ->> 'said_at', r.before ->> 'document_id'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'match_claims';

UPDATE match_corrections SET match_id = r.before ->> 'match_id'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'match_corrections' AND match_corrections.id = r.row_id;

UPDATE paper_ledger SET match_id = r.before ->> 'match_id'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'paper_ledger' AND paper_ledger.sequence = r.row_id;

UPDATE name_reviews SET resolved_id = (SELECT merged_id FROM identity_merges WHERE id = ?1)
WHERE id IN (SELECT row_id FROM identity_merge_rows WHERE merge_id = ?1 AND table_name = 'name_reviews');

UPDATE lineups SET match_id = r.before ->> 'match_id'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'lineups' AND r.change = 'moved' AND lineups.id = r.row_id;

INSERT INTO lineups (match_id, side, data_source, lineup_type, known_at, known_at_imputed, formation, collected_at)
SELECT r.before ->> 'match_id', r.before ->> 'side', r.before ->> 'data_source', r.before ->> 'lineup_type',
    r.before ->> 'known_at', r.before ->> 'known_at_imputed', r.before ->> 'formation', r.before ->> 'collected_at'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'lineups' AND r.change = 'held';

-- Line-ups that were put aside have new identifiers.
INSERT INTO lineup_players (lineup_id, place, player_id, player_name, position, shirt_number)
SELECT l.id, p.before ->> 'place', p.before ->> 'player_id', p.before ->> 'player_name', p.before ->> 'position',
    p.before ->> 'shirt_number'
FROM identity_merge_rows r
JOIN lineups l ON l.match_id = r.before ->> 'match_id' AND l.side = r.before ->> 'side'
    AND l.data_source = r.before ->> 'data_source' AND l.lineup_type = r.before ->> 'lineup_type'
    AND l.known_at = r.before ->> 'known_at'
JOIN identity_merge_rows p ON p.merge_id = r.merge_id AND p.table_name = 'lineup_players' AND p.row_id = r.row_id
WHERE r.merge_id = ?1 AND r.table_name = 'lineups' AND r.change = 'held';

DELETE FROM match_stats WHERE match_id IN (
    SELECT row_id FROM identity_merge_rows
    WHERE merge_id = ?1 AND table_name = 'match_stats' AND change IN ('changed', 'added'));

INSERT INTO match_stats (match_id, home_shots, away_shots, home_shots_on_target, away_shots_on_target, home_woodwork, away_woodwork, home_corners,
    away_corners, home_fouls, away_fouls, home_offsides, away_offsides, home_yellow_cards, away_yellow_cards,
    home_red_cards, away_red_cards, home_expected_goals, away_expected_goals, home_possession, away_possession)
SELECT r.before ->> 'match_id', r.before ->> 'home_shots', r.before ->> 'away_shots',
    r.before ->> 'home_shots_on_target', r.before ->> 'away_shots_on_target', r.before ->> 'home_woodwork',
    r.before ->> 'away_woodwork', r.before ->> 'home_corners', r.before ->> 'away_corners', r.before ->> 'home_fouls',
    r.before ->> 'away_fouls', r.before ->> 'home_offsides', r.before ->> 'away_offsides',
    r.before ->> 'home_yellow_cards', r.before ->> 'away_yellow_cards', r.before ->> 'home_red_cards',
    r.before ->> 'away_red_cards', CAST(r.before ->> 'home_expected_goals' AS REAL),
    CAST(r.before ->> 'away_expected_goals' AS REAL), CAST(r.before ->> 'home_possession' AS REAL),
    CAST(r.before ->> 'away_possession' AS REAL)
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'match_stats' AND r.before IS NOT NULL;

INSERT INTO features (match_id, team_id, as_of, created_at, definitions_hash, feature_values)
SELECT r.before ->> 'match_id', r.before ->> 'team_id', r.before ->> 'as_of', r.before ->> 'created_at',
    r.before ->> 'definitions_hash', r.before ->> 'feature_values'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'features';

UPDATE predictions SET match_id = r.before ->> 'match_id'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'predictions' AND predictions.id = r.row_id;

UPDATE experiment_forecasts SET match_id = r.before ->> 'match_id'
FROM identity_merge_rows r
WHERE r.merge_id = ?1 AND r.table_name = 'experiment_forecasts' AND experiment_forecasts.id = r.row_id;

DELETE FROM identity_merge_rows WHERE merge_id = ?1;

DELETE FROM identity_merge_matches WHERE merge_id = ?1;

UPDATE identity_merges SET running = NULL WHERE id = ?1;
