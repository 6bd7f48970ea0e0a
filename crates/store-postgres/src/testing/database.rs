//! A database of one test's own on a server that a whole run of tests shares.
//!
//! Test runners start a process per test, so the server belongs to none of them: the first process starts it, each
//! holds a lock for as long as it lives, and a watcher removes the server once nobody holds the lock.

use super::cluster::{CARELESS, Cluster, removal};
use crate::{PostgresStore, migrations};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, SqlSafeStr};
use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use touchline_domain::FixedClock;

static COUNTER: AtomicU32 = AtomicU32::new(0);
static TEMPLATE: tokio::sync::OnceCell<()> = tokio::sync::OnceCell::const_new();
static SERVER: OnceLock<Shared> = OnceLock::new();

/// This process's part in the shared server.
#[derive(Debug)]
struct Shared {
    server: Cluster,
    /// Held until the process ends.
    _in_use: File,
}

/// An empty database on the shared server, removed when dropped.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    url: String,
}

impl TestDatabase {
    /// Makes a database; starts the server where none runs.
    pub async fn create() -> Self {
        let server = &SERVER.get_or_init(share).server;
        let name = new_name();
        command(format!("CREATE DATABASE {name}")).await;
        Self { url: server.url(&name), name }
    }

    /// Makes a database that has the schema already: a copy of one that is made once.
    pub async fn migrated() -> Self {
        let server = &SERVER.get_or_init(share).server;
        TEMPLATE.get_or_init(|| template(server)).await;
        let name = new_name();
        command(format!("CREATE DATABASE {name} TEMPLATE {}", template_name())).await;
        Self { url: server.url(&name), name }
    }

    /// Where it is reached.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A connection that knows nothing of the store's rules except what the database enforces.
    pub async fn connection(&self) -> PgConnection {
        connect(&self.url).await
    }

    /// Does what autovacuum does of a server: the one of tests has it off.
    pub async fn tidy(&self) {
        sqlx::query("VACUUM (ANALYZE)").execute(&mut self.connection().await).await.expect("tidied");
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let removed = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(command(sql));
        });
        // A server that is gone has taken its databases along.
        let _ = removed.join();
    }
}

fn new_name() -> String {
    format!("t_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// Named by the schema that it has, so that an older one is not taken for it.
fn template_name() -> String {
    format!("template_{}", &migrations::hash()[..16])
}

/// Makes the database that others are copied from, unless another process has made it.
async fn template(server: &Cluster) {
    let making = lock_file(server.folder().parent().expect("a folder above"), "template.lock");
    making.lock().expect("a lock");
    let name = template_name();
    let mut connection = connect(&server.url("postgres")).await;
    let sql = "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)";
    let there: bool =
        sqlx::query_scalar(sql).bind(&name).fetch_one(&mut connection).await.expect("an answer");
    if there {
        return;
    }
    command(format!("CREATE DATABASE making_{name}")).await;
    let clock = Arc::new(FixedClock(chrono::DateTime::UNIX_EPOCH));
    let store =
        PostgresStore::connect(&server.url(&format!("making_{name}")), clock).await.expect("a schema");
    store.close().await;
    command(format!("ALTER DATABASE making_{name} RENAME TO {name}")).await;
}

async fn command(sql: String) {
    let server = &SERVER.get().expect("the server was started").server;
    let mut connection = connect(&server.url("postgres")).await;
    connection.execute(AssertSqlSafe(sql).into_sql_str()).await.expect("a command of the server");
    connection.close().await.expect("a farewell");
}

/// A connection to a server of tests.
pub async fn connect(url: &str) -> PgConnection {
    let options = PgConnectOptions::from_str(url).expect("a URL");
    options.connect().await.expect("a connection to the test server")
}

fn share() -> Shared {
    let user = std::fs::metadata("/proc/self").map_or(0, |this| this.uid());
    let base = std::env::temp_dir().join(format!("touchline-postgres-{user}"));
    std::fs::create_dir_all(&base).expect("a folder for the server");
    // Waits while the watcher removes an older server.
    let in_use = lock_file(&base, "users.lock");
    in_use.lock_shared().expect("a lock");
    let starting = lock_file(&base, "start.lock");
    starting.lock().expect("a lock");
    let folder = base.join("server");
    if UnixStream::connect(folder.join(".s.PGSQL.5432")).is_err() {
        std::fs::remove_dir_all(&folder).or_else(absent_is_well).expect("what is left of an older server");
        Cluster::create(&folder, CARELESS);
        Cluster::borrowed(folder.clone()).resume();
    }
    watch(&base, &folder);
    Shared { server: Cluster::borrowed(folder), _in_use: in_use }
}

fn absent_is_well(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

fn lock_file(base: &Path, name: &str) -> File {
    let path: PathBuf = base.join(name);
    File::options().create(true).append(true).open(path).expect("a lock's file")
}

/// Starts the watcher, unless one is there: it removes the server when nobody has used it for a while.
#[expect(clippy::zombie_processes, reason = "the watcher outlives this process")]
fn watch(base: &Path, folder: &Path) {
    if lock_file(base, "watch.lock").try_lock().is_err() {
        return;
    }
    let script = format!(
        "while sleep 2; do flock -n '{}' -c \"{}\" && exit; done",
        base.join("users.lock").display(),
        removal(folder)
    );
    Command::new("flock")
        .arg("-n")
        .arg(base.join("watch.lock"))
        .args(["sh", "-c", &script])
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a watcher");
}
