//! The schema's history. A released migration never changes: its checksum is kept in the database.

use crate::error::Mapped;
use crate::error::from_sqlx;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType};
use sqlx::sqlite::SqlitePool;
use sqlx::{SqlSafeStr, SqliteConnection};
use touchline_domain::ports::StoreError;

const TABLE: &str = "_sqlx_migrations";

/// Version, name and text.
const ALL: &[(i64, &str, &str)] = &[
    (1, "bronze", include_str!("../migrations/0001_bronze.sql")),
    (2, "silver", include_str!("../migrations/0002_silver.sql")),
    (3, "gold", include_str!("../migrations/0003_gold.sql")),
    (4, "operations", include_str!("../migrations/0004_operations.sql")),
    (5, "squads", include_str!("../migrations/0005_squads.sql")),
    (6, "archived odds", include_str!("../migrations/0006_archived_odds.sql")),
    (7, "views", include_str!("../migrations/0007_views.sql")),
    (8, "identifiers", include_str!("../migrations/0008_identifiers.sql")),
    (15, "registry", include_str!("../migrations/0015_registry.sql")),
    (13, "events", include_str!("../migrations/0013_events.sql")),
    (12, "outbox", include_str!("../migrations/0012_outbox.sql")),
    (11, "ledger", include_str!("../migrations/0011_ledger.sql")),
    (10, "merges", include_str!("../migrations/0010_merges.sql")),
    (9, "identity", include_str!("../migrations/0009_identity.sql")),
    (14, "totals", include_str!("../migrations/0014_totals.sql")),
];

/// Of the schema that this program makes.
pub(crate) const VERSION: i64 = ALL[ALL.len() - 1].0;

fn migrations() -> Vec<Migration> {
    let migration = |(version, name, sql): (i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    ALL.iter().copied().map(migration).collect()
}

/// Applies what is missing, all in one transaction. A database that is up to date is only read: opening it does
/// not wait for a writer.
pub(crate) async fn run(pool: &SqlitePool) -> Result<(), StoreError> {
    let migrations = migrations();
    let mut connection = pool.acquire().await.mapped()?;
    if up_to_date(&mut connection, &migrations).await? {
        return Ok(());
    }
    drop(connection);
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.mapped()?;
    apply_missing(&mut transaction, &migrations).await.map_err(from_migrate)?;
    transaction.commit().await.mapped()?;
    tracing::info!(version = VERSION, "the schema is up to date");
    Ok(())
}

async fn apply_missing(connection: &mut SqliteConnection, known: &[Migration]) -> Result<(), MigrateError> {
    connection.ensure_migrations_table(TABLE).await?;
    let applied = connection.list_applied_migrations(TABLE).await?;
    for migration in known.iter().filter(|known| applied.iter().all(|done| done.version != known.version)) {
        connection.apply(TABLE, migration).await?;
    }
    Ok(())
}

/// Whether every migration was applied as it is known here; an unknown or different one is an error.
async fn up_to_date(connection: &mut SqliteConnection, known: &[Migration]) -> Result<bool, StoreError> {
    let exists: bool = sqlx::query_scalar(include_str!("../queries/migrations_exist.sql"))
        .fetch_one(&mut *connection)
        .await
        .mapped()?;
    if !exists {
        return Ok(false);
    }
    let applied = connection.list_applied_migrations(TABLE).await.map_err(from_migrate)?;
    for done in &applied {
        match known.iter().find(|m| m.version == done.version) {
            None => {
                return Err(StoreError::Schema(format!(
                    "the database has version {} and this program knows versions up to {}: update the program",
                    done.version, VERSION
                )));
            }
            Some(migration) if migration.checksum != done.checksum => {
                return Err(StoreError::Schema(format!(
                    "version {} of the schema is not the one that this program knows",
                    done.version
                )));
            }
            Some(_) => {}
        }
    }
    Ok(applied.len() == known.len())
}

fn from_migrate(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => from_sqlx(error),
        other => StoreError::Schema(other.to_string()),
    }
}
