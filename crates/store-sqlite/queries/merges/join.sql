-- What is known of matches that become one goes to the kept one. ?1: the merge, whose matches are listed already.

-- Names and identifiers of the merged league or team lead to the kept one, for every source that used them.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'league_aliases', NULL, 'moved', json_object('source', a.source, 'alias', a.alias)
FROM identity_merges g
JOIN league_aliases a ON a.league_id = g.merged_id
WHERE g.id = ?1 AND g.kind = 'league';

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'league_aliases', NULL, 'added', json_object('source', s.source, 'alias', l.code)
FROM identity_merges g
JOIN leagues l ON l.id = g.merged_id
JOIN (SELECT id AS league_id, source FROM leagues UNION SELECT DISTINCT league_id, source FROM matches) s ON s.league_id = l.id
WHERE g.id = ?1 AND g.kind = 'league'
    AND NOT EXISTS (SELECT 1 FROM league_aliases a WHERE a.source = s.source AND a.alias = l.code);

UPDATE league_aliases SET league_id = (SELECT kept_id FROM identity_merges WHERE id = ?1)
WHERE league_id = (SELECT merged_id FROM identity_merges WHERE id = ?1 AND kind = 'league');

INSERT INTO league_aliases (source, alias, league_id)
SELECT r.before ->> 'source', r.before ->> 'alias', g.kept_id
FROM identity_merges g
JOIN identity_merge_rows r ON r.merge_id = g.id AND r.table_name = 'league_aliases' AND r.change = 'added'
WHERE g.id = ?1;

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'team_aliases', NULL, 'moved', json_object('source', a.source, 'country', a.country, 'alias', a.alias)
FROM identity_merges g
JOIN team_aliases a ON a.team_id = g.merged_id
WHERE g.id = ?1 AND g.kind = 'team';

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'team_aliases', NULL, 'added', json_object('source', s.source, 'country', t.country, 'alias', t.name)
FROM identity_merges g
JOIN teams t ON t.id = g.merged_id
JOIN (
    SELECT team_id, source FROM team_aliases
    UNION SELECT home_team_id, source FROM matches
    UNION SELECT away_team_id, source FROM matches) s ON s.team_id = t.id
WHERE g.id = ?1 AND g.kind = 'team'
    AND NOT EXISTS (
        SELECT 1 FROM team_aliases a WHERE a.source = s.source AND a.country = t.country AND a.alias = t.name);

UPDATE team_aliases SET team_id = (SELECT kept_id FROM identity_merges WHERE id = ?1)
WHERE team_id = (SELECT merged_id FROM identity_merges WHERE id = ?1 AND kind = 'team');

INSERT INTO team_aliases (source, country, alias, team_id)
SELECT r.before ->> 'source', r.before ->> 'country', r.before ->> 'alias', g.kept_id
FROM identity_merges g
JOIN identity_merge_rows r ON r.merge_id = g.id AND r.table_name = 'team_aliases' AND r.change = 'added'
WHERE g.id = ?1;

-- The identifiers by which sources know the matches.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'match_identifiers', j.joined_to, 'added', json_object('source', m.source, 'external_id', m.external_id)
FROM identity_merge_matches j
JOIN matches m ON m.id = j.match_id
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL AND m.external_id <> ''
    AND NOT EXISTS (SELECT 1 FROM match_identifiers i WHERE i.source = m.source AND i.external_id = m.external_id);

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'match_identifiers', i.match_id, 'moved', json_object('source', i.source, 'external_id', i.external_id)
FROM identity_merge_matches j
JOIN match_identifiers i ON i.match_id = j.match_id
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL;

UPDATE match_identifiers SET match_id = j.joined_to
FROM identity_merge_matches j
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL AND match_identifiers.match_id = j.match_id;

INSERT OR IGNORE INTO match_identifiers (source, external_id, match_id)
SELECT before ->> 'source', before ->> 'external_id', row_id
FROM identity_merge_rows
WHERE merge_id = ?1 AND table_name = 'match_identifiers' AND change = 'added';

-- Quotes: of two with one key the kept one's stays.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'odds', o.match_id, iif(k.match_id IS NULL, 'moved', 'held'), json_object(
        'match_id', o.match_id, 'market_type', o.market_type, 'bookmaker', o.bookmaker,
        'line_quarters', o.line_quarters, 'phase', o.phase, 'known_at', o.known_at,
        'known_at_imputed', o.known_at_imputed, 'home_thousandths', o.home_thousandths,
        'draw_thousandths', o.draw_thousandths, 'away_thousandths', o.away_thousandths,
        'over_thousandths', o.over_thousandths, 'under_thousandths', o.under_thousandths,
        'yes_thousandths', o.yes_thousandths, 'no_thousandths', o.no_thousandths,
        'suspicious_odds', o.suspicious_odds, 'collected_at', o.collected_at)
FROM identity_merge_matches j
JOIN odds o ON o.match_id = j.match_id
LEFT JOIN odds k ON k.match_id = j.joined_to AND k.market_type = o.market_type AND k.bookmaker = o.bookmaker AND k.line_quarters = o.line_quarters AND k.phase = o.phase AND k.known_at = o.known_at
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL;

INSERT INTO odds (match_id, market_type, bookmaker, line_quarters, phase, known_at, known_at_imputed, home_thousandths,
    draw_thousandths, away_thousandths, over_thousandths, under_thousandths, yes_thousandths, no_thousandths,
    suspicious_odds, collected_at)
SELECT j.joined_to, o.market_type, o.bookmaker, o.line_quarters, o.phase, o.known_at, o.known_at_imputed,
    o.home_thousandths, o.draw_thousandths, o.away_thousandths, o.over_thousandths, o.under_thousandths,
    o.yes_thousandths, o.no_thousandths, o.suspicious_odds, o.collected_at
FROM identity_merge_matches j
JOIN odds o ON o.match_id = j.match_id
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL
ON CONFLICT DO NOTHING;

DELETE FROM odds WHERE match_id IN (
    SELECT match_id FROM identity_merge_matches WHERE merge_id = ?1 AND joined_to IS NOT NULL);

-- Absences likewise.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'injuries', o.match_id, iif(k.match_id IS NULL, 'moved', 'held'), json_object(
        'match_id', o.match_id, 'side', o.side, 'data_source', o.data_source, 'player_id', o.player_id,
        'player_name', o.player_name, 'injury_type', o.injury_type, 'reason', o.reason, 'known_at', o.known_at,
        'known_at_imputed', o.known_at_imputed, 'collected_at', o.collected_at)
FROM identity_merge_matches j
JOIN injuries o ON o.match_id = j.match_id
LEFT JOIN injuries k ON k.match_id = j.joined_to AND k.side = o.side AND k.data_source = o.data_source AND k.player_id = o.player_id AND k.injury_type = o.injury_type AND k.known_at = o.known_at
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL;

INSERT INTO injuries (match_id, side, data_source, player_id, player_name, injury_type, reason, known_at, known_at_imputed, collected_at)
SELECT j.joined_to, o.side, o.data_source, o.player_id, o.player_name, o.injury_type, o.reason, o.known_at,
    o.known_at_imputed, o.collected_at
FROM identity_merge_matches j
JOIN injuries o ON o.match_id = j.match_id
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL
ON CONFLICT DO NOTHING;

DELETE FROM injuries WHERE match_id IN (
    SELECT match_id FROM identity_merge_matches WHERE merge_id = ?1 AND joined_to IS NOT NULL);

-- Weather likewise.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'weather', o.match_id, iif(k.match_id IS NULL, 'moved', 'held'), json_object(
        'match_id', o.match_id, 'data_source', o.data_source, 'weather_type', o.weather_type, 'valid_at', o.valid_at,
        'known_at', o.known_at, 'temperature', o.temperature, 'wind', o.wind, 'rain', o.rain,
        'collected_at', o.collected_at)
FROM identity_merge_matches j
JOIN weather o ON o.match_id = j.match_id
LEFT JOIN weather k ON k.match_id = j.joined_to AND k.data_source = o.data_source AND k.weather_type = o.weather_type AND k.valid_at = o.valid_at AND k.known_at = o.known_at
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL;

INSERT INTO weather (match_id, data_source, weather_type, valid_at, known_at, temperature, wind, rain, collected_at)
SELECT j.joined_to, o.data_source, o.weather_type, o.valid_at, o.known_at, o.temperature, o.wind, o.rain, o.collected_at
FROM identity_merge_matches j
JOIN weather o ON o.match_id = j.match_id
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL
ON CONFLICT DO NOTHING;

DELETE FROM weather WHERE match_id IN (
    SELECT match_id FROM identity_merge_matches WHERE merge_id = ?1 AND joined_to IS NOT NULL);

-- Lists of events: of two of one source and time the kept one's stays, whole.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'match_events', o.match_id, iif(EXISTS (
        SELECT 1 FROM match_events k WHERE k.match_id = j.joined_to AND k.source = o.source AND k.known_at = o.known_at), 'held', 'moved'), json_object(
        'match_id', o.match_id, 'source', o.source, 'known_at', o.known_at, 'known_at_imputed', o.known_at_imputed,
        'ordinal', o.ordinal, 'minute', o.minute, 'stoppage', o.stoppage, 'side', o.side, 'kind', o.kind, 'player_id',
        o.player_id, 'related_player_id', o.related_player_id, 'collected_at', o.collected_at)
FROM identity_merge_matches j
JOIN match_events o ON o.match_id = j.match_id
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL;

INSERT INTO match_events (match_id, source, known_at, known_at_imputed, ordinal, minute, stoppage, side, kind, player_id, related_player_id,
    collected_at)
SELECT j.joined_to, o.source, o.known_at, o.known_at_imputed, o.ordinal, o.minute, o.stoppage, o.side, o.kind,
    o.player_id, o.related_player_id, o.collected_at
FROM identity_merge_matches j
JOIN match_events o ON o.match_id = j.match_id
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM match_events k WHERE k.match_id = j.joined_to AND k.source = o.source AND k.known_at = o.known_at)
ON CONFLICT DO NOTHING;

DELETE FROM match_events WHERE match_id IN (
    SELECT match_id FROM identity_merge_matches WHERE merge_id = ?1 AND joined_to IS NOT NULL);

-- Prices during matches.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'in_play_odds', o.match_id, iif(EXISTS (
        SELECT 1 FROM in_play_odds k WHERE k.match_id = j.joined_to AND k.market_type = o.market_type AND k.bookmaker = o.bookmaker AND k.line_quarters = o.line_quarters AND k.known_at = o.known_at), 'held', 'moved'), json_object(
        'match_id', o.match_id, 'market_type', o.market_type, 'bookmaker', o.bookmaker, 'line_quarters',
        o.line_quarters, 'known_at', o.known_at, 'home_thousandths', o.home_thousandths, 'draw_thousandths',
        o.draw_thousandths, 'away_thousandths', o.away_thousandths, 'over_thousandths', o.over_thousandths,
        'under_thousandths', o.under_thousandths, 'yes_thousandths', o.yes_thousandths, 'no_thousandths',
        o.no_thousandths, 'suspicious_odds', o.suspicious_odds, 'collected_at', o.collected_at)
FROM identity_merge_matches j
JOIN in_play_odds o ON o.match_id = j.match_id
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL;

INSERT INTO in_play_odds (match_id, market_type, bookmaker, line_quarters, known_at, home_thousandths, draw_thousandths, away_thousandths,
    over_thousandths, under_thousandths, yes_thousandths, no_thousandths, suspicious_odds, collected_at)
SELECT j.joined_to, o.market_type, o.bookmaker, o.line_quarters, o.known_at, o.home_thousandths, o.draw_thousandths,
    o.away_thousandths, o.over_thousandths, o.under_thousandths, o.yes_thousandths, o.no_thousandths,
    o.suspicious_odds, o.collected_at
FROM identity_merge_matches j
JOIN in_play_odds o ON o.match_id = j.match_id
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM in_play_odds k WHERE k.match_id = j.joined_to AND k.market_type = o.market_type AND k.bookmaker = o.bookmaker AND k.line_quarters = o.line_quarters AND k.known_at = o.known_at)
ON CONFLICT DO NOTHING;

DELETE FROM in_play_odds WHERE match_id IN (
    SELECT match_id FROM identity_merge_matches WHERE merge_id = ?1 AND joined_to IS NOT NULL);

-- What sources say of fields; of two of one source the kept one's stays.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'match_claims', o.match_id, iif(EXISTS (
        SELECT 1 FROM match_claims k WHERE k.match_id = j.joined_to AND k.field = o.field AND k.source = o.source), 'held', 'moved'), json_object(
        'match_id', o.match_id, 'field', o.field, 'source', o.source, 'value', o.value, 'recorded_at', o.recorded_at,
        'said_at', o.said_at, 'document_id', o.document_id)
FROM identity_merge_matches j
JOIN match_claims o ON o.match_id = j.match_id
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL;

INSERT INTO match_claims (match_id, field, source, value, recorded_at, said_at, document_id)
SELECT j.joined_to, o.field, o.source, o.value, o.recorded_at, o.said_at, o.document_id
FROM identity_merge_matches j
JOIN match_claims o ON o.match_id = j.match_id
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM match_claims k WHERE k.match_id = j.joined_to AND k.field = o.field AND k.source = o.source)
ON CONFLICT DO NOTHING;

DELETE FROM match_claims WHERE match_id IN (
    SELECT match_id FROM identity_merge_matches WHERE merge_id = ?1 AND joined_to IS NOT NULL);

-- Corrections follow their match as they are.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'match_corrections', c.id, 'moved', json_object('match_id', c.match_id)
FROM identity_merge_matches j
JOIN match_corrections c ON c.match_id = j.match_id
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL;

UPDATE match_corrections SET match_id = j.joined_to
FROM identity_merge_matches j
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL AND match_corrections.match_id = j.match_id;

-- So do paper bets.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'paper_ledger', p.sequence, 'moved', json_object('match_id', p.match_id)
FROM identity_merge_matches j
JOIN paper_ledger p ON p.match_id = j.match_id
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL;

UPDATE paper_ledger SET match_id = j.joined_to
FROM identity_merge_matches j
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL AND paper_ledger.match_id = j.match_id;

-- Names that were accepted for the merged league or team are accepted for the kept one.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT g.id, 'name_reviews', v.id, 'moved', json_object()
FROM identity_merges g
JOIN name_reviews v ON v.kind = g.kind AND v.resolved_id = g.merged_id
WHERE g.id = ?1;

UPDATE name_reviews SET resolved_id = (SELECT kept_id FROM identity_merges WHERE id = ?1)
WHERE id IN (SELECT row_id FROM identity_merge_rows WHERE merge_id = ?1 AND table_name = 'name_reviews');

-- Line-ups take their players along; one that the kept match has already is put aside with its players.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'lineups', o.id, iif(k.id IS NULL, 'moved', 'held'), json_object(
        'match_id', o.match_id, 'side', o.side, 'data_source', o.data_source, 'lineup_type', o.lineup_type,
        'known_at', o.known_at, 'known_at_imputed', o.known_at_imputed, 'formation', o.formation,
        'collected_at', o.collected_at)
FROM identity_merge_matches j
JOIN lineups o ON o.match_id = j.match_id
LEFT JOIN lineups k ON k.match_id = j.joined_to AND k.side = o.side AND k.data_source = o.data_source
    AND k.lineup_type = o.lineup_type AND k.known_at = o.known_at
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL;

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'lineup_players', r.row_id, 'held', json_object(
        'place', p.place, 'player_id', p.player_id, 'player_name', p.player_name, 'position', p.position,
        'shirt_number', p.shirt_number)
FROM identity_merge_rows r
JOIN lineup_players p ON p.lineup_id = r.row_id
WHERE r.merge_id = ?1 AND r.table_name = 'lineups' AND r.change = 'held';

DELETE FROM lineups WHERE id IN (
    SELECT row_id FROM identity_merge_rows WHERE merge_id = ?1 AND table_name = 'lineups' AND change = 'held');

UPDATE lineups SET match_id = j.joined_to
FROM identity_merge_matches j
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL AND lineups.match_id = j.match_id;

-- Statistics are filled field by field.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'match_stats', i.match_id, iif(k.match_id IS NULL, 'moved', 'held'), i.image
FROM identity_merge_matches j
JOIN match_stats_images i ON i.match_id = j.match_id
LEFT JOIN match_stats k ON k.match_id = j.joined_to
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL;

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'match_stats', j.joined_to, iif(i.match_id IS NULL, 'added', 'changed'), i.image
FROM identity_merge_matches j
JOIN match_stats s ON s.match_id = j.match_id
LEFT JOIN match_stats_images i ON i.match_id = j.joined_to
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL;

INSERT INTO match_stats (match_id, home_shots, away_shots, home_shots_on_target, away_shots_on_target, home_woodwork, away_woodwork, home_corners,
    away_corners, home_fouls, away_fouls, home_offsides, away_offsides, home_yellow_cards, away_yellow_cards,
    home_red_cards, away_red_cards, home_expected_goals, away_expected_goals, home_possession, away_possession)
SELECT j.joined_to, s.home_shots, s.away_shots, s.home_shots_on_target, s.away_shots_on_target, s.home_woodwork, s.away_woodwork,
    s.home_corners, s.away_corners, s.home_fouls, s.away_fouls, s.home_offsides, s.away_offsides, s.home_yellow_cards,
    s.away_yellow_cards, s.home_red_cards, s.away_red_cards, s.home_expected_goals, s.away_expected_goals,
    s.home_possession, s.away_possession
FROM identity_merge_matches j
JOIN match_stats s ON s.match_id = j.match_id
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL
ON CONFLICT (match_id) DO UPDATE SET
    home_shots = coalesce(home_shots, excluded.home_shots), away_shots = coalesce(away_shots, excluded.away_shots),
    home_shots_on_target = coalesce(home_shots_on_target, excluded.home_shots_on_target),
    away_shots_on_target = coalesce(away_shots_on_target, excluded.away_shots_on_target),
    home_woodwork = coalesce(home_woodwork, excluded.home_woodwork),
    away_woodwork = coalesce(away_woodwork, excluded.away_woodwork),
    home_corners = coalesce(home_corners, excluded.home_corners),
    away_corners = coalesce(away_corners, excluded.away_corners),
    home_fouls = coalesce(home_fouls, excluded.home_fouls), away_fouls = coalesce(away_fouls, excluded.away_fouls),
    home_offsides = coalesce(home_offsides, excluded.home_offsides),
    away_offsides = coalesce(away_offsides, excluded.away_offsides),
    home_yellow_cards = coalesce(home_yellow_cards, excluded.home_yellow_cards),
    away_yellow_cards = coalesce(away_yellow_cards, excluded.away_yellow_cards),
    home_red_cards = coalesce(home_red_cards, excluded.home_red_cards),
    away_red_cards = coalesce(away_red_cards, excluded.away_red_cards),
    home_expected_goals = coalesce(home_expected_goals, excluded.home_expected_goals),
    away_expected_goals = coalesce(away_expected_goals, excluded.away_expected_goals),
    home_possession = coalesce(home_possession, excluded.home_possession),
    away_possession = coalesce(away_possession, excluded.away_possession);

DELETE FROM match_stats WHERE match_id IN (
    SELECT match_id FROM identity_merge_matches WHERE merge_id = ?1 AND joined_to IS NOT NULL);

UPDATE identity_merge_rows SET after = (SELECT image FROM match_stats_images i WHERE i.match_id = row_id)
WHERE merge_id = ?1 AND table_name = 'match_stats' AND change IN ('changed', 'added');

-- Features are computed, not known: they are put aside.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'features', f.match_id, 'removed', json_object(
        'match_id', f.match_id, 'team_id', f.team_id, 'as_of', f.as_of, 'created_at', f.created_at,
        'definitions_hash', f.definitions_hash, 'feature_values', f.feature_values)
FROM features f
WHERE f.match_id IN (
        SELECT match_id FROM identity_merge_matches WHERE merge_id = ?1 AND joined_to IS NOT NULL)
    OR f.team_id = (SELECT merged_id FROM identity_merges WHERE id = ?1 AND kind = 'team');

DELETE FROM features
WHERE match_id IN (
        SELECT match_id FROM identity_merge_matches WHERE merge_id = ?1 AND joined_to IS NOT NULL)
    OR team_id = (SELECT merged_id FROM identity_merges WHERE id = ?1 AND kind = 'team');

-- Sealed forecasts follow their match as they are.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'predictions', p.id, 'moved', json_object('match_id', p.match_id)
FROM identity_merge_matches j
JOIN predictions p ON p.match_id = j.match_id
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL;

UPDATE predictions SET match_id = j.joined_to
FROM identity_merge_matches j
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL AND predictions.match_id = j.match_id;

-- So do forecasts that are compared.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'experiment_forecasts', f.id, 'moved', json_object('match_id', f.match_id)
FROM identity_merge_matches j
JOIN experiment_forecasts f ON f.match_id = j.match_id
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL;

UPDATE experiment_forecasts SET match_id = j.joined_to
FROM identity_merge_matches j
WHERE j.merge_id = ?1 AND j.joined_to IS NOT NULL AND experiment_forecasts.match_id = j.match_id;

-- Matches as they were; those that became part of others are gone.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT ?1, 'matches', i.id, iif(j.joined_to IS NULL, 'changed', 'removed'), i.image
FROM identity_merge_matches j
JOIN match_images i ON i.id = j.match_id
WHERE j.merge_id = ?1;

DELETE FROM matches WHERE id IN (
    SELECT match_id FROM identity_merge_matches WHERE merge_id = ?1 AND joined_to IS NOT NULL);
