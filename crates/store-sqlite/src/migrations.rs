//! The schema's history. A released migration never changes: its checksum is kept in the database.

use crate::error::Mapped;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqlitePool;
use touchline_domain::ports::StoreError;
use touchline_store_sql::migrations::{History, Text};

const ALL: &[Text] = &[
    (1, "bronze", include_str!("../migrations/0001_bronze.sql")),
    (2, "silver", include_str!("../migrations/0002_silver.sql")),
    (3, "gold", include_str!("../migrations/0003_gold.sql")),
    (4, "operations", include_str!("../migrations/0004_operations.sql")),
    (5, "squads", include_str!("../migrations/0005_squads.sql")),
    (6, "archived odds", include_str!("../migrations/0006_archived_odds.sql")),
    (7, "views", include_str!("../migrations/0007_views.sql")),
    (8, "identifiers", include_str!("../migrations/0008_identifiers.sql")),
    (9, "identity", include_str!("../migrations/0009_identity.sql")),
    (10, "merges", include_str!("../migrations/0010_merges.sql")),
    (11, "ledger", include_str!("../migrations/0011_ledger.sql")),
    (12, "outbox", include_str!("../migrations/0012_outbox.sql")),
    (13, "events", include_str!("../migrations/0013_events.sql")),
    (14, "totals", include_str!("../migrations/0014_totals.sql")),
    (15, "registry", include_str!("../migrations/0015_registry.sql")),
    (16, "competitions", include_str!("../migrations/0016_competitions.sql")),
    (17, "readings", include_str!("../migrations/0017_readings.sql")),
    (18, "rules of seasons", include_str!("../migrations/0018_season_rules.sql")),
    (19, "corrections", include_str!("../migrations/0019_corrections.sql")),
    (20, "collection", include_str!("../migrations/0020_collection.sql")),
    (21, "simulations", include_str!("../migrations/0021_simulations.sql")),
    (22, "jobs", include_str!("../migrations/0022_jobs.sql")),
    (23, "quality", include_str!("../migrations/0023_quality.sql")),
    (24, "verification", include_str!("../migrations/0024_verification.sql")),
    (25, "paper bets", include_str!("../migrations/0025_paper.sql")),
    (26, "accounts", include_str!("../migrations/0026_accounts.sql")),
    (27, "alerts", include_str!("../migrations/0027_alerts.sql")),
    (28, "origins", include_str!("../migrations/0028_origins.sql")),
    (29, "corrections of lines", include_str!("../migrations/0029_line_corrections.sql")),
    (30, "surroundings", include_str!("../migrations/0030_surroundings.sql")),
    (31, "tickets", include_str!("../migrations/0031_tickets.sql")),
    (32, "runs of jobs", include_str!("../migrations/0032_runs.sql")),
    (33, "first internationals", include_str!("../migrations/0033_first_internationals.sql")),
    (34, "backtests", include_str!("../migrations/0034_backtests.sql")),
    (35, "held rows", include_str!("../migrations/0035_held_rows.sql")),
    (36, "data versions", include_str!("../migrations/0036_data_versions.sql")),
    (37, "experiments", include_str!("../migrations/0037_experiments.sql")),
    (38, "changes of jobs", include_str!("../migrations/0038_changes_of_jobs.sql")),
    (39, "open jobs", include_str!("../migrations/0039_open_jobs.sql")),
];

/// Of the schema that this program makes.
pub(crate) const VERSION: i64 = ALL[ALL.len() - 1].0;

/// What the migrations leave of an empty database, in one text: a new database is made from it, in less time (ADR 69). A test writes
/// it, and compares both ways.
const SCHEMA: &str = include_str!("../schema.sql");

/// Applies what is missing, all in one transaction. A database that is up to date is only read: opening it does
/// not wait for a writer.
pub(crate) async fn run(pool: &SqlitePool) -> Result<(), StoreError> {
    let history = History::new(ALL);
    let mut connection = pool.acquire().await.mapped()?;
    if is_up_to_date(&mut connection, &history).await? {
        return Ok(());
    }
    drop(connection);
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.mapped()?;
    let is_empty: bool = sqlx::query_scalar(include_str!("../queries/is_empty.sql"))
        .fetch_one(&mut *transaction)
        .await
        .mapped()?;
    if is_empty {
        history.note(&mut *transaction).await?;
        sqlx::raw_sql(SCHEMA).execute(&mut *transaction).await.mapped()?;
    } else {
        history.apply(&mut *transaction).await?;
    }
    transaction.commit().await.mapped()?;
    tracing::info!(version = VERSION, "the schema is up to date");
    Ok(())
}

/// Whether every migration was applied; an unknown or different one is an error.
async fn is_up_to_date(connection: &mut SqliteConnection, history: &History) -> Result<bool, StoreError> {
    let exists: bool = sqlx::query_scalar(include_str!("../queries/migrations_exist.sql"))
        .fetch_one(&mut *connection)
        .await
        .mapped()?;
    Ok(exists && history.is_applied(connection).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SqliteStore;
    use chrono::DateTime;
    use sqlx::{AssertSqlSafe, Connection};
    use std::fmt::Write;
    use std::sync::Arc;
    use touchline_domain::ports::{
        LEDGER_START, LeagueReader, LedgerReader, MatchReader, NameReader, PredictionReader,
    };
    use touchline_domain::{CompetitionKind, FixedClock, Forecast, MatchId};

    /// A database in memory that the migrations made, one after the other.
    async fn migrated() -> SqliteConnection {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        History::new(ALL).apply(&mut connection).await.unwrap();
        connection
    }

    /// Rows of a database as literals, by table, but for the record of migrations.
    async fn rows(connection: &mut SqliteConnection) -> Vec<(String, Vec<String>)> {
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> '_sqlx_migrations' ORDER BY name";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut *connection).await.unwrap();
        let mut all = Vec::new();
        for table in tables {
            let columns = format!(
                "SELECT group_concat('quote(\"' || name || '\")', ' || '', '' || ') FROM pragma_table_info('{table}')"
            );
            let columns: String =
                sqlx::query_scalar(AssertSqlSafe(columns)).fetch_one(&mut *connection).await.unwrap();
            let rows = format!("SELECT {columns} FROM \"{table}\" ORDER BY 1");
            let rows: Vec<String> =
                sqlx::query_scalar(AssertSqlSafe(rows)).fetch_all(&mut *connection).await.unwrap();
            if !rows.is_empty() {
                all.push((table, rows));
            }
        }
        all
    }

    /// What a database is made of, in the order in which it was made.
    async fn objects(connection: &mut SqliteConnection) -> Vec<(String, String, String)> {
        let objects = "SELECT type, name, sql FROM sqlite_schema
            WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tbl_name <> '_sqlx_migrations' ORDER BY rowid";
        sqlx::query_as(objects).fetch_all(connection).await.unwrap()
    }

    #[tokio::test]
    async fn a_new_database_is_what_the_migrations_make() {
        let mut migrated = migrated().await;
        let (objects_of_both, rows_of_both) = (objects(&mut migrated).await, rows(&mut migrated).await);
        let mut text = String::from(
            "-- The schema of a new database, as all migrations together leave it. Written by a test; change it by a migration:\n\
             -- TOUCHLINE_WRITE_SCHEMA=1 cargo test -p touchline-store-sqlite a_new_database_is_what_the_migrations_make\n",
        );
        for (_, _, sql) in &objects_of_both {
            writeln!(text, "\n{sql};").unwrap();
        }
        for (table, rows) in &rows_of_both {
            for row in rows {
                writeln!(text, "\nINSERT INTO {table} VALUES ({row});").unwrap();
            }
        }
        if std::env::var_os("TOUCHLINE_WRITE_SCHEMA").is_some() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/schema.sql"), &text).unwrap();
            return;
        }
        assert!(
            text == SCHEMA,
            "schema.sql is not what the migrations make; its first lines say how it is written"
        );

        let store = SqliteStore::in_memory(Arc::new(FixedClock(DateTime::UNIX_EPOCH))).await.unwrap();
        let mut made = store.writer.acquire().await.unwrap();
        assert_eq!(objects(&mut made).await, objects_of_both);
        assert_eq!(rows(&mut made).await, rows_of_both);
        assert!(History::new(ALL).is_applied(&mut *made).await.unwrap());
        let run = "SELECT count(*) FROM _sqlx_migrations WHERE execution_time <> -1";
        let run: i64 = sqlx::query_scalar(run).fetch_one(&mut *made).await.unwrap();
        assert_eq!(run, 0, "the text was read, and no migration run");
        let check: Vec<String> =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut *made).await.unwrap();
        assert_eq!(check, ["ok"]);
    }

    #[tokio::test]
    async fn forecasts_sealed_before_the_ledger_lie_outside_it_and_say_what_they_hold() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("touchline.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let pool = SqlitePool::connect_with(options).await.unwrap();
        let mut connection = pool.acquire().await.unwrap();
        History::new(&ALL[..10]).apply(&mut *connection).await.unwrap();
        let rows = "INSERT INTO leagues (id, code, name, country, level, source) VALUES (1, 'E0', 'n', 'England', 1, 's');
            INSERT INTO teams (id, name, country) VALUES (1, 'Alpha', 'England'), (2, 'Beta', 'England');
            INSERT INTO matches (id, league_id, season, home_team_id, away_team_id, leg, match_time, time_precision,
                match_status, source)
            VALUES (1, 1, '2023-24', 1, 2, 1, 2000, 'minute', 'scheduled', 's');
            INSERT INTO predictions (match_id, model_name, model_version, home_win_probability, draw_probability,
                away_win_probability, predicted_result, expected_home_goals, expected_away_goals, as_of, sealed_at)
            VALUES (1, 'm', '1', 0.5, 0.25, 0.25, 'home_win', 1.5, 1, 10, 10),
                (1, 'm', '1', 0.25, 0.5, 0.25, 'draw', 1.5, 1, 20, 20);";
        sqlx::raw_sql(rows).execute(&mut *connection).await.unwrap();
        drop(connection);
        pool.close().await;

        let clock = Arc::new(FixedClock(DateTime::UNIX_EPOCH));
        let store = SqliteStore::open(&path, clock).await.unwrap();
        let held = store.sealed(MatchId(1)).await.unwrap();
        assert!(held.len() == 2 && held.iter().all(|f| f.details.is_none()), "{held:?}");
        assert_eq!(held[1].forecast, Forecast::new(0.25, 0.5, 0.25).unwrap());
        let head = store.ledger_head().await.unwrap();
        assert_eq!((head.sequence, head.entry_hash.as_str()), (0, LEDGER_START));
        assert_eq!((head.outside, head.outside_held, head.strays), (2, 2, Vec::new()));
        assert_eq!(store.ledger_entries(None, 10).await.unwrap(), []);
    }

    /// Matches, claims and journals of merges of before there were cups.
    #[tokio::test]
    async fn matches_of_before_are_league_matches_and_journals_of_merges_know_the_new_columns() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("touchline.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let pool = SqlitePool::connect_with(options).await.unwrap();
        let mut connection = pool.acquire().await.unwrap();
        History::new(&ALL[..15]).apply(&mut *connection).await.unwrap();
        let rows = "INSERT INTO leagues (id, code, name, country, level, source) VALUES (1, 'E0', 'n', 'England', 1, 's');
            INSERT INTO teams (id, name, country) VALUES (1, 'Alpha', 'England'), (2, 'Beta', 'England');
            INSERT INTO matches (id, league_id, season, home_team_id, away_team_id, leg, match_time, time_precision,
                match_status, home_score, away_score, referee, source)
            VALUES (1, 1, '2023-24', 1, 2, 1, 2000, 'minute', 'finished', 2, 1, 'É \"R\" \u{1}', 's');
            INSERT INTO match_claims VALUES (1, 'referee', 't', 'S', 7);
            INSERT INTO identity_merges (id, kind, kept_id, kept_name, merged_id, merged_name, done_by, done_at)
            VALUES (1, 'league', 1, 'n', 2, 'm', 'p', 1);
            INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before, after)
            SELECT 1, 'matches', id, 'changed', image, image FROM match_images;
            INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
            VALUES (1, 'leagues', 2, 'removed', json_object('id', 2));";
        sqlx::raw_sql(rows).execute(&mut *connection).await.unwrap();
        drop(connection);
        pool.close().await;

        let clock = Arc::new(FixedClock(DateTime::UNIX_EPOCH));
        let store = SqliteStore::open(&path, clock).await.unwrap();
        let held = store.get_match(MatchId(1)).await.unwrap().unwrap();
        assert!(held.setting.is_default() && held.score.is_some(), "{held:?}");
        assert_eq!(store.league("E0").await.unwrap().unwrap().kind, CompetitionKind::League);
        assert_eq!(store.claims_of(&[(held.league, held.season)]).await.unwrap().len(), 1);
        let images = "SELECT count(*) FROM identity_merge_rows r JOIN match_images i ON i.id = r.row_id
            WHERE r.table_name = 'matches' AND r.after = i.image AND r.before = i.image";
        let mut connection = store.read().await.unwrap();
        assert_eq!(sqlx::query_scalar::<_, i64>(images).fetch_one(&mut *connection).await.unwrap(), 1);
        let kinds = "SELECT before ->> 'kind' FROM identity_merge_rows WHERE table_name = 'leagues'";
        let kind: String = sqlx::query_scalar(kinds).fetch_one(&mut *connection).await.unwrap();
        assert_eq!(kind, "league");
    }
}
