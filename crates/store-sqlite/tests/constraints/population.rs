//! A store with a row in every table.
#![allow(clippy::unwrap_used, reason = "used by tests alone")]

use crate::support::{Fresh, change, details, execute, fresh, matches, one_match};
use touchline_domain::ports::{
    BronzeWriter, FeatureSet, ModelVersion, ModelWriter, PredictionWriter, QualityWriter, SealedForecast,
    SilverWriter,
};
use touchline_domain::{
    Forecast, Kickoff, MatchId, MatchStatus, NewDocument, NewMatch, QualityIssue, RawRecord, RecordKind,
    Severity,
};

/// Match 1 is finished, match 2 is to come.
#[expect(clippy::too_many_lines, reason = "a statement for each table")]
pub async fn populated() -> Fresh {
    let store = fresh().await;
    one_match(&store).await;
    let upcoming = matches(&store, 1, 1).await.remove(0);
    let kickoff = Kickoff::at(chrono::DateTime::from_timestamp(2_000_000_000, 0).unwrap());
    let upcoming = NewMatch { kickoff, status: MatchStatus::Scheduled, score: None, ..upcoming };
    store.apply(&change(vec![upcoming])).await.unwrap();
    let record = |kind| RawRecord {
        kind,
        locator: 1,
        external_match_id: None,
        external_league_id: None,
        match_time: None,
        payload: None,
    };
    for (kind, bytes) in [(RecordKind::Match, b"1"), (RecordKind::Odds, b"2"), (RecordKind::Score, b"3")] {
        let document = NewDocument {
            source: "test",
            name: "file",
            bytes,
            hash: &blake3::hash(bytes).to_hex(),
            collected_at: kickoff.at,
            records: &[record(kind)],
        };
        store.store_document(&document).await.unwrap();
    }
    let at = chrono::DateTime::from_timestamp(1_900_000_000, 0).unwrap();
    let features = FeatureSet::new(|bytes| *blake3::hash(bytes).as_bytes(), vec!["elo@1".to_owned()]);
    let forecast = SealedForecast {
        match_id: MatchId(2),
        model_name: "m".to_owned(),
        model_version: "1".to_owned(),
        forecast: Forecast::new(0.5, 0.25, 0.25).unwrap(),
        expected_goals: (1.0, 1.0),
        as_of: at,
        sealed_at: at,
        details: Some(Box::new(details(&features, kickoff))),
    };
    assert_eq!(store.seal(&[forecast], &[features]).await.unwrap(), 1);
    let model = ModelVersion {
        name: "m".to_owned(),
        version: "1".to_owned(),
        path: "p".to_owned(),
        manifest_hash: "h".to_owned(),
        trained_at: at,
        metrics: serde_json::json!({}),
    };
    store.register(&model).await.unwrap();
    store.register(&ModelVersion { version: "2".to_owned(), ..model }).await.unwrap();
    let issue = QualityIssue {
        table: "matches",
        document: None,
        locator: 0,
        error_type: "t".to_owned(),
        severity: Severity::Low,
        message: String::new(),
        data: String::new(),
        requires_manual_review: false,
    };
    store.record_issues(&[issue], at).await.unwrap();
    let mut raw = store.raw().await;
    for sql in [
        "INSERT INTO match_stats (match_id) VALUES (1)",
        "INSERT INTO odds (match_id, market_type, bookmaker, phase, known_at, known_at_imputed, home_thousandths, \
         collected_at) VALUES (1, '1x2', 'B365', 'closing', 0, 0, 2000, 0)",
        "INSERT INTO lineups (match_id, side, data_source, lineup_type, known_at, known_at_imputed, collected_at) \
         VALUES (1, 'home', 's', 'confirmed', 0, 0, 0)",
        "INSERT INTO lineup_players (lineup_id, place, player_id, player_name) VALUES (1, 1, '7', 'n')",
        "INSERT INTO injuries (match_id, side, data_source, player_id, player_name, injury_type, known_at, \
         known_at_imputed, collected_at) VALUES (1, 'home', 's', '7', 'n', 'missing', 0, 0, 0)",
        "INSERT INTO players (source, external_id, name) VALUES ('s', '7', 'n')",
        "INSERT INTO match_events (match_id, source, known_at, known_at_imputed, ordinal, minute, side, kind, player_id, \
         collected_at) VALUES (1, 's', 0, 0, 1, 12, 'home', 'goal', 1, 0)",
        "INSERT INTO weather VALUES (1, 'w', 'forecast', 0, 0, 10.0, 3.0, 0.5, 0)",
        "INSERT INTO team_ratings VALUES ('s', 'England', 'Alpha', 1, 1500.0, '2025-01-01', '2025-01-02', 0)",
        "INSERT INTO news_items VALUES ('s', '1', 'transfers', 'T', NULL, NULL, NULL, 0.5, 0.0, NULL, 0)",
        "INSERT INTO source_shapes VALUES ('s', 'odds', 'x', '[]', 0)",
        "INSERT INTO grounds VALUES ('England', 'Alpha', '1850-01-01', 'Park', 51.5, -0.5)",
        "INSERT INTO in_play_odds (match_id, market_type, bookmaker, known_at, home_thousandths, collected_at) \
         VALUES (1, '1x2', 'B365', 60, 2000, 0)",
        "INSERT INTO features (match_id, team_id, as_of, created_at, definitions_hash, feature_values) \
         VALUES (2, 1, 0, 0, 'h', '{}')",
        "INSERT INTO data_collection_logs (data_source, collection_type, start_time, status) \
         VALUES ('s', 't', 100, 'running')",
        "INSERT INTO collection_watermarks VALUES ('s', 'results', 'x', replace(hex(zeroblob(32)), '00', 'ab'), 0, 0)",
        "INSERT INTO collection_budgets VALUES ('s', 0, 1)",
        "INSERT INTO jobs (name, key, queue, priority, parameters, due_at, long, attempts, needs, follows, status, enqueued_at) \
         VALUES ('j', 'a', 'odds', 1, '{}', 0, 0, 3, '[]', '[]', 'waiting', 0)",
        "INSERT INTO schedules VALUES ('s', 'j', '* * * * *', '{}', 1, 'skip', 0, 0)",
        "INSERT INTO leases VALUES ('scheduler', 'h', 1, 0)",
        "INSERT INTO workers VALUES ('w', 0, 0, 1)",
        "INSERT INTO alerts (name, component, subject, severity, summary, details, advice, first_seen, last_seen) \
            VALUES ('n', 'c', '', 'low', 's', 'd', '[]', 0, 0)",
        "INSERT INTO alert_notices (alert_id, channel, kind, queued_at, next_try_at) VALUES (1, 'mail', 'firing', 0, 0)",
        "INSERT INTO alert_silences (name, reason, created_by, created_at, until) VALUES ('n', 'r', 'b', 0, 1)",
        "INSERT INTO lineage_runs VALUES (replace(hex(zeroblob(18)), '00', 'ab'), 'j', 'n', 'START', 0, NULL, '{}')",
        "INSERT INTO lineage_events (run_id, event_type, event_at, is_to_send, next_try_at, body) \
         SELECT id, 'START', 0, 1, 0, '{}' FROM lineage_runs",
        "INSERT INTO lineage_nodes VALUES ('job', 'j', 'n', 0, 0, '{}')",
        "INSERT INTO users VALUES (1, 'u', '$argon2id$x', 'viewer', 0, 0, NULL)",
        "INSERT INTO sessions VALUES (hex(zeroblob(16)), 1, 0, 0, 0, 0, NULL)",
        "INSERT INTO api_keys VALUES (1, 'k', 1, replace(hex(zeroblob(32)), '00', 'ab'), 'read', 0, NULL, NULL, NULL)",
        "INSERT INTO tickets VALUES (hex(zeroblob(16)), 'import', 1, '{}', x'', 0, 'c', 'open', NULL, x'', 0, 0, NULL, 9, 'waiting', NULL, NULL)",
        "INSERT INTO user_identities VALUES ('i', 's', 1, 0)",
        "INSERT INTO model_experiments VALUES ('x', 'm', '1', '2', 'split', 0.5, 0, NULL)",
        "INSERT INTO experiment_forecasts (experiment_id, match_id, arm, control_home, control_draw, control_away, \
            treatment_home, treatment_draw, treatment_away, recorded_at) \
            VALUES ('x', 2, 'control', 0.5, 0.25, 0.25, 0.25, 0.25, 0.5, 0)",
        "INSERT INTO backtests (digest, made_at, summary, report) \
            VALUES (replace(hex(zeroblob(32)), '00', 'ab'), 0, '{}', '{}')",
        "INSERT INTO error_logs (task_name, error_type, error_message, created_at) VALUES ('t', 'e', 'm', 0)",
        "INSERT INTO feed_readers (name, position, advanced_at) VALUES ('r', 0, 0)",
        "INSERT INTO audit_logs (actor, action, subject, created_at) VALUES ('a', 'b', 'c', 0)",
        "INSERT INTO document_readings (document_id, reading) VALUES (1, 'r')",
        "INSERT INTO model_artifacts (model_name, version, file, hash, size, content) \
         VALUES ('m', '1', 'f', replace(hex(zeroblob(32)), '00', 'ab'), 0, x'')",
        "INSERT INTO archived_odds (match_id, lake, quotes, removed, digest, archived_at) \
         VALUES (1, 'l', 2, 1, replace(hex(zeroblob(32)), '00', 'ab'), 0)",
        "INSERT INTO identity_merges (kind, kept_id, kept_name, merged_id, merged_name, done_by, done_at) \
         VALUES ('league', 1, 'a', 9, 'b', 'x', 0)",
        "INSERT INTO identity_merge_matches (merge_id, match_id, joined_to) VALUES (1, 9, 1)",
        "INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before) \
         VALUES (1, 'matches', 9, 'removed', '{}')",
        "INSERT INTO match_identifiers (source, external_id, match_id) VALUES ('test', '7', 1)",
        "INSERT INTO line_corrections (document_id, locator, line, reason, decided_by, decided_at) VALUES (1, 2, 'l', 'r', 'a', 0)",
        "INSERT INTO held_rows (document_id, locator, rule, rule_version, reason, fingerprint, says, state, held_at) \
         VALUES (1, 2, 'r', 1, 'r', 'f', 's', 'held', 0)",
        "INSERT INTO data_versions VALUES ('v', replace(hex(zeroblob(32)), '0', 'a'), 1, 1, 'p', 0)",
        "INSERT INTO row_decisions (fingerprint, verdict, reason, decided_by, decided_at) VALUES ('f', 'release', 'r', 'a', 0)",
        "INSERT INTO match_origins (match_id, document_id, locator) VALUES (1, 1, 2)",
        "INSERT INTO match_claims (match_id, field, source, value, recorded_at) VALUES (1, 'score', 'other', '2-0', 0)",
        "INSERT INTO match_corrections (match_id, field, source, old_value, new_value, said_at, known_at, verdict, decided_by, \
         recorded_at) VALUES (1, 'score', 'test', '1-0', '2-0', 0, 0, 'taken', 'newer', 0)",
        "INSERT INTO paper_ledger (sequence, kind, written_at, match_id, content, previous_hash, entry_hash) \
         VALUES (1, 'bet', 0, 2, '{}', replace(hex(zeroblob(32)), '00', '00'), replace(hex(zeroblob(32)), '00', 'aa'))",
        "INSERT INTO paper_ledger (sequence, kind, written_at, content, previous_hash, entry_hash) \
         VALUES (2, 'limits', 0, '{}', replace(hex(zeroblob(32)), '00', 'aa'), replace(hex(zeroblob(32)), '00', 'bb'))",
        "INSERT INTO name_reviews (kind, source, country, league_id, name, opened_at) \
         VALUES ('team', 'other', 'England', 1, 'Alfa', 0)",
        "INSERT INTO name_review_documents (review_id, document_id) VALUES (1, 1)",
    ] {
        assert_eq!(execute(&mut raw, sql).await, Ok(1), "{sql}");
    }
    store
}
