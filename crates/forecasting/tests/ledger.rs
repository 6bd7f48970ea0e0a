//! What somebody with the database's password can do to the ledger of sealed forecasts, and how it is found.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{AssertSqlSafe, ConnectOptions, SqlSafeStr};
use std::sync::Arc;
use tempfile::TempDir;
use touchline_domain::ports::{FeatureSet, MatchFacts, SealedDetails, SealedForecast, SilverChange, Store};
use touchline_domain::{
    CompetitionKind, FixedClock, Forecast, Kickoff, MatchId, MatchSetting, MatchStatus, NewLeague, NewMatch,
    NewTeam, ScoreGrid, Season, Silent,
};
use touchline_forecasting::ledger::{Fault, FaultKind, Verification, roots, verify};
use touchline_store_postgres::PostgresStore;
use touchline_store_postgres::testing::TestDatabase;
use touchline_store_sqlite::SqliteStore;

/// Rules that whoever owns the database can take away.
const TRIGGERS: [&str; 8] = [
    "tr_predictions_never_rewritten",
    "tr_predictions_never_removed",
    "tr_predictions_entry_never_rewritten",
    "tr_predictions_chained",
    "tr_check_prediction_sealed_before_kickoff",
    "tr_feature_sets_never_rewritten",
    "tr_ledger_head_grows",
    "tr_ledger_head_never_removed",
];

enum Database {
    Sqlite(TempDir),
    Postgres(TestDatabase),
}

/// A store, and the way round its rules.
struct Ledger {
    store: Arc<dyn Store>,
    database: Database,
    id: MatchId,
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
}

fn features() -> FeatureSet {
    FeatureSet::new(|bytes| *blake3::hash(bytes).as_bytes(), vec!["elo@1".to_owned(), "goals@2".to_owned()])
}

/// One that differs from every other.
fn sealed(match_id: MatchId, n: u32) -> SealedForecast {
    let forecast = Forecast::normalised([1.0 + f64::from(n), 2.0, 3.0]).unwrap();
    let cells = (1..=36).map(|cell| 1.0 / f64::from(cell + n)).collect();
    let grid = ScoreGrid::from_weights(5, cells).unwrap().conditioned_on(&forecast);
    let hashes = [features().hash().to_owned(), "bundle".to_owned(), "facts".to_owned()];
    // A new day every four entries.
    let sealed_at = at(i64::from(n) * 21_600);
    SealedForecast {
        match_id,
        model_name: "touchline".to_owned(),
        model_version: "1".to_owned(),
        forecast,
        expected_goals: grid.expected_goals(),
        as_of: sealed_at,
        sealed_at,
        details: Some(Box::new(SealedDetails::of(&forecast, grid, Kickoff::at(at(900_000_000)), hashes))),
    }
}

impl Ledger {
    async fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(FixedClock(at(0)));
        let store = SqliteStore::open(&folder.path().join("touchline.db"), clock).await.unwrap();
        Self::filled(Arc::new(store), Database::Sqlite(folder)).await
    }

    async fn postgres() -> Self {
        let database = TestDatabase::migrated().await;
        let store = PostgresStore::connect(database.url(), Arc::new(FixedClock(at(0)))).await.unwrap();
        Self::filled(Arc::new(store), Database::Postgres(database)).await
    }

    /// Twelve entries over three days and a bit, without the rules that protect them.
    async fn filled(store: Arc<dyn Store>, database: Database) -> Self {
        let league = NewLeague {
            code: "E0".to_owned(),
            name: "Premier League".to_owned(),
            country: "England".to_owned(),
            level: 1,
            source: "test".to_owned(),
            kind: CompetitionKind::League,
        };
        let league = store.ensure_leagues(&[league]).await.unwrap()[0];
        let teams =
            ["Alpha", "Beta"].map(|name| NewTeam { name: name.to_owned(), country: "England".to_owned() });
        let teams = store.ensure_teams("test", &teams).await.unwrap();
        let new = NewMatch {
            league,
            season: Season::cross_year(2023).unwrap(),
            home: teams[0],
            away: teams[1],
            leg: 1,
            kickoff: Kickoff::at(at(900_000_000)),
            status: MatchStatus::Scheduled,
            score: None,
            half_time: None,
            referee: None,
            attendance: None,
            source: "test".to_owned(),
            external_id: None,
            setting: MatchSetting::default(),
        };
        let change = SilverChange { new: vec![(new, MatchFacts::default())], ..SilverChange::default() };
        store.apply(&change).await.unwrap();
        let id = store.results().await.unwrap()[0].id;
        let ledger = Self { store, database, id };
        let forecasts: Vec<_> = (0..12).map(|n| sealed(id, n)).collect();
        assert_eq!(ledger.store.seal(&forecasts, &[features()]).await.unwrap(), 12);
        for trigger in TRIGGERS {
            ledger
                .execute(&match &ledger.database {
                    Database::Sqlite(_) => format!("DROP TRIGGER {trigger}"),
                    Database::Postgres(_) => {
                        let table = ["predictions", "feature_sets", "ledger_head"];
                        let table = table.into_iter().find(|t| trigger.contains(t)).unwrap_or("predictions");
                        format!("DROP TRIGGER {trigger} ON {table}")
                    }
                })
                .await;
        }
        if let Database::Sqlite(_) = ledger.database {
            ledger.execute("DROP INDEX uq_predictions_ledger_sequence").await;
        }
        ledger
    }

    async fn execute(&self, sql: &str) {
        let statement = AssertSqlSafe(sql.to_owned()).into_sql_str();
        match &self.database {
            Database::Sqlite(folder) => {
                let options =
                    sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("touchline.db"));
                let mut connection = options.connect().await.unwrap();
                sqlx::raw_sql(statement).execute(&mut connection).await.expect(sql);
            }
            Database::Postgres(database) => {
                let mut connection = database.connection().await;
                sqlx::raw_sql(statement).execute(&mut connection).await.expect(sql);
            }
        }
    }

    async fn verify(&self) -> Verification {
        verify(self.store.as_ref(), &[], &Silent).await.unwrap()
    }

    /// The one fault, of this kind and entry.
    async fn one(&self, kind: FaultKind, sequence: Option<u64>) -> Fault {
        let found = self.verify().await;
        assert!(!found.whole);
        assert_eq!(found.faults.len(), 1, "{:?}", found.faults);
        let fault = found.faults.into_iter().next().unwrap();
        assert_eq!((fault.kind, fault.sequence), (kind, sequence), "{fault:?}");
        fault
    }
}

/// Each case on both stores.
macro_rules! on_both {
    ($($case:ident),+) => {
        mod on_sqlite {
            $(#[tokio::test] async fn $case() { super::$case(super::Ledger::sqlite().await).await; })+
        }
        mod on_postgres {
            $(#[tokio::test] async fn $case() { super::$case(super::Ledger::postgres().await).await; })+
        }
    };
}
on_both!(
    an_untouched_ledger_is_whole,
    every_changed_column_is_found,
    a_replaced_entry_is_found,
    a_removed_entry_is_found,
    removed_entries_at_the_end_are_found,
    an_inserted_entry_is_found,
    a_forecast_beside_the_ledger_is_found,
    changed_features_are_found,
    a_ledger_written_anew_differs_from_its_roots,
    a_root_stays_true_when_more_is_sealed
);

async fn an_untouched_ledger_is_whole(ledger: Ledger) {
    let found = ledger.verify().await;
    assert!(found.whole && found.faults.is_empty(), "{found:?}");
    assert_eq!((found.entries, found.outside), (12, 0));
}

async fn every_changed_column_is_found(ledger: Ledger) {
    // A column with another value that it could have.
    let changes = [
        ("model_name", "'other'"),
        ("model_version", "'2'"),
        ("home_win_probability", "draw_probability, draw_probability = home_win_probability"),
        ("predicted_result", "'draw'"),
        ("expected_home_goals", "expected_home_goals + 1e-12"),
        ("expected_away_goals", "0"),
        ("predicted_home_score", "5"),
        ("predicted_away_score", "5"),
        ("over_2_5_probability", "0.5"),
        ("both_teams_score_probability", "0.5"),
        ("confidence_score", "0.99"),
        ("score_grid", "(SELECT score_grid FROM predictions WHERE ledger_sequence = 5)"),
        ("time_precision", "'day'"),
        ("league_code", "'E1'"),
        ("season", "'2022-23'"),
        ("home_team", "'Gamma'"),
        ("away_team", "'Gamma'"),
        ("leg", "2"),
        ("manifest_hash", "'other'"),
        ("data_hash", "'other'"),
        ("as_of", "(SELECT as_of FROM predictions WHERE ledger_sequence = 5)"),
        ("sealed_at", "(SELECT sealed_at FROM predictions WHERE ledger_sequence = 5)"),
        ("match_time", "(SELECT sealed_at FROM predictions WHERE ledger_sequence = 5)"),
        ("previous_hash", "(SELECT entry_hash FROM predictions WHERE ledger_sequence = 5)"),
        ("entry_hash", "(SELECT entry_hash FROM predictions WHERE ledger_sequence = 5)"),
    ];
    ledger.execute("CREATE TABLE kept AS SELECT * FROM predictions WHERE ledger_sequence = 7").await;
    for (column, value) in changes {
        ledger.execute(&format!("UPDATE predictions SET {column} = {value} WHERE ledger_sequence = 7")).await;
        let fault = ledger.one(FaultKind::Changed, Some(7)).await;
        assert!(fault.message.starts_with("entry 7 (forecast "), "{column}: {fault:?}");
        let back = "draw_probability = (SELECT draw_probability FROM kept)";
        ledger
            .execute(&format!(
                "UPDATE predictions SET {back}, {column} = (SELECT {column} FROM kept) WHERE ledger_sequence = 7"
            ))
            .await;
    }
    assert!(ledger.verify().await.whole, "everything is back");
}

/// Changes entry 7 and gives it the hash of what it says now.
async fn forge(ledger: &Ledger) -> String {
    ledger.execute("UPDATE predictions SET confidence_score = 0.99 WHERE ledger_sequence = 7").await;
    let entry = ledger.store.ledger_entries(Some((6, i64::MAX)), 1).await.unwrap().remove(0);
    let (of, sealed) = entry.content.unwrap();
    let hash = touchline_domain::ports::entry_hash(
        |bytes| *blake3::hash(bytes).as_bytes(),
        entry.version,
        7,
        &entry.link.previous_hash,
        &of,
        &sealed,
    );
    let hash = hash.unwrap();
    ledger.execute(&format!("UPDATE predictions SET entry_hash = '{hash}' WHERE ledger_sequence = 7")).await;
    hash
}

async fn a_replaced_entry_is_found(ledger: Ledger) {
    forge(&ledger).await;
    let fault = ledger.one(FaultKind::Changed, Some(7)).await;
    assert!(fault.message.contains("was replaced") && fault.message.contains("entry 8"), "{fault:?}");
}

async fn a_removed_entry_is_found(ledger: Ledger) {
    ledger.execute("DELETE FROM predictions WHERE ledger_sequence = 5").await;
    let fault = ledger.one(FaultKind::Missing, Some(5)).await;
    assert_eq!(fault.message, "entry 5 is missing");
    ledger.execute("DELETE FROM predictions WHERE ledger_sequence < 5").await;
    let fault = ledger.one(FaultKind::Missing, Some(1)).await;
    assert_eq!(fault.message, "entries 1 to 5 are missing");
}

async fn removed_entries_at_the_end_are_found(ledger: Ledger) {
    ledger.execute("DELETE FROM predictions WHERE ledger_sequence > 10").await;
    let fault = ledger.one(FaultKind::Missing, Some(11)).await;
    assert_eq!(fault.message, "entries 11 to 12 are missing");
    ledger.execute("DELETE FROM predictions").await;
    ledger.one(FaultKind::Missing, Some(1)).await;
}

const COPIED: &str = "match_id, model_name, model_version, home_win_probability, draw_probability, \
    away_win_probability, predicted_result, expected_home_goals, expected_away_goals, predicted_home_score, \
    predicted_away_score, over_2_5_probability, both_teams_score_probability, confidence_score, features_used, \
    score_grid, match_time, time_precision, league_code, season, home_team, away_team, leg, manifest_hash, data_hash, \
    ledger_version, previous_hash, entry_hash, as_of, sealed_at";

async fn an_inserted_entry_is_found(ledger: Ledger) {
    // Under a number that is taken, and after the end.
    for (number, said) in [(7, "another forecast was sealed under its number"), (13, "up to 13")] {
        ledger
            .execute(&format!(
                "INSERT INTO predictions (ledger_sequence, {COPIED}) SELECT {number}, {COPIED} FROM predictions \
                 WHERE ledger_sequence = 4"
            ))
            .await;
        let found = ledger.verify().await;
        let of = |f: &&Fault| f.kind == FaultKind::Inserted && f.sequence == Some(number);
        let fault = found.faults.iter().find(of).unwrap_or_else(|| panic!("{found:?}"));
        assert!(fault.message.contains(said), "{fault:?}");
        ledger.execute("DELETE FROM predictions WHERE id > 12").await;
    }
    assert!(ledger.verify().await.whole);
}

async fn a_forecast_beside_the_ledger_is_found(ledger: Ledger) {
    ledger
        .execute(
            "INSERT INTO predictions (match_id, model_name, model_version, home_win_probability, draw_probability, \
             away_win_probability, predicted_result, expected_home_goals, expected_away_goals, as_of, sealed_at) \
             SELECT match_id, model_name, model_version, 1, 0, 0, 'home_win', 1, 1, as_of, sealed_at \
             FROM predictions WHERE ledger_sequence = 4",
        )
        .await;
    let fault = ledger.one(FaultKind::Inserted, None).await;
    assert!(fault.message.contains("beside the ledger"), "{fault:?}");
}

async fn changed_features_are_found(ledger: Ledger) {
    ledger.execute("UPDATE feature_sets SET feature_names = '[\"elo@1\"]'").await;
    ledger.one(FaultKind::Changed, None).await;
}

async fn a_ledger_written_anew_differs_from_its_roots(ledger: Ledger) {
    let exported = roots(ledger.store.as_ref(), None, &Silent).await.unwrap();
    assert_eq!(exported.len(), 4, "{exported:?}");
    assert_eq!(exported.iter().map(|r| r.count).sum::<u64>(), 12);
    let check = async || verify(ledger.store.as_ref(), &exported, &Silent).await.unwrap();
    assert!(check().await.whole);
    // Everything from entry 12 on: the head agrees.
    ledger.execute("UPDATE predictions SET ledger_sequence = 100 WHERE ledger_sequence = 7").await;
    ledger.execute("DELETE FROM predictions WHERE ledger_sequence > 6").await;
    let end = ledger.store.ledger_entries(Some((5, i64::MAX)), 1).await.unwrap().remove(0).link;
    ledger.execute(&format!("UPDATE ledger_head SET sequence = 6, entry_hash = '{}'", end.entry_hash)).await;
    assert!(ledger.verify().await.whole, "by itself it is whole");
    let found = check().await;
    assert!(!found.whole && found.faults.iter().all(|f| f.kind == FaultKind::Root), "{found:?}");
    let days: Vec<Option<u64>> = found.faults.iter().map(|f| f.sequence).collect();
    let broken = exported.iter().filter(|r| r.last > 6).map(|r| Some(r.first)).collect::<Vec<_>>();
    assert_eq!(days, broken);
    // Sealed again, as many as before: by their number the days are the same.
    let again: Vec<_> =
        (6..12).map(|n| SealedForecast { model_version: "2".to_owned(), ..sealed(ledger.id, n) }).collect();
    for sealed in &again {
        ledger.store.seal(std::slice::from_ref(sealed), &[]).await.unwrap();
        let (entry, head) = (ledger.store.ledger_entries(None, 100).await.unwrap(), "ledger_head");
        let link = &entry.last().unwrap().link;
        // The trigger that moves the head is gone.
        ledger
            .execute(&format!(
                "UPDATE {head} SET sequence = {}, entry_hash = '{}'",
                link.sequence, link.entry_hash
            ))
            .await;
    }
    assert!(ledger.verify().await.whole);
    let found = check().await;
    assert!(found.faults.iter().any(|f| f.message.contains("are not those whose root")), "{found:?}");
}

async fn a_root_stays_true_when_more_is_sealed(ledger: Ledger) {
    let day = NaiveDate::from_ymd_opt(2023, 11, 15).unwrap();
    let exported = roots(ledger.store.as_ref(), Some(day), &Silent).await.unwrap();
    assert_eq!(exported.len(), 1);
    let last = exported[0].clone();
    // More of the same day, at the end of the ledger.
    let late = SealedForecast { model_version: "2".to_owned(), ..sealed(ledger.id, last.last as u32 - 1) };
    ledger.store.seal(&[late], &[]).await.unwrap();
    ledger
        .execute(
            "UPDATE ledger_head SET sequence = 13, \
             entry_hash = (SELECT entry_hash FROM predictions WHERE ledger_sequence = 13)",
        )
        .await;
    let found = verify(ledger.store.as_ref(), &exported, &Silent).await.unwrap();
    assert!(found.whole, "{found:?}");
    let now = roots(ledger.store.as_ref(), Some(day), &Silent).await.unwrap();
    assert_eq!((now[0].first, now[0].count, now[0].last), (last.first, last.count + 1, 13));
    let none = roots(ledger.store.as_ref(), NaiveDate::from_ymd_opt(2020, 1, 1), &Silent).await.unwrap();
    assert_eq!(none, []);
}

/// A measurement, for `docs/benchmarks.md`: how long it takes to seal and to verify a hundred thousand entries.
#[tokio::test]
#[ignore = "a measurement of a minute or so; run it by name"]
async fn a_hundred_thousand_entries() {
    for ledger in [Ledger::sqlite().await, Ledger::postgres().await] {
        let name = match ledger.database {
            Database::Sqlite(_) => "SQLite",
            Database::Postgres(_) => "PostgreSQL",
        };
        // Without the rules of the tests above the head stays behind: it is moved at the end.
        let start = std::time::Instant::now();
        for batch in 0..10 {
            let forecasts: Vec<_> = (0..10_000)
                .map(|n| SealedForecast {
                    model_version: batch.to_string(),
                    ..sealed(ledger.id, 12 + n % 100)
                })
                .enumerate()
                .map(|(n, f)| SealedForecast { model_name: n.to_string(), ..f })
                .collect();
            ledger.store.seal(&forecasts, &[]).await.unwrap();
            let last = 12 + (batch + 1) * 10_000;
            ledger
                .execute(&format!(
                    "UPDATE ledger_head SET sequence = {last}, entry_hash = \
                     (SELECT entry_hash FROM predictions WHERE ledger_sequence = {last})"
                ))
                .await;
        }
        let sealed = start.elapsed();
        let start = std::time::Instant::now();
        let found = ledger.verify().await;
        eprintln!(
            "{name}: sealed in {sealed:.1?}, {} entries verified in {:.1?}",
            found.entries,
            start.elapsed()
        );
        assert!(found.whole && found.entries == 100_012, "{found:?}");
    }
}
