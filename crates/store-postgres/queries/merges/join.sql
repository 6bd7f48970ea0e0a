-- What is known of matches that become one goes to the kept one. $1: the merge, whose matches are listed already.

-- Names and identifiers of the merged league or team lead to the kept one, for every source that used them.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT g.id, 'league_aliases', NULL, 'moved', to_jsonb(a)
FROM identity_merges g
JOIN league_aliases a ON a.league_id = g.merged_id
WHERE g.id = $1 AND g.kind = 'league';

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT g.id, 'league_aliases', NULL, 'added', jsonb_build_object('source', s.source, 'alias', l.code)
FROM identity_merges g
JOIN leagues l ON l.id = g.merged_id
JOIN (SELECT id AS league_id, source FROM leagues UNION SELECT DISTINCT league_id, source FROM matches) s ON s.league_id = l.id
WHERE g.id = $1 AND g.kind = 'league'
    AND NOT EXISTS (SELECT FROM league_aliases a WHERE a.source = s.source AND a.alias = l.code);

UPDATE league_aliases SET league_id = g.kept_id
FROM identity_merges g
WHERE g.id = $1 AND g.kind = 'league' AND league_aliases.league_id = g.merged_id;

INSERT INTO league_aliases (source, alias, league_id)
SELECT r.before ->> 'source', r.before ->> 'alias', g.kept_id
FROM identity_merges g
JOIN identity_merge_rows r ON r.merge_id = g.id AND r.table_name = 'league_aliases' AND r.change = 'added'
WHERE g.id = $1;

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT g.id, 'team_aliases', NULL, 'moved', to_jsonb(a)
FROM identity_merges g
JOIN team_aliases a ON a.team_id = g.merged_id
WHERE g.id = $1 AND g.kind = 'team';

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT g.id, 'team_aliases', NULL, 'added', jsonb_build_object('source', s.source, 'country', t.country, 'alias', t.name)
FROM identity_merges g
JOIN teams t ON t.id = g.merged_id
CROSS JOIN LATERAL (
    SELECT source FROM team_aliases WHERE team_id = t.id
    UNION SELECT source FROM matches WHERE home_team_id = t.id
    UNION SELECT source FROM matches WHERE away_team_id = t.id) s
WHERE g.id = $1 AND g.kind = 'team'
    AND NOT EXISTS (
        SELECT FROM team_aliases a WHERE a.source = s.source AND a.country = t.country AND a.alias = t.name);

UPDATE team_aliases SET team_id = g.kept_id
FROM identity_merges g
WHERE g.id = $1 AND g.kind = 'team' AND team_aliases.team_id = g.merged_id;

INSERT INTO team_aliases (source, country, alias, team_id)
SELECT r.before ->> 'source', r.before ->> 'country', r.before ->> 'alias', g.kept_id
FROM identity_merges g
JOIN identity_merge_rows r ON r.merge_id = g.id AND r.table_name = 'team_aliases' AND r.change = 'added'
WHERE g.id = $1;

-- The identifiers by which sources know the matches.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'match_identifiers', j.joined_to, 'added',
    jsonb_build_object('source', m.source, 'external_id', m.external_id)
FROM identity_merge_matches j
JOIN matches m ON m.id = j.match_id
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL AND m.external_id <> ''
    AND NOT EXISTS (SELECT FROM match_identifiers i WHERE i.source = m.source AND i.external_id = m.external_id);

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'match_identifiers', i.match_id, 'moved', to_jsonb(i)
FROM identity_merge_matches j
JOIN match_identifiers i ON i.match_id = j.match_id
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL;

UPDATE match_identifiers SET match_id = j.joined_to
FROM identity_merge_matches j
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL AND match_identifiers.match_id = j.match_id;

INSERT INTO match_identifiers (source, external_id, match_id)
SELECT before ->> 'source', before ->> 'external_id', row_id
FROM identity_merge_rows
WHERE merge_id = $1 AND table_name = 'match_identifiers' AND change = 'added'
ON CONFLICT DO NOTHING;

-- Quotes: of two with one key the kept one's stays. Months in which no quote of these matches was known are left out.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'odds', o.match_id, CASE WHEN k.match_id IS NULL THEN 'moved' ELSE 'held' END, to_jsonb(o)
FROM identity_merge_matches j
JOIN odds o ON o.match_id = j.match_id
LEFT JOIN odds k ON k.match_id = j.joined_to AND k.market_type = o.market_type AND k.bookmaker = o.bookmaker AND k.line_quarters = o.line_quarters AND k.phase = o.phase AND k.known_at = o.known_at
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL
    AND o.known_at >= (SELECT min(k.odds_from) FROM match_keys k WHERE k.id IN (
        SELECT match_id FROM identity_merge_matches WHERE merge_id = $1 AND joined_to IS NOT NULL))
    AND o.known_at <= (SELECT max(k.odds_to) FROM match_keys k WHERE k.id IN (
        SELECT match_id FROM identity_merge_matches WHERE merge_id = $1 AND joined_to IS NOT NULL));

INSERT INTO odds (match_id, market_type, bookmaker, line_quarters, phase, known_at, known_at_imputed, home_thousandths,
    draw_thousandths, away_thousandths, over_thousandths, under_thousandths, yes_thousandths, no_thousandths,
    suspicious_odds, collected_at)
SELECT j.joined_to, o.market_type, o.bookmaker, o.line_quarters, o.phase, o.known_at, o.known_at_imputed,
    o.home_thousandths, o.draw_thousandths, o.away_thousandths, o.over_thousandths, o.under_thousandths,
    o.yes_thousandths, o.no_thousandths, o.suspicious_odds, o.collected_at
FROM identity_merge_matches j
JOIN odds o ON o.match_id = j.match_id
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL
    AND o.known_at >= (SELECT min(k.odds_from) FROM match_keys k WHERE k.id IN (
        SELECT match_id FROM identity_merge_matches WHERE merge_id = $1 AND joined_to IS NOT NULL))
    AND o.known_at <= (SELECT max(k.odds_to) FROM match_keys k WHERE k.id IN (
        SELECT match_id FROM identity_merge_matches WHERE merge_id = $1 AND joined_to IS NOT NULL))
ON CONFLICT DO NOTHING;

DELETE FROM odds o
USING identity_merge_matches j
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL AND o.match_id = j.match_id
    AND o.known_at >= (SELECT min(k.odds_from) FROM match_keys k WHERE k.id IN (
        SELECT match_id FROM identity_merge_matches WHERE merge_id = $1 AND joined_to IS NOT NULL))
    AND o.known_at <= (SELECT max(k.odds_to) FROM match_keys k WHERE k.id IN (
        SELECT match_id FROM identity_merge_matches WHERE merge_id = $1 AND joined_to IS NOT NULL));

-- Absences likewise.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'injuries', o.match_id, CASE WHEN k.match_id IS NULL THEN 'moved' ELSE 'held' END, to_jsonb(o)
FROM identity_merge_matches j
JOIN injuries o ON o.match_id = j.match_id
LEFT JOIN injuries k ON k.match_id = j.joined_to AND k.side = o.side AND k.data_source = o.data_source AND k.player_id = o.player_id AND k.injury_type = o.injury_type AND k.known_at = o.known_at
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL;

INSERT INTO injuries (match_id, side, data_source, player_id, player_name, injury_type, reason, known_at, known_at_imputed, collected_at)
SELECT j.joined_to, o.side, o.data_source, o.player_id, o.player_name, o.injury_type, o.reason, o.known_at,
    o.known_at_imputed, o.collected_at
FROM identity_merge_matches j
JOIN injuries o ON o.match_id = j.match_id
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL
ON CONFLICT DO NOTHING;

DELETE FROM injuries o
USING identity_merge_matches j
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL AND o.match_id = j.match_id;

-- Weather likewise.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'weather', o.match_id, CASE WHEN k.match_id IS NULL THEN 'moved' ELSE 'held' END, to_jsonb(o)
FROM identity_merge_matches j
JOIN weather o ON o.match_id = j.match_id
LEFT JOIN weather k ON k.match_id = j.joined_to AND k.data_source = o.data_source AND k.weather_type = o.weather_type AND k.valid_at = o.valid_at AND k.known_at = o.known_at
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL;

INSERT INTO weather (match_id, data_source, weather_type, valid_at, known_at, temperature, wind, rain, collected_at)
SELECT j.joined_to, o.data_source, o.weather_type, o.valid_at, o.known_at, o.temperature, o.wind, o.rain, o.collected_at
FROM identity_merge_matches j
JOIN weather o ON o.match_id = j.match_id
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL
ON CONFLICT DO NOTHING;

DELETE FROM weather o
USING identity_merge_matches j
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL AND o.match_id = j.match_id;

-- Lists of events: of two of one source and time the kept one's stays, whole.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'match_events', o.match_id, CASE WHEN EXISTS (
        SELECT 1 FROM match_events k WHERE k.match_id = j.joined_to AND k.source = o.source AND k.known_at = o.known_at) THEN 'held' ELSE 'moved' END, to_jsonb(o)
FROM identity_merge_matches j
JOIN match_events o ON o.match_id = j.match_id
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL;

INSERT INTO match_events (match_id, source, known_at, known_at_imputed, ordinal, minute, stoppage, side, kind, player_id, related_player_id,
    collected_at)
SELECT j.joined_to, o.source, o.known_at, o.known_at_imputed, o.ordinal, o.minute, o.stoppage, o.side, o.kind,
    o.player_id, o.related_player_id, o.collected_at
FROM identity_merge_matches j
JOIN match_events o ON o.match_id = j.match_id
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM match_events k WHERE k.match_id = j.joined_to AND k.source = o.source AND k.known_at = o.known_at)
ON CONFLICT DO NOTHING;

DELETE FROM match_events WHERE match_id IN (
    SELECT match_id FROM identity_merge_matches WHERE merge_id = $1 AND joined_to IS NOT NULL);

-- Prices during matches.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'in_play_odds', o.match_id, CASE WHEN EXISTS (
        SELECT 1 FROM in_play_odds k WHERE k.match_id = j.joined_to AND k.market_type = o.market_type AND k.bookmaker = o.bookmaker AND k.line_quarters = o.line_quarters AND k.known_at = o.known_at) THEN 'held' ELSE 'moved' END, to_jsonb(o)
FROM identity_merge_matches j
JOIN in_play_odds o ON o.match_id = j.match_id
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL;

INSERT INTO in_play_odds (match_id, market_type, bookmaker, line_quarters, known_at, home_thousandths, draw_thousandths, away_thousandths,
    over_thousandths, under_thousandths, yes_thousandths, no_thousandths, suspicious_odds, collected_at)
SELECT j.joined_to, o.market_type, o.bookmaker, o.line_quarters, o.known_at, o.home_thousandths, o.draw_thousandths,
    o.away_thousandths, o.over_thousandths, o.under_thousandths, o.yes_thousandths, o.no_thousandths,
    o.suspicious_odds, o.collected_at
FROM identity_merge_matches j
JOIN in_play_odds o ON o.match_id = j.match_id
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM in_play_odds k WHERE k.match_id = j.joined_to AND k.market_type = o.market_type AND k.bookmaker = o.bookmaker AND k.line_quarters = o.line_quarters AND k.known_at = o.known_at)
ON CONFLICT DO NOTHING;

DELETE FROM in_play_odds WHERE match_id IN (
    SELECT match_id FROM identity_merge_matches WHERE merge_id = $1 AND joined_to IS NOT NULL);

-- What sources say of fields; of two of one source the kept one's stays.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'match_claims', o.match_id, CASE WHEN EXISTS (
        SELECT 1 FROM match_claims k WHERE k.match_id = j.joined_to AND k.field = o.field AND k.source = o.source) THEN 'held' ELSE 'moved' END, to_jsonb(o)
FROM identity_merge_matches j
JOIN match_claims o ON o.match_id = j.match_id
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL;

INSERT INTO match_claims (match_id, field, source, value, recorded_at, said_at, document_id)
SELECT j.joined_to, o.field, o.source, o.value, o.recorded_at, o.said_at, o.document_id
FROM identity_merge_matches j
JOIN match_claims o ON o.match_id = j.match_id
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM match_claims k WHERE k.match_id = j.joined_to AND k.field = o.field AND k.source = o.source)
ON CONFLICT DO NOTHING;

DELETE FROM match_claims WHERE match_id IN (
    SELECT match_id FROM identity_merge_matches WHERE merge_id = $1 AND joined_to IS NOT NULL);

-- Corrections follow their match as they are.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'match_corrections', c.id, 'moved', jsonb_build_object('match_id', c.match_id)
FROM identity_merge_matches j
JOIN match_corrections c ON c.match_id = j.match_id
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL;

UPDATE match_corrections SET match_id = j.joined_to
FROM identity_merge_matches j
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL AND match_corrections.match_id = j.match_id;

-- So do paper bets.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'paper_ledger', p.sequence, 'moved', jsonb_build_object('match_id', p.match_id)
FROM identity_merge_matches j
JOIN paper_ledger p ON p.match_id = j.match_id
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL;

UPDATE paper_ledger SET match_id = j.joined_to
FROM identity_merge_matches j
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL AND paper_ledger.match_id = j.match_id;

-- Names that were accepted for the merged league or team are accepted for the kept one.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT g.id, 'name_reviews', v.id, 'moved', '{}'::jsonb
FROM identity_merges g
JOIN name_reviews v ON v.kind = g.kind AND v.resolved_id = g.merged_id
WHERE g.id = $1;

UPDATE name_reviews SET resolved_id = (SELECT kept_id FROM identity_merges WHERE id = $1)
WHERE id IN (SELECT row_id FROM identity_merge_rows WHERE merge_id = $1 AND table_name = 'name_reviews');

-- Line-ups take their players along; one that the kept match has already is put aside with its players.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'lineups', o.id, CASE WHEN k.id IS NULL THEN 'moved' ELSE 'held' END, to_jsonb(o)
FROM identity_merge_matches j
JOIN lineups o ON o.match_id = j.match_id
LEFT JOIN lineups k ON k.match_id = j.joined_to AND k.side = o.side AND k.data_source = o.data_source
    AND k.lineup_type = o.lineup_type AND k.known_at = o.known_at
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL;

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT r.merge_id, 'lineup_players', r.row_id, 'held', to_jsonb(p)
FROM identity_merge_rows r
JOIN lineup_players p ON p.lineup_id = r.row_id
WHERE r.merge_id = $1 AND r.table_name = 'lineups' AND r.change = 'held';

DELETE FROM lineups l
USING identity_merge_rows r
WHERE r.merge_id = $1 AND r.table_name = 'lineups' AND r.change = 'held' AND l.id = r.row_id;

UPDATE lineups SET match_id = j.joined_to
FROM identity_merge_matches j
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL AND lineups.match_id = j.match_id;

-- Statistics are filled field by field.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'match_stats', s.match_id, CASE WHEN k.match_id IS NULL THEN 'moved' ELSE 'held' END, to_jsonb(s)
FROM identity_merge_matches j
JOIN match_stats s ON s.match_id = j.match_id
LEFT JOIN match_stats k ON k.match_id = j.joined_to
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL;

INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'match_stats', j.joined_to, CASE WHEN k.match_id IS NULL THEN 'added' ELSE 'changed' END, to_jsonb(k)
FROM identity_merge_matches j
JOIN match_stats s ON s.match_id = j.match_id
LEFT JOIN match_stats k ON k.match_id = j.joined_to
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL;

INSERT INTO match_stats (match_id, home_shots, away_shots, home_shots_on_target, away_shots_on_target, home_woodwork, away_woodwork, home_corners,
    away_corners, home_fouls, away_fouls, home_offsides, away_offsides, home_yellow_cards, away_yellow_cards,
    home_red_cards, away_red_cards, home_expected_goals, away_expected_goals, home_possession, away_possession)
SELECT j.joined_to, s.home_shots, s.away_shots, s.home_shots_on_target, s.away_shots_on_target, s.home_woodwork, s.away_woodwork,
    s.home_corners, s.away_corners, s.home_fouls, s.away_fouls, s.home_offsides, s.away_offsides, s.home_yellow_cards,
    s.away_yellow_cards, s.home_red_cards, s.away_red_cards, s.home_expected_goals, s.away_expected_goals,
    s.home_possession, s.away_possession
FROM identity_merge_matches j
JOIN match_stats s ON s.match_id = j.match_id
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL
ON CONFLICT (match_id) DO UPDATE SET
    home_shots = coalesce(match_stats.home_shots, excluded.home_shots),
    away_shots = coalesce(match_stats.away_shots, excluded.away_shots),
    home_shots_on_target = coalesce(match_stats.home_shots_on_target, excluded.home_shots_on_target),
    away_shots_on_target = coalesce(match_stats.away_shots_on_target, excluded.away_shots_on_target),
    home_woodwork = coalesce(match_stats.home_woodwork, excluded.home_woodwork),
    away_woodwork = coalesce(match_stats.away_woodwork, excluded.away_woodwork),
    home_corners = coalesce(match_stats.home_corners, excluded.home_corners),
    away_corners = coalesce(match_stats.away_corners, excluded.away_corners),
    home_fouls = coalesce(match_stats.home_fouls, excluded.home_fouls),
    away_fouls = coalesce(match_stats.away_fouls, excluded.away_fouls),
    home_offsides = coalesce(match_stats.home_offsides, excluded.home_offsides),
    away_offsides = coalesce(match_stats.away_offsides, excluded.away_offsides),
    home_yellow_cards = coalesce(match_stats.home_yellow_cards, excluded.home_yellow_cards),
    away_yellow_cards = coalesce(match_stats.away_yellow_cards, excluded.away_yellow_cards),
    home_red_cards = coalesce(match_stats.home_red_cards, excluded.home_red_cards),
    away_red_cards = coalesce(match_stats.away_red_cards, excluded.away_red_cards),
    home_expected_goals = coalesce(match_stats.home_expected_goals, excluded.home_expected_goals),
    away_expected_goals = coalesce(match_stats.away_expected_goals, excluded.away_expected_goals),
    home_possession = coalesce(match_stats.home_possession, excluded.home_possession),
    away_possession = coalesce(match_stats.away_possession, excluded.away_possession);

DELETE FROM match_stats s
USING identity_merge_matches j
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL AND s.match_id = j.match_id;

UPDATE identity_merge_rows r SET after = to_jsonb(s)
FROM match_stats s
WHERE r.merge_id = $1 AND r.table_name = 'match_stats' AND r.change IN ('changed', 'added') AND s.match_id = r.row_id;

-- Features are computed, not known: they are put aside.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT $1, 'features', f.match_id, 'removed', to_jsonb(f)
FROM features f
WHERE f.match_id IN (SELECT match_id FROM identity_merge_matches WHERE merge_id = $1 AND joined_to IS NOT NULL)
    OR f.team_id = (SELECT merged_id FROM identity_merges WHERE id = $1 AND kind = 'team');

DELETE FROM features
WHERE match_id IN (SELECT match_id FROM identity_merge_matches WHERE merge_id = $1 AND joined_to IS NOT NULL)
    OR team_id = (SELECT merged_id FROM identity_merges WHERE id = $1 AND kind = 'team');

-- Sealed forecasts follow their match as they are.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'predictions', p.id, 'moved', jsonb_build_object('match_id', p.match_id)
FROM identity_merge_matches j
JOIN predictions p ON p.match_id = j.match_id
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL;

UPDATE predictions SET match_id = j.joined_to
FROM identity_merge_matches j
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL AND predictions.match_id = j.match_id;

-- So do forecasts that are compared.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'experiment_forecasts', f.id, 'moved', jsonb_build_object('match_id', f.match_id)
FROM identity_merge_matches j
JOIN experiment_forecasts f ON f.match_id = j.match_id
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL;

UPDATE experiment_forecasts SET match_id = j.joined_to
FROM identity_merge_matches j
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL AND experiment_forecasts.match_id = j.match_id;

-- Matches as they were; those that became part of others are gone.
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
SELECT j.merge_id, 'matches', m.id, CASE WHEN j.joined_to IS NULL THEN 'changed' ELSE 'removed' END, to_jsonb(m)
FROM identity_merge_matches j
JOIN matches m ON m.id = j.match_id
WHERE j.merge_id = $1;

DELETE FROM matches m
USING identity_merge_matches j
WHERE j.merge_id = $1 AND j.joined_to IS NOT NULL AND m.id = j.match_id;
