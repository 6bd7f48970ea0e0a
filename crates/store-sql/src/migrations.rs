//! Running a schema's migrations. A released migration never changes: its checksum is kept in the database.

use crate::error::from_sqlx;
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType};
use touchline_domain::ports::StoreError;

const TABLE: &str = "_sqlx_migrations";

/// Version, name and text of one migration.
pub type Text = (i64, &'static str, &'static str);

/// The history of a store's schema.
#[derive(Debug)]
pub struct History(Vec<Migration>);

impl History {
    /// The migrations in order, the oldest first.
    #[must_use]
    pub fn new(texts: &[Text]) -> Self {
        let migration = |(version, name, sql): Text| {
            Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
        };
        Self(texts.iter().copied().map(migration).collect())
    }

    /// Applies what is missing. The transaction is the caller's, and so is the lock that lets programs that start
    /// together take turns.
    ///
    /// # Errors
    /// The database does not answer, or refuses a statement.
    pub async fn apply(&self, connection: &mut impl Migrate) -> Result<(), StoreError> {
        self.apply_missing(connection).await.map_err(from_migrate)
    }

    async fn apply_missing(&self, connection: &mut impl Migrate) -> Result<(), MigrateError> {
        connection.ensure_migrations_table(TABLE).await?;
        let applied = connection.list_applied_migrations(TABLE).await?;
        for migration in
            self.0.iter().filter(|known| applied.iter().all(|done| done.version != known.version))
        {
            connection.apply(TABLE, migration).await?;
        }
        Ok(())
    }

    /// Notes every migration as applied without running it, in a database that was given the schema of the last one at once.
    ///
    /// # Errors
    /// The database does not answer, or has migrations already.
    pub async fn note(&self, connection: &mut impl Migrate) -> Result<(), StoreError> {
        connection.ensure_migrations_table(TABLE).await.map_err(from_migrate)?;
        for migration in &self.0 {
            connection.skip(TABLE, migration).await.map_err(from_migrate)?;
        }
        Ok(())
    }

    /// Whether every migration was applied as it is known here, to a database that has the table of migrations.
    ///
    /// # Errors
    /// [`StoreError::Schema`] for one that is unknown, or that was another when it was applied.
    pub async fn is_applied(&self, connection: &mut impl Migrate) -> Result<bool, StoreError> {
        let applied = connection.list_applied_migrations(TABLE).await.map_err(from_migrate)?;
        for done in &applied {
            match self.0.iter().find(|known| known.version == done.version) {
                None => {
                    return Err(StoreError::Schema(format!(
                        "the database has version {} and this program knows versions up to {}: update the program",
                        done.version,
                        self.version()
                    )));
                }
                Some(known) if known.checksum != done.checksum => {
                    return Err(StoreError::Schema(format!(
                        "version {} of the schema is not the one that this program knows",
                        done.version
                    )));
                }
                Some(_) => {}
            }
        }
        Ok(applied.len() == self.0.len())
    }

    /// Of the schema as it is after the last migration.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.0.last().map_or(0, |last| last.version)
    }
}

fn from_migrate(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => from_sqlx(error),
        other => StoreError::Schema(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{Connection, SqliteConnection};

    const FIRST: Text = (1, "first", "CREATE TABLE a (x INTEGER) STRICT");
    const SECOND: Text = (2, "second", "CREATE TABLE b (x INTEGER) STRICT");

    #[tokio::test]
    async fn what_is_missing_is_applied_and_what_is_unknown_refused() {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let (old, new) = (History::new(&[FIRST]), History::new(&[FIRST, SECOND]));
        old.apply(&mut connection).await.unwrap();
        assert!(old.is_applied(&mut connection).await.unwrap());
        assert!(!new.is_applied(&mut connection).await.unwrap());
        new.apply(&mut connection).await.unwrap();
        new.apply(&mut connection).await.unwrap();
        assert!(new.is_applied(&mut connection).await.unwrap());
        assert_eq!(new.version(), 2);
        let refused = old.is_applied(&mut connection).await.unwrap_err();
        assert!(matches!(&refused, StoreError::Schema(m) if m.contains("has version 2")), "{refused}");
        let changed = History::new(&[FIRST, (2, "second", "CREATE TABLE c (x INTEGER) STRICT")]);
        let refused = changed.is_applied(&mut connection).await.unwrap_err();
        assert!(matches!(&refused, StoreError::Schema(m) if m.contains("version 2")), "{refused}");
    }
}
