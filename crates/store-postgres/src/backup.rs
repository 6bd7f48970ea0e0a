//! Dumping the database with `pg_dump` and loading it with `pg_restore`.

use crate::error::{Mapped, unavailable};
use crate::{PostgresStore, options};
use async_trait::async_trait;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, PgConnection, SqlSafeStr};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use tokio::process::Command;
use touchline_domain::ports::{Backup, Contents, Store, StoreError};

/// The dump in its folder.
const FOLDER: &str = "dump";
/// Tables that are dumped or loaded at a time.
const JOBS: &str = "2";

#[async_trait]
impl Backup for PostgresStore {
    async fn dump(&self, folder: &Path) -> Result<Contents, StoreError> {
        // The program and the hash below see the same moment.
        let mut snapshot = self.snapshot().await?;
        let name: String = sqlx::query_scalar(include_str!("../queries/backup/export_snapshot.sql"))
            .fetch_one(&mut *snapshot)
            .await
            .mapped()?;
        let mut command = program("pg_dump", self.url.as_ref());
        command.args([
            "--format=directory",
            "--jobs",
            JOBS,
            "--no-owner",
            "--no-privileges",
            "--no-password",
        ]);
        command.arg(format!("--snapshot={name}")).arg("--file").arg(folder.join(FOLDER));
        run(command).await?;
        let counts = crate::silver::counts(&mut snapshot).await?;
        let content_hash = crate::silver::content_hash(&mut snapshot).await?;
        Ok(Contents { counts, content_hash })
    }

    async fn load_scratch(&self, folder: &Path) -> Result<Arc<dyn Store>, StoreError> {
        self.drop_scratch().await?;
        let (_, scratch) = self.names();
        let sql = format!("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", quoted(&scratch));
        self.administer(&[sql]).await?;
        let url = options::with_database(&self.url, &scratch);
        let mut command = program("pg_restore", &url);
        command.args(["--exit-on-error", "--jobs", JOBS, "--no-owner", "--no-privileges", "--no-password"]);
        command.arg(folder.join(FOLDER));
        run(command).await?;
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
        self.pool.close().await;
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

/// A program of PostgreSQL with the database to work on; the password goes through the environment, which other
/// users cannot see.
fn program(name: &str, url: &str) -> Command {
    let (url, password) = options::split_password(url);
    let mut command = Command::new(name);
    command.arg("--dbname").arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command.kill_on_drop(true);
    command
}

async fn run(mut command: Command) -> Result<(), StoreError> {
    let name = command.as_std().get_program().display().to_string();
    let output = command.output().await.map_err(|error| {
        unavailable(
            &format!("cannot run {name}, which comes with PostgreSQL's client programs: {error}"),
            None,
        )
    })?;
    if output.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&output.stderr);
    Err(unavailable(&format!("{name} failed: {}", told.trim()), None))
}

/// A name in a statement.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
