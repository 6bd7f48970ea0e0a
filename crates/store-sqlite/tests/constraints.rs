//! Every constraint of the schema, attacked by raw SQL.

mod support;

use sqlx::{Row, SqlSafeStr};
use std::collections::BTreeSet;
use support::{Fresh, execute, fresh, one_match};
use touchline_domain::ports::{BronzeRepository, ModelRepository, ModelVersion, PredictionRepository};
use touchline_domain::ports::{QualityLog, SealedForecast};
use touchline_domain::{
    Forecast, Kickoff, MatchStatus, NewDocument, NewMatch, QualityIssue, RawRecord, RecordKind, Severity,
};

/// A store with a row in every table: match 1 is finished, match 2 is to come.
async fn populated() -> Fresh {
    let store = fresh().await;
    one_match(&store).await;
    let upcoming = support::matches(&store, 1, 1).await.remove(0);
    let kickoff = Kickoff::at(chrono::DateTime::from_timestamp(2_000_000_000, 0).unwrap());
    let upcoming = NewMatch { kickoff, status: MatchStatus::Scheduled, score: None, ..upcoming };
    use touchline_domain::ports::SilverRepository;
    store.apply(&support::change(vec![upcoming])).await.unwrap();
    let record =
        RawRecord { locator: 1, external_match_id: None, external_league_id: None, match_time: None };
    for (kind, bytes) in [(RecordKind::Match, b"1"), (RecordKind::Odds, b"2"), (RecordKind::Score, b"3")] {
        let document = NewDocument {
            source: "test",
            name: "file",
            bytes,
            hash: &blake3::hash(bytes).to_hex(),
            collected_at: kickoff.at,
            kind,
            records: std::slice::from_ref(&record),
        };
        store.store_document(&document).await.unwrap();
    }
    let at = chrono::DateTime::from_timestamp(1_900_000_000, 0).unwrap();
    let forecast = SealedForecast {
        match_id: touchline_domain::MatchId(2),
        model_name: "m".to_owned(),
        model_version: "1".to_owned(),
        forecast: Forecast::new(0.5, 0.25, 0.25).unwrap(),
        expected_goals: (1.0, 1.0),
        as_of: at,
        sealed_at: at,
    };
    assert_eq!(store.seal(&[forecast]).await.unwrap(), 1);
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
        "INSERT INTO features (match_id, team_id, as_of, created_at, definitions_hash, feature_values) \
         VALUES (2, 1, 0, 0, 'h', '{}')",
        "INSERT INTO data_collection_logs (data_source, collection_type, start_time, status) \
         VALUES ('s', 't', 100, 'running')",
        "INSERT INTO error_logs (task_name, error_type, error_message, created_at) VALUES ('t', 'e', 'm', 0)",
        "INSERT INTO audit_logs (actor, action, subject, created_at) VALUES ('a', 'b', 'c', 0)",
    ] {
        assert_eq!(execute(&mut raw, sql).await, Ok(1), "{sql}");
    }
    store
}

const ODDS: &str = "INSERT INTO odds (match_id, market_type, bookmaker, line_quarters, phase, known_at, \
    known_at_imputed, collected_at, home_thousandths, draw_thousandths, away_thousandths, over_thousandths, \
    under_thousandths, yes_thousandths, no_thousandths) VALUES ";

const PREDICTION: &str = "INSERT INTO predictions (match_id, model_name, model_version, home_win_probability, \
    draw_probability, away_win_probability, predicted_result, expected_home_goals, expected_away_goals, as_of, \
    sealed_at) VALUES ";

const MATCH: &str = "INSERT INTO matches (league_id, season, home_team_id, away_team_id, leg, match_time, \
    time_precision, match_status, source) VALUES ";

/// Constraint, statement, and the table's columns that the statement's values belong to, where they are many.
const ATTACKS: &[(&str, &str, &str)] = &[
    // Documents and records.
    ("ck_raw_documents_data_source", "UPDATE raw_documents SET data_source = ''", ""),
    ("ck_raw_documents_hash", "UPDATE raw_documents SET hash = upper(hash)", ""),
    ("ck_raw_documents_hash", "UPDATE raw_documents SET hash = substr(hash, 2)", ""),
    ("ck_raw_documents_size", "UPDATE raw_documents SET size = -1", ""),
    (
        "raw_documents.data_source, raw_documents.hash",
        "INSERT INTO raw_documents (data_source, name, hash, size, content, collected_at) SELECT data_source, 'x', hash, 0, x'', 0 FROM raw_documents",
        "",
    ),
    ("ck_raw_match_data_locator", "UPDATE raw_match_data SET locator = -1", ""),
    ("ck_raw_match_data_processed", "UPDATE raw_match_data SET processed = 2", ""),
    ("FOREIGN KEY", "UPDATE raw_match_data SET document_id = 99", ""),
    ("ck_raw_odds_data_locator", "UPDATE raw_odds_data SET locator = -1", ""),
    ("ck_raw_odds_data_processed", "UPDATE raw_odds_data SET processed = 2", ""),
    ("FOREIGN KEY", "UPDATE raw_odds_data SET document_id = 99", ""),
    ("ck_raw_scores_data_locator", "UPDATE raw_scores_data SET locator = -1", ""),
    ("ck_raw_scores_data_processed", "UPDATE raw_scores_data SET processed = 2", ""),
    ("FOREIGN KEY", "UPDATE raw_scores_data SET document_id = 99", ""),
    ("FOREIGN KEY", "DELETE FROM raw_documents", ""),
    // Leagues and clubs.
    ("ck_leagues_code", "UPDATE leagues SET code = ''", ""),
    ("ck_leagues_name", "UPDATE leagues SET name = ''", ""),
    ("ck_leagues_country", "UPDATE leagues SET country = ''", ""),
    ("ck_leagues_level", "UPDATE leagues SET level = 256", ""),
    ("ck_leagues_season_start_month", "UPDATE leagues SET season_start_month = 13", ""),
    ("ck_leagues_season_end_month", "UPDATE leagues SET season_end_month = 0", ""),
    ("ck_leagues_is_active", "UPDATE leagues SET is_active = 2", ""),
    (
        "leagues.code",
        "INSERT INTO leagues (code, name, country, level, source) SELECT code, 'x', 'x', 1, 'x' FROM leagues",
        "",
    ),
    ("cannot store TEXT", "UPDATE leagues SET level = 'first'", ""),
    ("FOREIGN KEY", "DELETE FROM leagues", ""),
    ("ck_teams_name", "UPDATE teams SET name = '' WHERE id = 1", ""),
    ("ck_teams_country", "UPDATE teams SET country = '' WHERE id = 1", ""),
    ("ck_teams_founded_year", "UPDATE teams SET founded_year = 1700", ""),
    ("FOREIGN KEY", "UPDATE teams SET league_id = 99", ""),
    ("teams.country, teams.name", "UPDATE teams SET name = 'same'", ""),
    ("FOREIGN KEY", "DELETE FROM teams WHERE id = 1", ""),
    ("ck_team_aliases_alias", "UPDATE team_aliases SET alias = ''", ""),
    ("FOREIGN KEY", "UPDATE team_aliases SET team_id = 99", ""),
    (
        "team_aliases.source, team_aliases.country, team_aliases.alias",
        "INSERT INTO team_aliases SELECT source, country, alias, 2 FROM team_aliases",
        "",
    ),
    // Matches.
    ("ck_matches_season", "UPDATE matches SET season = '2022/23'", ""),
    ("ck_matches_leg", "UPDATE matches SET leg = 0", ""),
    ("ck_matches_leg", "UPDATE matches SET leg = 256", ""),
    ("ck_matches_match_time_range", "UPDATE matches SET match_time = unixepoch('1887-12-31 23:59:59')", ""),
    ("ck_matches_match_time_range", "UPDATE matches SET match_time = unixepoch('2202-01-01')", ""),
    ("ck_matches_time_precision", "UPDATE matches SET time_precision = 'hour'", ""),
    ("ck_matches_match_status", "UPDATE matches SET match_status = 'done'", ""),
    ("ck_matches_home_score_range", "UPDATE matches SET home_score = 100, away_score = 0", ""),
    ("ck_matches_home_score_range", "UPDATE matches SET home_score = -1, away_score = 0", ""),
    ("ck_matches_away_score_range", "UPDATE matches SET home_score = 0, away_score = 120", ""),
    (
        "ck_matches_home_ht_score_range",
        "UPDATE matches SET home_ht_score = 2, away_ht_score = 0 WHERE id = 1",
        "",
    ),
    (
        "ck_matches_home_ht_score_range",
        "UPDATE matches SET home_ht_score = -1, away_ht_score = 0 WHERE id = 2",
        "",
    ),
    (
        "ck_matches_away_ht_score_range",
        "UPDATE matches SET home_ht_score = 0, away_ht_score = 1 WHERE id = 1",
        "",
    ),
    (
        "ck_matches_away_ht_score_range",
        "UPDATE matches SET home_ht_score = 0, away_ht_score = 100 WHERE id = 2",
        "",
    ),
    ("ck_matches_attendance", "UPDATE matches SET attendance = -1", ""),
    ("ck_matches_score_of_both", "UPDATE matches SET home_score = 1 WHERE id = 2", ""),
    ("ck_matches_ht_score_of_both", "UPDATE matches SET away_ht_score = 0", ""),
    ("ck_matches_finished_has_score", "UPDATE matches SET home_score = NULL, away_score = NULL", ""),
    ("ck_matches_finished_has_score", "UPDATE matches SET match_status = 'finished'", ""),
    ("matches.league_id, matches.season", "(1, '1900-01', 1, 2, 1, 0, 'day', 'scheduled', 's')", MATCH),
    ("tr_check_match_teams_consistency", "(1, '2000-01', 1, 1, 1, 0, 'day', 'scheduled', 's')", MATCH),
    ("tr_check_match_teams_consistency", "(1, '2000-01', 99, 1, 1, 0, 'day', 'scheduled', 's')", MATCH),
    ("tr_check_match_teams_consistency", "(1, '2000-01', 1, 99, 1, 0, 'day', 'scheduled', 's')", MATCH),
    ("tr_check_match_teams_consistency", "(99, '2000-01', 1, 2, 1, 0, 'day', 'scheduled', 's')", MATCH),
    ("tr_check_match_teams_consistency_update", "UPDATE matches SET away_team_id = home_team_id", ""),
    ("tr_check_match_teams_consistency_update", "UPDATE matches SET home_team_id = 99", ""),
    ("tr_check_match_teams_consistency_update", "UPDATE matches SET away_team_id = 99", ""),
    ("tr_check_match_teams_consistency_update", "UPDATE matches SET league_id = 99", ""),
    ("NOT NULL", "UPDATE matches SET match_time = NULL", ""),
    ("FOREIGN KEY", "DELETE FROM matches", ""),
    // Odds.
    (
        "ck_odds_market_type",
        "(1, '1x3', 'B', -32768, 'closing', 0, 0, 0, 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_bookmaker",
        "(1, '1x2', '', -32768, 'closing', 0, 0, 0, 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_line_range",
        "(1, 'over_under', 'B', 401, 'closing', 0, 0, 0, NULL, NULL, NULL, 2000, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_phase",
        "(1, '1x2', 'B', -32768, 'opening', 0, 0, 0, 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_known_at_imputed",
        "(1, '1x2', 'B', -32768, 'closing', 0, 2, 0, 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_home_odds_range",
        "(1, '1x2', 'B', -32768, 'closing', 0, 0, 0, 1000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_home_odds_range",
        "(1, '1x2', 'B', -32768, 'closing', 0, 0, 0, 1000000000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_draw_odds_range",
        "(1, '1x2', 'B', -32768, 'closing', 0, 0, 0, NULL, 1000, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_away_odds_range",
        "(1, '1x2', 'B', -32768, 'closing', 0, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_over_odds_range",
        "(1, 'over_under', 'B', 10, 'closing', 0, 0, 0, NULL, NULL, NULL, -5, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_under_odds_range",
        "(1, 'over_under', 'B', 10, 'closing', 0, 0, 0, NULL, NULL, NULL, NULL, 1000, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_yes_odds_range",
        "(1, 'both_teams_score', 'B', -32768, 'closing', 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 1000, NULL)",
        ODDS,
    ),
    (
        "ck_odds_no_odds_range",
        "(1, 'both_teams_score', 'B', -32768, 'closing', 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, 1000)",
        ODDS,
    ),
    ("ck_odds_suspicious_odds", "UPDATE odds SET suspicious_odds = 2", ""),
    (
        "odds.match_id, odds.market_type, odds.bookmaker, odds.line_quarters",
        "(1, '1x2', 'B365', -32768, 'closing', 0, 0, 0, 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    ("NOT NULL", "(1, '1x2', 'B', NULL, 'closing', 0, 0, 0, 2000, NULL, NULL, NULL, NULL, NULL, NULL)", ODDS),
    (
        "tr_check_odds_consistency",
        "(99, '1x2', 'B', -32768, 'closing', 0, 0, 0, 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "tr_check_odds_consistency",
        "(1, '1x2', 'B', -32768, 'closing', 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "tr_check_odds_consistency",
        "(1, '1x2', 'B', 10, 'closing', 0, 0, 0, 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "tr_check_odds_consistency",
        "(1, '1x2', 'B', -32768, 'closing', 0, 0, 0, 2000, NULL, NULL, 2000, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "tr_check_odds_consistency",
        "(1, 'over_under', 'B', -32768, 'closing', 0, 0, 0, NULL, NULL, NULL, 2000, 2000, NULL, NULL)",
        ODDS,
    ),
    (
        "tr_check_odds_consistency",
        "(1, 'over_under', 'B', 10, 'closing', 0, 0, 0, 2000, NULL, NULL, 2000, 2000, NULL, NULL)",
        ODDS,
    ),
    (
        "tr_check_odds_consistency",
        "(1, 'asian_handicap', 'B', 10, 'closing', 0, 0, 0, 2000, 2000, 2000, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "tr_check_odds_consistency",
        "(1, 'asian_handicap', 'B', -32768, 'closing', 0, 0, 0, 2000, NULL, 2000, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "tr_check_odds_consistency",
        "(1, 'both_teams_score', 'B', -32768, 'closing', 0, 0, 0, 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    ("tr_odds_never_rewritten", "UPDATE odds SET home_thousandths = 3000", ""),
    ("tr_odds_never_rewritten", "UPDATE odds SET known_at = 1", ""),
    // Forecasts.
    ("FOREIGN KEY", "UPDATE features SET match_id = 99", ""),
    ("FOREIGN KEY", "UPDATE features SET team_id = 99", ""),
    ("ck_features_values", "UPDATE features SET feature_values = '{'", ""),
    (
        "features.match_id, features.team_id, features.as_of",
        "INSERT INTO features (match_id, team_id, as_of, created_at, definitions_hash, feature_values) SELECT match_id, team_id, as_of, 1, definitions_hash, '[]' FROM features",
        "",
    ),
    ("ck_predictions_model_name", "(2, '', '1', 0.5, 0.25, 0.25, 'draw', 1, 1, 0, 0)", PREDICTION),
    (
        "ck_predictions_home_win_probability",
        "(2, 'm', '1', 1.5, -0.25, -0.25, 'draw', 1, 1, 0, 0)",
        PREDICTION,
    ),
    ("ck_predictions_draw_probability", "(2, 'm', '1', 1, -0.25, 0.25, 'draw', 1, 1, 0, 0)", PREDICTION),
    ("ck_predictions_away_win_probability", "(2, 'm', '1', 1, 0.25, -0.25, 'draw', 1, 1, 0, 0)", PREDICTION),
    ("ck_predictions_predicted_result", "(2, 'm', '1', 0.5, 0.25, 0.25, 'home', 1, 1, 0, 0)", PREDICTION),
    ("ck_predictions_expected_home_goals", "(2, 'm', '1', 0.5, 0.25, 0.25, 'draw', -1, 1, 0, 0)", PREDICTION),
    (
        "ck_predictions_expected_away_goals",
        "(2, 'm', '1', 0.5, 0.25, 0.25, 'draw', 1, 100, 0, 0)",
        PREDICTION,
    ),
    ("ck_predictions_probability_sum", "(2, 'm', '1', 0.5, 0.25, 0.2488, 'draw', 1, 1, 0, 0)", PREDICTION),
    ("ck_predictions_probability_sum", "(2, 'm', '1', 0.5, 0.25, 0.2512, 'draw', 1, 1, 0, 0)", PREDICTION),
    (
        "ck_predictions_over_2_5_probability",
        "INSERT INTO predictions SELECT NULL, match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability, predicted_result, expected_home_goals, expected_away_goals, 0, 0, 1.5, 0, 0, '', '', '', 0, 0, NULL, NULL, NULL FROM predictions",
        "",
    ),
    (
        "ck_predictions_both_teams_score_probability",
        "INSERT INTO predictions SELECT NULL, match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability, predicted_result, expected_home_goals, expected_away_goals, 0, 0, 0, -0.1, 0, '', '', '', 0, 0, NULL, NULL, NULL FROM predictions",
        "",
    ),
    ("ck_predictions_actual_result", "UPDATE predictions SET actual_result = 'home'", ""),
    ("ck_predictions_is_correct", "UPDATE predictions SET is_correct = 2", ""),
    (
        "tr_check_prediction_sealed_before_kickoff",
        "(1, 'm', '1', 0.5, 0.25, 0.25, 'draw', 1, 1, 0, 0)",
        PREDICTION,
    ),
    (
        "tr_check_prediction_sealed_before_kickoff",
        "(2, 'm', '1', 0.5, 0.25, 0.25, 'draw', 1, 1, 0, 2000000000)",
        PREDICTION,
    ),
    (
        "tr_check_prediction_sealed_before_kickoff",
        "(99, 'm', '1', 0.5, 0.25, 0.25, 'draw', 1, 1, 0, 0)",
        PREDICTION,
    ),
    ("tr_predictions_never_rewritten", "UPDATE predictions SET home_win_probability = 0.5", ""),
    ("tr_predictions_never_rewritten", "UPDATE predictions SET sealed_at = sealed_at - 1", ""),
    ("tr_predictions_never_removed", "DELETE FROM predictions", ""),
    ("ck_model_versions_name", "UPDATE model_versions SET name = ''", ""),
    ("ck_model_versions_version", "UPDATE model_versions SET version = ''", ""),
    ("ck_model_versions_metrics", "UPDATE model_versions SET metrics = 'rps 0.21'", ""),
    ("ck_model_versions_is_active", "UPDATE model_versions SET is_active = 2", ""),
    ("model_versions.is_active", "UPDATE model_versions SET is_active = 1", ""),
    ("model_versions.name, model_versions.version", "UPDATE model_versions SET version = 'same'", ""),
    // Statistics: the counts are attacked one by one below.
    ("FOREIGN KEY", "INSERT INTO match_stats (match_id) VALUES (99)", ""),
    ("ck_match_stats_home_expected_goals", "UPDATE match_stats SET home_expected_goals = -0.1", ""),
    ("ck_match_stats_away_expected_goals", "UPDATE match_stats SET away_expected_goals = 100", ""),
    ("ck_match_stats_home_possession", "UPDATE match_stats SET home_possession = 100.5", ""),
    ("ck_match_stats_away_possession", "UPDATE match_stats SET away_possession = -1", ""),
    ("ck_match_stats_home_shots", "UPDATE match_stats SET home_shots = -1", ""),
    ("ck_match_stats_away_shots", "UPDATE match_stats SET away_shots = 65536", ""),
    ("ck_match_stats_home_shots_on_target", "UPDATE match_stats SET home_shots_on_target = -1", ""),
    ("ck_match_stats_away_shots_on_target", "UPDATE match_stats SET away_shots_on_target = -1", ""),
    ("ck_match_stats_home_woodwork", "UPDATE match_stats SET home_woodwork = -1", ""),
    ("ck_match_stats_away_woodwork", "UPDATE match_stats SET away_woodwork = -1", ""),
    ("ck_match_stats_home_corners", "UPDATE match_stats SET home_corners = -1", ""),
    ("ck_match_stats_away_corners", "UPDATE match_stats SET away_corners = -1", ""),
    ("ck_match_stats_home_fouls", "UPDATE match_stats SET home_fouls = -1", ""),
    ("ck_match_stats_away_fouls", "UPDATE match_stats SET away_fouls = -1", ""),
    ("ck_match_stats_home_offsides", "UPDATE match_stats SET home_offsides = -1", ""),
    ("ck_match_stats_away_offsides", "UPDATE match_stats SET away_offsides = -1", ""),
    ("ck_match_stats_home_yellow_cards", "UPDATE match_stats SET home_yellow_cards = -1", ""),
    ("ck_match_stats_away_yellow_cards", "UPDATE match_stats SET away_yellow_cards = -1", ""),
    ("ck_match_stats_home_red_cards", "UPDATE match_stats SET home_red_cards = -1", ""),
    ("ck_match_stats_away_red_cards", "UPDATE match_stats SET away_red_cards = -1", ""),
    // Logs.
    ("ck_data_collection_logs_end_time", "UPDATE data_collection_logs SET end_time = 99", ""),
    ("ck_data_collection_logs_records", "UPDATE data_collection_logs SET records_collected = -1", ""),
    ("ck_data_collection_logs_success", "UPDATE data_collection_logs SET success_count = -1", ""),
    ("ck_data_collection_logs_error", "UPDATE data_collection_logs SET error_count = -1", ""),
    ("ck_data_collection_logs_status", "UPDATE data_collection_logs SET status = 'fine'", ""),
    ("ck_data_quality_logs_locator", "UPDATE data_quality_logs SET locator = -1", ""),
    ("ck_data_quality_logs_error_type", "UPDATE data_quality_logs SET error_type = ''", ""),
    ("ck_data_quality_logs_severity", "UPDATE data_quality_logs SET severity = 'bad'", ""),
    ("ck_data_quality_logs_status", "UPDATE data_quality_logs SET status = 'closed'", ""),
    ("ck_data_quality_logs_review", "UPDATE data_quality_logs SET requires_manual_review = 2", ""),
    ("FOREIGN KEY", "UPDATE data_quality_logs SET document_id = 99", ""),
    (
        "data_quality_logs.table_name, data_quality_logs.locator",
        "INSERT INTO data_quality_logs (table_name, error_type, severity, error_data, error_message, detected_at) SELECT table_name, error_type, 'low', error_data, '', 0 FROM data_quality_logs",
        "",
    ),
    (
        "data_quality_logs.document_id, data_quality_logs.locator",
        "INSERT INTO data_quality_logs (table_name, document_id, error_type, severity, error_data, error_message, detected_at) VALUES ('a', 1, 't', 'low', '', '', 0), ('b', 1, 't', 'low', '', '', 0)",
        "",
    ),
    ("ck_error_logs_retry_count", "UPDATE error_logs SET retry_count = -1", ""),
    ("tr_audit_logs_append_only_update", "UPDATE audit_logs SET actor = 'x'", ""),
    ("tr_audit_logs_append_only_delete", "DELETE FROM audit_logs", ""),
];

#[tokio::test]
async fn every_constraint_refuses_what_it_is_for() {
    let store = populated().await;
    let mut raw = store.raw().await;
    for (constraint, values, insert) in ATTACKS {
        let sql = sqlx::AssertSqlSafe(format!("{insert}{values}")).into_sql_str();
        let error = sqlx::raw_sql(sql).execute(&mut raw).await.expect_err(values).to_string();
        // A trigger for updates speaks in the name of its rule.
        let rule = constraint.trim_end_matches("_update").trim_end_matches("_delete");
        let rule =
            if rule == "tr_predictions_never_removed" { "tr_predictions_never_rewritten" } else { rule };
        assert!(error.contains(rule), "{values}\nwas refused with {error}\ninstead of {rule}");
    }
}

#[tokio::test]
async fn no_constraint_is_left_untried() {
    let store = fresh().await;
    let mut raw = store.raw().await;
    let sql = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '\\_%' ESCAPE '\\'";
    let rows = sqlx::query(sql).fetch_all(&mut raw).await.unwrap();
    let mut names = BTreeSet::new();
    for row in &rows {
        let (kind, name, sql): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        match kind.as_str() {
            "trigger" => drop(names.insert(name)),
            "table" => {
                assert!(sql.contains("STRICT"), "{name} is strict");
                let named = sql.split("CONSTRAINT ").skip(1);
                let unnamed = sql.matches("CHECK (").count() + sql.matches("REFERENCES").count();
                let mut checks = 0;
                for rest in named {
                    let constraint = rest.split_whitespace().next().unwrap();
                    checks += usize::from(!constraint.starts_with("uq_"));
                    if constraint.starts_with("ck_") {
                        names.insert(constraint.to_owned());
                    }
                }
                assert_eq!(checks, unnamed, "every check and reference of {name} has a name");
            }
            _ => {}
        }
    }
    assert!(names.len() > 100, "{} constraints were found", names.len());
    let tried: BTreeSet<String> = ATTACKS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let untried: Vec<_> = names.difference(&tried).collect();
    assert!(untried.is_empty(), "no attack on {untried:?}");
}

#[tokio::test]
async fn what_may_be_noted_beside_a_forecast_is_noted() {
    let store = populated().await;
    let mut raw = store.raw().await;
    let sql = "UPDATE predictions SET actual_result = 'draw', is_correct = 0, verified_at = 1";
    assert_eq!(execute(&mut raw, sql).await, Ok(1));
    assert_eq!(execute(&mut raw, "UPDATE odds SET suspicious_odds = 1").await, Ok(1));
}

#[tokio::test]
async fn prices_and_lines_read_as_decimals() {
    let store = populated().await;
    let mut raw = store.raw().await;
    let sql = format!(
        "{ODDS} (1, 'asian_handicap', 'PS', -3, 'closing', 0, 0, 0, 1875, NULL, 2025, NULL, NULL, NULL, NULL)"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut raw).await.unwrap();
    let sql = "SELECT home_odds, draw_odds, away_odds, line_value FROM odds ORDER BY bookmaker";
    let rows: Vec<(Option<f64>, Option<f64>, Option<f64>, Option<f64>)> =
        sqlx::query_as(sql).fetch_all(&mut raw).await.unwrap();
    assert_eq!(rows, [(Some(2.0), None, None, None), (Some(1.875), None, Some(2.025), Some(-0.75))]);
}
