//! Dumping the database with `pg_dump` and loading it with `pg_restore`; base backups and recovery to a time.

mod base;
mod recovery;
mod stretch;

use crate::error::{Mapped, unavailable};
use crate::programs::{client, run};
use crate::{PostgresStore, options};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, PgConnection, SqlSafeStr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use touchline_domain::Progress;
use touchline_domain::ports::{Backup, Contents, ServerBackup, Store, StoreError};
use touchline_store_sql::stopping::unless_stopped;

/// The dump in its folder.
const FOLDER: &str = "dump";
/// Tables that are dumped or loaded at a time.
const JOBS: &str = "2";

#[async_trait]
impl Backup for PostgresStore {
    fn server(&self) -> Option<&dyn ServerBackup> {
        Some(self)
    }

    async fn dump(&self, folder: &Path, progress: &dyn Progress) -> Result<Contents, StoreError> {
        // The program and the hash below see the same moment.
        let mut snapshot = self.snapshot().await?;
        let name: String = sqlx::query_scalar(include_str!("../queries/backup/export_snapshot.sql"))
            .fetch_one(&mut *snapshot)
            .await
            .mapped()?;
        let mut command = client("pg_dump", &self.url);
        command.args(["--format=directory", "--jobs", JOBS, "--no-owner", "--no-privileges"]);
        command.arg(format!("--snapshot={name}")).arg("--file").arg(folder.join(FOLDER));
        unless_stopped(progress, run(command)).await?;
        let counts = crate::silver::counts(&mut snapshot).await?;
        let content_hash = unless_stopped(progress, crate::silver::content_hash(&mut snapshot)).await?;
        Ok(Contents { counts, content_hash, recoverable_until: None })
    }

    async fn dump_changes(
        &self,
        chain: &[PathBuf],
        folder: &Path,
        progress: &dyn Progress,
    ) -> Result<Contents, StoreError> {
        base::dump_changes(self, chain, folder, progress).await
    }

    async fn load_scratch(
        &self,
        chain: &[PathBuf],
        progress: &dyn Progress,
    ) -> Result<Arc<dyn Store>, StoreError> {
        let [folder] = chain else {
            return Err(unavailable("a dump of a server has no increments", None));
        };
        self.drop_scratch().await?;
        let (_, scratch) = self.names();
        let sql = format!("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", quoted(&scratch));
        self.administer(&[sql]).await?;
        let url = options::with_database(&self.url, &scratch);
        let mut command = client("pg_restore", &url);
        command.args(["--exit-on-error", "--jobs", JOBS, "--no-owner", "--no-privileges"]);
        command.arg(folder.join(FOLDER));
        unless_stopped(progress, run(command)).await?;
        let store = Self::connect(&url, Arc::clone(&self.clock)).await?;
        let has_roles: bool = sqlx::query_scalar(include_str!("../queries/backup/has_roles.sql"))
            .fetch_one(&mut *self.read().await?)
            .await
            .mapped()?;
        if has_roles {
            store.install_roles().await?;
        }
        Ok(Arc::new(store))
    }

    async fn drop_scratch(&self) -> Result<(), StoreError> {
        let (_, scratch) = self.names();
        self.administer(&[format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(&scratch))]).await
    }

    async fn swap_scratch(&self) -> Result<String, StoreError> {
        let (name, scratch) = self.names();
        let before = format!("{name}_before_{}", self.clock.now().format("%Y%m%dt%H%M%Sz"));
        Self::close(self).await;
        let mut connection = self.elsewhere().await?;
        // Nobody may be connected while a database is renamed.
        sqlx::query(include_str!("../queries/backup/disconnect.sql"))
            .bind(&name)
            .execute(&mut connection)
            .await
            .mapped()?;
        let mut transaction = connection.begin().await.mapped()?;
        for (from, to) in [(&name, &before), (&scratch, &name)] {
            let sql = format!("ALTER DATABASE {} RENAME TO {}", quoted(from), quoted(to));
            sqlx::raw_sql(AssertSqlSafe(sql).into_sql_str()).execute(&mut *transaction).await.mapped()?;
        }
        transaction.commit().await.mapped()?;
        connection.close().await.mapped()?;
        Ok(format!("database {before}"))
    }

    async fn close(&self) {
        Self::close(self).await;
    }
}

#[async_trait]
impl ServerBackup for PostgresStore {
    async fn dump_base(&self, folder: &Path, progress: &dyn Progress) -> Result<Contents, StoreError> {
        base::dump_base(self, folder, progress).await
    }

    async fn release(&self, base: &Path) -> Result<(), StoreError> {
        base::release(self, base).await
    }

    async fn recover(
        &self,
        chain: &[PathBuf],
        until: Option<DateTime<Utc>>,
        into: &Path,
    ) -> Result<Contents, StoreError> {
        recovery::recover(self, chain, until, into).await
    }
}

impl PostgresStore {
    /// The names of this database and of the scratch database beside it.
    fn names(&self) -> (String, String) {
        let options = self.pool.connect_options();
        let name = options.get_database().unwrap_or(options.get_username()).to_owned();
        let scratch = format!("{name}_restoring");
        (name, scratch)
    }

    /// A connection to the server that is none to this database.
    async fn elsewhere(&self) -> Result<PgConnection, StoreError> {
        let options: PgConnectOptions = self.pool.connect_options().as_ref().clone();
        options.database("postgres").connect().await.mapped()
    }

    async fn administer(&self, statements: &[String]) -> Result<(), StoreError> {
        let mut connection = self.elsewhere().await?;
        for sql in statements {
            let sql = AssertSqlSafe(sql.clone()).into_sql_str();
            sqlx::raw_sql(sql).execute(&mut connection).await.mapped()?;
        }
        connection.close().await.mapped()
    }
}

/// A name in a statement.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
