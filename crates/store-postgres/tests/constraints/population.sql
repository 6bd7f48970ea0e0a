-- A row in every table. Match 1 is finished, match 2 is to come.
SELECT ensure_season_partitions(ARRAY['1900-01', '1901-02']);
SELECT ensure_month_partitions('odds', ARRAY['1970-01-01'::timestamptz]);
SELECT ensure_month_partitions('raw_odds_data', ARRAY['2023-11-14'::timestamptz]);
SELECT ensure_month_partitions('predictions', ARRAY['2023-01-01'::timestamptz, '2033-05-18'::timestamptz]);
INSERT INTO leagues (code, name, country, level, source) VALUES ('E0', 'Premier League', 'England', 1, 'test');
INSERT INTO teams (name, country) VALUES ('Alpha', 'England'), ('Beta', 'England');
INSERT INTO team_aliases (source, country, alias, team_id) VALUES ('test', 'England', 'Alpha', 1);
INSERT INTO matches (id, league_id, season, home_team_id, away_team_id, leg, match_time, time_precision, match_status,
    home_score, away_score, source)
VALUES (1, 1, '1900-01', 1, 2, 1, '1970-01-01', 'minute', 'finished', 1, 0, 'test'),
    (2, 1, '1900-01', 2, 1, 1, '2033-05-18 03:33:20+00', 'minute', 'scheduled', NULL, NULL, 'test');
INSERT INTO raw_documents (data_source, name, hash, size, content, collected_at)
VALUES ('test', 'file', repeat('ab', 32), 0, '', '2023-11-14');
INSERT INTO raw_match_data (document_id, locator, data_source, collected_at) VALUES (1, 1, 'test', '2023-11-14');
INSERT INTO raw_odds_data (document_id, locator, data_source, collected_at, known_at)
VALUES (1, 1, 'test', '2023-11-14', '2023-11-14');
INSERT INTO raw_scores_data (document_id, locator, data_source, collected_at) VALUES (1, 1, 'test', '2023-11-14');
INSERT INTO document_readings (document_id, reading) VALUES (1, 'r');
INSERT INTO match_stats (match_id) VALUES (1);
INSERT INTO odds (match_id, market_type, bookmaker, phase, known_at, known_at_imputed, home_thousandths, collected_at)
VALUES (1, '1x2', 'B365', 'closing', '1970-01-01', false, 2000, now());
INSERT INTO lineups (id, match_id, side, data_source, lineup_type, known_at, known_at_imputed, collected_at)
VALUES (1, 1, 'home', 's', 'confirmed', '1970-01-01', false, now());
INSERT INTO lineup_players (lineup_id, place, player_id, player_name) VALUES (1, 1, '7', 'n');
INSERT INTO injuries (match_id, side, data_source, player_id, player_name, injury_type, known_at, known_at_imputed,
    collected_at)
VALUES (1, 'home', 's', '7', 'n', 'missing', '1970-01-01', false, now());
INSERT INTO players (source, external_id, name) VALUES ('s', '7', 'n');
INSERT INTO match_events (match_id, source, known_at, known_at_imputed, ordinal, minute, side, kind, player_id, collected_at)
VALUES (1, 's', '1970-01-01', false, 1, 12, 'home', 'goal', 1, now());
INSERT INTO weather VALUES (1, 'w', 'forecast', '1970-01-01', '1970-01-01', 10.0, 3.0, 0.5, now());
INSERT INTO team_ratings VALUES ('s', 'England', 'Alpha', 1, 1500.0, '2025-01-01', '2025-01-02', now());
INSERT INTO news_items VALUES ('s', '1', 'transfers', 'T', NULL, NULL, NULL, 0.5, 0.0, NULL, now());
INSERT INTO source_shapes VALUES ('s', 'odds', 'x', '[]', now());
INSERT INTO grounds VALUES ('England', 'Alpha', '1850-01-01', 'Park', 51.5, -0.5);
INSERT INTO in_play_odds (match_id, market_type, bookmaker, known_at, home_thousandths, collected_at)
VALUES (1, '1x2', 'B365', '1970-01-01 00:01:00+00', 2000, now());
INSERT INTO features (match_id, team_id, as_of, created_at, definitions_hash, feature_values)
VALUES (2, 1, now(), now(), 'h', '{}');
INSERT INTO feature_sets (hash, feature_names) VALUES (repeat('f', 64), '["elo@1"]');
INSERT INTO predictions (match_id, model_name, model_version, home_win_probability, draw_probability,
    away_win_probability, predicted_result, expected_home_goals, expected_away_goals, predicted_home_score,
    predicted_away_score, over_2_5_probability, both_teams_score_probability, confidence_score, features_used, score_grid,
    match_time, time_precision, league_code, season, home_team, away_team, leg, manifest_hash, data_hash, ledger_version,
    previous_hash, entry_hash, ledger_sequence, as_of, sealed_at)
VALUES (2, 'm', '1', 0.5, 0.25, 0.25, 'home_win', 1, 1, 1, 1, 0.5, 0.5, 0.5, repeat('f', 64), '', '2033-05-18', 'day',
    'E0', '1900-01', 'Beta', 'Alpha', 1, 'm', 'd', 1, repeat('0', 64), repeat('a', 64), 1, '2023-01-01', '2023-01-01');
INSERT INTO model_versions (name, version, path, manifest_hash, trained_at, metrics)
VALUES ('m', '1', 'p', 'h', now(), '{}'), ('m', '2', 'p', 'h', now(), '{}');
INSERT INTO data_quality_logs (table_name, error_type, severity, error_data, error_message, detected_at)
VALUES ('matches', 't', 'low', '', '', now());
INSERT INTO data_collection_logs (data_source, collection_type, start_time, status)
VALUES ('s', 't', '1970-01-01', 'running');
INSERT INTO collection_watermarks VALUES ('s', 'results', 'x', repeat('ab', 32), now(), now());
INSERT INTO collection_budgets VALUES ('s', now(), 1);
INSERT INTO jobs (name, key, queue, priority, parameters, due_at, long, attempts, needs, follows, status, enqueued_at)
VALUES ('j', 'a', 'odds', 1, '{}', now(), false, 3, '[]', '[]', 'waiting', now()),
    ('j', 'b', 'odds', 1, '{}', now(), false, 3, '[]', '[]', 'waiting', now());
INSERT INTO schedules VALUES ('s', 'j', '* * * * *', '{}', true, 'skip', false, now());
INSERT INTO leases VALUES ('scheduler', 'h', 1, now());
INSERT INTO workers VALUES ('w', now(), now(), 1);
INSERT INTO lineage_runs VALUES (repeat('ab', 18), 'j', 'n', 'START', now(), NULL, '{}');
INSERT INTO lineage_events (run_id, event_type, event_at, is_to_send, next_try_at, body)
SELECT id, 'START', now(), true, now(), '{}' FROM lineage_runs;
INSERT INTO lineage_nodes VALUES ('job', 'j', 'n', now(), now(), '{}');
INSERT INTO users (name, password_hash, role, disabled, created_at) VALUES ('u', '$argon2id$x', 'viewer', false, now());
INSERT INTO sessions SELECT repeat('0', 32), id, 0, now(), now(), now() FROM users;
INSERT INTO api_keys (name, user_id, hash, scopes, created_at) SELECT 'k', id, repeat('ab', 32), 'read', now() FROM users;
INSERT INTO tickets SELECT repeat('0', 32), 'import', id, '{}', '', 0, 'c', 'open', NULL, '', 0, now(), NULL, now() + interval '1 hour',
    'waiting', NULL, NULL FROM users;
INSERT INTO user_identities SELECT 'i', 's', id, now() FROM users;
INSERT INTO alerts (name, component, subject, severity, summary, details, advice, first_seen, last_seen)
VALUES ('n', 'c', '', 'low', 's', 'd', '[]', now(), now());
INSERT INTO alert_notices (alert_id, channel, kind, queued_at, next_try_at) SELECT id, 'mail', 'firing', now(), now() FROM alerts;
INSERT INTO alert_silences (name, reason, created_by, created_at, until) VALUES ('n', 'r', 'b', now(), now());
INSERT INTO model_experiments VALUES ('x', 'm', '1', '2', 'split', 0.5, '2023-01-01', NULL);
INSERT INTO experiment_forecasts (experiment_id, match_id, arm, control_home, control_draw, control_away, treatment_home,
    treatment_draw, treatment_away, recorded_at)
VALUES ('x', 2, 'control', 0.5, 0.25, 0.25, 0.25, 0.25, 0.5, '2023-01-01');
INSERT INTO backtests (digest, made_at, summary, report) VALUES (repeat('ab', 32), now(), '{}', '{}');
INSERT INTO error_logs (task_name, error_type, error_message, created_at) VALUES ('t', 'e', 'm', now());
INSERT INTO audit_logs (actor, action, subject, created_at) VALUES ('a', 'b', 'c', now());
INSERT INTO archived_odds (match_id, lake, quotes, removed, digest, archived_at)
VALUES (1, 'l', 2, 1, repeat('ab', 32), now());
INSERT INTO model_artifacts (model_name, version, file, hash, size, content)
VALUES ('m', '1', 'f', repeat('ab', 32), 0, '');
INSERT INTO outbox (kind, match_id, details, recorded_at) VALUES ('odds', 1, '{}', now());
INSERT INTO feed_readers (name, position, advanced_at) VALUES ('r', 0, now());
INSERT INTO identity_merges (kind, kept_id, kept_name, merged_id, merged_name, done_by, done_at)
VALUES ('league', 1, 'a', 9, 'b', 'x', now());
INSERT INTO identity_merge_matches (merge_id, match_id, joined_to) VALUES (1, 9, 1);
INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before) VALUES (1, 'matches', 9, 'removed', '{}');
INSERT INTO league_aliases (source, alias, league_id) VALUES ('test', 'E0', 1);
INSERT INTO match_identifiers (source, external_id, match_id) VALUES ('test', '7', 1);
INSERT INTO line_corrections (document_id, locator, line, reason, decided_by, decided_at) VALUES (1, 2, 'l', 'r', 'a', now());
INSERT INTO held_rows (document_id, locator, rule, rule_version, reason, fingerprint, says, state, held_at)
VALUES (1, 2, 'r', 1, 'r', 'f', 's', 'held', now());
INSERT INTO data_versions VALUES ('v', repeat('a', 64), 1, 1, 'p', now());
INSERT INTO row_decisions (fingerprint, verdict, reason, decided_by, decided_at) VALUES ('f', 'release', 'r', 'a', now());
INSERT INTO match_origins (match_id, document_id, locator) VALUES (1, 1, 2);
INSERT INTO match_claims (match_id, field, source, value, recorded_at) VALUES (1, 'score', 'other', '2-0', now());
INSERT INTO match_corrections (match_id, field, source, old_value, new_value, said_at, known_at, verdict, decided_by, recorded_at)
VALUES (1, 'score', 'test', '1-0', '2-0', now(), now(), 'taken', 'newer', now());
INSERT INTO name_reviews (kind, source, country, league_id, name, opened_at)
VALUES ('team', 'other', 'England', 1, 'Alfa', now());
INSERT INTO name_review_documents (review_id, document_id) VALUES (1, 1);
INSERT INTO paper_ledger (sequence, kind, written_at, match_id, content, previous_hash, entry_hash)
VALUES (1, 'bet', '2023-01-01', 2, '{}', repeat('0', 64), repeat('a', 64));
INSERT INTO paper_ledger (sequence, kind, written_at, content, previous_hash, entry_hash)
VALUES (2, 'limits', '2023-01-01', '{}', repeat('a', 64), repeat('b', 64));
