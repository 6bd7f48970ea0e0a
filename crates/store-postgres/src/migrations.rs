//! The schema's history. A released migration never changes: its checksum is kept in the database.

use crate::error::Mapped;
use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::{ConnectOptions, Connection, PgConnection};
use touchline_domain::ports::StoreError;
use touchline_store_sql::migrations::{History, Text};

const ALL: &[Text] = &[
    (1, "partitions", include_str!("../migrations/0001_partitions.sql")),
    (2, "bronze", include_str!("../migrations/0002_bronze.sql")),
    (3, "silver", include_str!("../migrations/0003_silver.sql")),
    (4, "gold", include_str!("../migrations/0004_gold.sql")),
    (5, "operations", include_str!("../migrations/0005_operations.sql")),
    (6, "maintenance", include_str!("../migrations/0006_maintenance.sql")),
    (7, "audit", include_str!("../migrations/0007_audit.sql")),
    (8, "squads", include_str!("../migrations/0008_squads.sql")),
    (9, "views", include_str!("../migrations/0009_views.sql")),
    (10, "archived odds", include_str!("../migrations/0010_archived_odds.sql")),
    (11, "identifiers", include_str!("../migrations/0011_identifiers.sql")),
    (12, "identity", include_str!("../migrations/0012_identity.sql")),
    (13, "merges", include_str!("../migrations/0013_merges.sql")),
    (14, "ledger", include_str!("../migrations/0014_ledger.sql")),
    (15, "outbox", include_str!("../migrations/0015_outbox.sql")),
    (16, "events", include_str!("../migrations/0016_events.sql")),
    (17, "totals", include_str!("../migrations/0017_totals.sql")),
    (18, "registry", include_str!("../migrations/0018_registry.sql")),
    (19, "competitions", include_str!("../migrations/0019_competitions.sql")),
    (20, "readings", include_str!("../migrations/0020_readings.sql")),
    (21, "clean-ups", include_str!("../migrations/0021_clean_ups.sql")),
    (22, "rules of seasons", include_str!("../migrations/0022_season_rules.sql")),
    (23, "corrections", include_str!("../migrations/0023_corrections.sql")),
    (24, "collection", include_str!("../migrations/0024_collection.sql")),
    (25, "simulations", include_str!("../migrations/0025_simulations.sql")),
    (26, "jobs", include_str!("../migrations/0026_jobs.sql")),
    (27, "quality", include_str!("../migrations/0027_quality.sql")),
    (28, "verification", include_str!("../migrations/0028_verification.sql")),
    (29, "paper bets", include_str!("../migrations/0029_paper.sql")),
    (30, "accounts", include_str!("../migrations/0030_accounts.sql")),
    (31, "alerts", include_str!("../migrations/0031_alerts.sql")),
    (32, "quality checks", include_str!("../migrations/0032_quality_checks.sql")),
    (33, "origins", include_str!("../migrations/0033_origins.sql")),
    (34, "corrections of lines", include_str!("../migrations/0034_line_corrections.sql")),
    (35, "surroundings", include_str!("../migrations/0035_surroundings.sql")),
    (36, "tickets", include_str!("../migrations/0036_tickets.sql")),
    (37, "runs of jobs", include_str!("../migrations/0037_runs.sql")),
    (38, "first internationals", include_str!("../migrations/0038_first_internationals.sql")),
    (39, "backtests", include_str!("../migrations/0039_backtests.sql")),
    (40, "held rows", include_str!("../migrations/0040_held_rows.sql")),
    (41, "data versions", include_str!("../migrations/0041_data_versions.sql")),
    (42, "experiments", include_str!("../migrations/0042_experiments.sql")),
    (43, "changes of jobs", include_str!("../migrations/0043_changes_of_jobs.sql")),
    (44, "open jobs", include_str!("../migrations/0044_open_jobs.sql")),
];

/// Of the schema that this program makes.
pub(crate) const VERSION: i64 = ALL[ALL.len() - 1].0;

/// Of everything that the schema is made of, lower-case hex.
#[cfg(feature = "testing")]
pub(crate) fn hash() -> String {
    let mut hasher = blake3::Hasher::new();
    for (_, _, sql) in ALL {
        hasher.update(sql.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// Applies what is missing, all in one transaction. A database that is up to date is only read, so that users without
/// rights to change the schema can open it; where it is not, `admin` changes it, if there is one.
pub(crate) async fn run(pool: &PgPool, admin: Option<PgConnectOptions>) -> Result<(), StoreError> {
    let history = History::new(ALL);
    let mut connection = pool.acquire().await.mapped()?;
    if is_up_to_date(&mut connection, &history).await? {
        return Ok(());
    }
    match admin {
        Some(admin) => {
            let mut admin = admin.connect().await.mapped()?;
            apply(&mut admin, &history).await?;
            admin.close().await.mapped()
        }
        None => apply(&mut connection, &history).await,
    }
}

async fn apply(connection: &mut PgConnection, history: &History) -> Result<(), StoreError> {
    let mut transaction = connection.begin().await.mapped()?;
    // Two programs that start together take turns; the second finds everything done.
    sqlx::query(include_str!("../queries/lock.sql"))
        .bind("migrations")
        .execute(&mut *transaction)
        .await
        .mapped()?;
    history.apply(&mut *transaction).await?;
    transaction.commit().await.mapped()?;
    tracing::info!(version = VERSION, "the schema is up to date");
    Ok(())
}

/// Whether every migration was applied; an unknown or different one is an error.
async fn is_up_to_date(connection: &mut PgConnection, history: &History) -> Result<bool, StoreError> {
    let exists: bool = sqlx::query_scalar(include_str!("../queries/migrations_exist.sql"))
        .fetch_one(&mut *connection)
        .await
        .mapped()?;
    Ok(exists && history.is_applied(connection).await?)
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::*;
    use crate::PostgresStore;
    use crate::testing::TestDatabase;
    use chrono::DateTime;
    use std::sync::Arc;
    use touchline_domain::ports::{
        LEDGER_START, LeagueReader, LedgerReader, MatchReader, NameReader, PredictionReader,
    };
    use touchline_domain::{CompetitionKind, FixedClock, Forecast, MatchId};

    #[tokio::test]
    async fn forecasts_sealed_before_the_ledger_lie_outside_it_and_say_what_they_hold() {
        let database = TestDatabase::create().await;
        let mut connection = database.connection().await;
        History::new(&ALL[..13]).apply(&mut connection).await.unwrap();
        let rows = "INSERT INTO leagues (code, name, country, level, source) VALUES ('E0', 'n', 'England', 1, 's');
            INSERT INTO teams (name, country) VALUES ('Alpha', 'England'), ('Beta', 'England');
            SELECT ensure_season_partitions(ARRAY['2023-24']);
            SELECT ensure_month_partitions('predictions', ARRAY['2023-01-01'::timestamptz]);
            INSERT INTO matches (id, league_id, season, home_team_id, away_team_id, leg, match_time, time_precision,
                match_status, source)
            VALUES (1, 1, '2023-24', 1, 2, 1, '2024-01-01', 'minute', 'scheduled', 's');
            INSERT INTO predictions (match_id, model_name, model_version, home_win_probability, draw_probability,
                away_win_probability, predicted_result, expected_home_goals, expected_away_goals, as_of, sealed_at)
            VALUES (1, 'm', '1', 0.5, 0.25, 0.25, 'home_win', 1.5, 1, '2023-01-01', '2023-01-01'),
                (1, 'm', '1', 0.25, 0.5, 0.25, 'draw', 1.5, 1, '2023-01-02', '2023-01-02');";
        sqlx::raw_sql(rows).execute(&mut connection).await.unwrap();

        let clock = Arc::new(FixedClock(DateTime::UNIX_EPOCH));
        let store = PostgresStore::connect(database.url(), clock).await.unwrap();
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
        let database = TestDatabase::create().await;
        let mut connection = database.connection().await;
        History::new(&ALL[..18]).apply(&mut connection).await.unwrap();
        let rows = "INSERT INTO leagues (code, name, country, level, source) VALUES ('E0', 'n', 'England', 1, 's');
            INSERT INTO teams (name, country) VALUES ('Alpha', 'England'), ('Beta', 'England');
            SELECT ensure_season_partitions(ARRAY['2023-24']);
            INSERT INTO matches (id, league_id, season, home_team_id, away_team_id, leg, match_time, time_precision,
                match_status, home_score, away_score, source)
            VALUES (1, 1, '2023-24', 1, 2, 1, '2024-01-01', 'minute', 'finished', 2, 1, 's');
            INSERT INTO match_claims VALUES (1, 'referee', 't', 'S', now());
            INSERT INTO identity_merges (kind, kept_id, kept_name, merged_id, merged_name, done_by, done_at)
            VALUES ('league', 1, 'n', 2, 'm', 'p', now());
            INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before, after)
            SELECT 1, 'matches', id, 'changed', to_jsonb(m), to_jsonb(m) FROM matches m;
            INSERT INTO identity_merge_rows (merge_id, table_name, row_id, change, before)
            VALUES (1, 'leagues', 2, 'removed', '{\"id\": 2}');";
        sqlx::raw_sql(rows).execute(&mut connection).await.unwrap();

        let clock = Arc::new(FixedClock(DateTime::UNIX_EPOCH));
        let store = PostgresStore::connect(database.url(), clock).await.unwrap();
        let held = store.get_match(MatchId(1)).await.unwrap().unwrap();
        assert!(held.setting.is_default() && held.score.is_some(), "{held:?}");
        assert_eq!(store.league("E0").await.unwrap().unwrap().kind, CompetitionKind::League);
        assert_eq!(store.claims_of(&[(held.league, held.season)]).await.unwrap().len(), 1);
        let rows = "SELECT count(*) FROM identity_merge_rows r
            LEFT JOIN LATERAL jsonb_populate_record(NULL::matches, r.before) m ON r.table_name = 'matches'
            LEFT JOIN LATERAL jsonb_populate_record(NULL::leagues, r.before) l ON r.table_name = 'leagues'
            WHERE m.neutral_ground IS NOT NULL OR l.kind = 'league'";
        assert_eq!(sqlx::query_scalar::<_, i64>(rows).fetch_one(&mut connection).await.unwrap(), 2);
    }
}
