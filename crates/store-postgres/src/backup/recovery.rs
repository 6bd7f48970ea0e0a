//! Recovery of a base backup and the log after it into a new data folder: a server of our own, which nobody else can
//! reach, replays the log and is stopped again.

use super::stretch::{SEGMENTS, Stretch, failed, place, read_all};
use crate::error::{Mapped, unavailable};
use crate::programs::{finished, of_server};
use crate::{PostgresStore, silver};
use chrono::{DateTime, Utc};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions, Connection as _};
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::process::{Child, Command};
use touchline_domain::ports::{Contents, StoreError};

/// Where the log lies for the server that replays it, in the data folder; removed in the end, as are the others.
const LOG: &str = "touchline_wal";
const SETTINGS: &str = "touchline_recovery.conf";
const ACCESS: &str = "touchline_hba.conf";
const SAID: &str = "touchline_recovery.log";
/// What `ALTER SYSTEM` set, and where it is meanwhile.
const ALTERED: [&str; 2] = ["postgresql.auto.conf", "touchline_auto.conf"];
const SIGNAL: &str = "recovery.signal";
/// How often a server that replays is asked whether it is done.
const PAUSE: Duration = Duration::from_millis(50);

static SOCKETS: AtomicU32 = AtomicU32::new(0);

/// A data folder and who owns it: the server's programs refuse to run as root, and then run as its owner.
struct Target {
    folder: PathBuf,
    /// User and group, where they are not ours.
    owner: Option<(u32, u32)>,
}

pub(super) async fn recover(
    store: &PostgresStore,
    chain: &[PathBuf],
    until: Option<DateTime<Utc>>,
    into: &Path,
) -> Result<Contents, StoreError> {
    let stretches = read_all(chain)?;
    let target = Target::prepare(into)?;
    let recovered = fill_and_replay(store, chain, &stretches, until, &target).await;
    if recovered.is_err() {
        target.empty();
    }
    recovered
}

async fn fill_and_replay(
    store: &PostgresStore,
    chain: &[PathBuf],
    stretches: &[Stretch],
    until: Option<DateTime<Utc>>,
    target: &Target,
) -> Result<Contents, StoreError> {
    let last = &stretches[stretches.len() - 1];
    let server = of_server("postgres", last.major).await?;
    target.unpack(&chain[0].join("base.tar.gz")).await?;
    target.make(LOG, |path| DirBuilder::new().mode(0o700).create(path))?;
    for (folder, stretch) in chain.iter().zip(stretches) {
        for name in stretch.segments() {
            let from = folder.join(SEGMENTS).join(format!("{name}.zst"));
            let input = File::open(&from).map_err(|error| failed(&from, &error))?;
            let unpack = |path: &Path| zstd::stream::copy_decode(&input, File::create(path)?);
            target.make(&format!("{LOG}/{name}"), unpack)?;
        }
    }
    target.rename(ALTERED[0], ALTERED[1])?;
    target.make(SIGNAL, |path| File::create(path).map(drop))?;
    target.make(SETTINGS, |path| File::create(path).map(drop))?;
    // Whoever reaches the socket is the owner of its folder.
    target.make(ACCESS, |path| fs::write(path, "local all all trust\n"))?;
    let goal = match until {
        Some(time) => format!("recovery_target_time={}", time.format("%Y-%m-%d %H:%M:%S%.6f+00")),
        None => format!("recovery_target_lsn={}", place(last.stop)),
    };
    let sockets = target.sockets()?;
    let contents = replay(store, &server, target, &sockets, &last.database, &goal, until.is_some()).await;
    let _ = fs::remove_dir_all(&sockets);
    let contents = contents?;
    target.tidy()?;
    Ok(contents)
}

/// Starts the server, waits until it has replayed the log and opened the database, looks at it, and stops it.
async fn replay(
    store: &PostgresStore,
    program: &Path,
    target: &Target,
    sockets: &Path,
    database: &str,
    goal: &str,
    inclusive: bool,
) -> Result<Contents, StoreError> {
    let mut server = target.start(program, sockets, goal, inclusive)?;
    let given = store.pool.connect_options();
    let options = PgConnectOptions::new_without_pgpass()
        .socket(sockets)
        .port(5432)
        .ssl_mode(PgSslMode::Disable)
        .username(given.get_username())
        .database(database)
        .log_statements(tracing::log::LevelFilter::Debug);
    let mut connection = loop {
        if let Some(status) = server.try_wait().map_err(|error| failed(program, &error))? {
            return Err(unavailable(
                &format!("the log cannot be replayed ({status}): {}", target.said()),
                None,
            ));
        }
        match PgConnection::connect_with(&options).await {
            Ok(connection) => break connection,
            Err(sqlx::Error::Database(error)) if error.code().is_none_or(|code| !code.starts_with("57")) => {
                return Err(unavailable(&format!("the recovered server refuses: {}", error.message()), None));
            }
            // It replays still.
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    };
    let counts = silver::counts(&mut connection).await?;
    let content_hash = silver::content_hash(&mut connection).await?;
    connection.close().await.mapped()?;
    let mut stop = target.command(&program.with_file_name("pg_ctl"));
    stop.args(["stop", "-w", "-s", "-m", "fast", "-D"]).arg(&target.folder);
    finished("pg_ctl", stop.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()).await?;
    server.wait().await.map_err(|error| failed(program, &error))?;
    Ok(Contents { counts, content_hash, recoverable_until: None })
}

impl Target {
    /// A new folder, or an empty one.
    fn prepare(folder: &Path) -> Result<Self, StoreError> {
        let is_root = fs::metadata("/proc/self").is_ok_and(|this| this.uid() == 0);
        let told = |what: &str| unavailable(&format!("{}: {what}", folder.display()), None);
        if !folder.exists() {
            if is_root {
                let how =
                    "make it first, for the user that the server runs as: install -d -o postgres -m 700";
                return Err(told(&format!("{how} {}", folder.display())));
            }
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(|error| failed(folder, &error))?;
        }
        let mut entries = fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
        if entries.next().is_some() {
            return Err(told(
                "it is not empty; a recovery goes into a new folder, never over a server's files",
            ));
        }
        let folder = folder.canonicalize().map_err(|error| failed(folder, &error))?;
        let metadata = fs::metadata(&folder).map_err(|error| failed(&folder, &error))?;
        let owner = (metadata.uid(), metadata.gid());
        if is_root && owner.0 == 0 {
            return Err(told(
                "it belongs to root, as whom a server does not run; chown it to the server's user",
            ));
        }
        Ok(Self { folder, owner: is_root.then_some(owner) })
    }

    /// A program that runs as the owner.
    fn command(&self, program: &Path) -> Command {
        let Some((user, group)) = self.owner else { return Command::new(program) };
        let mut command = Command::new("setpriv");
        command.arg(format!("--reuid={user}")).arg(format!("--regid={group}")).args(["--clear-groups", "--"]);
        command.arg(program).current_dir("/");
        command
    }

    /// Makes something in the folder, which becomes the owner's.
    fn make(&self, name: &str, make: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), StoreError> {
        let path = self.folder.join(name);
        let made = make(&path).and_then(|()| self.give(&path));
        made.map_err(|error| failed(&path, &error))
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), StoreError> {
        let (from, to) = (self.folder.join(from), self.folder.join(to));
        if from.exists() { fs::rename(&from, to).map_err(|error| failed(&from, &error)) } else { Ok(()) }
    }

    fn give(&self, path: &Path) -> io::Result<()> {
        let Some((user, group)) = self.owner else { return Ok(()) };
        chown(path, Some(user), Some(group))
    }

    async fn unpack(&self, archive: &Path) -> Result<(), StoreError> {
        let input = File::open(archive).map_err(|error| failed(archive, &error))?;
        let mut command = self.command(Path::new("tar"));
        command.args(["--extract", "--gzip", "--file=-", "--directory"]).arg(&self.folder);
        command.stdin(input).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        finished("tar", command.spawn()).await
    }

    /// A folder for the socket: paths of sockets are short.
    fn sockets(&self) -> Result<PathBuf, StoreError> {
        let number = SOCKETS.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("touchline-{}-{number}", std::process::id()));
        let made = DirBuilder::new().mode(0o700).create(&path).and_then(|()| self.give(&path));
        made.map(|()| path.clone()).map_err(|error| failed(&path, &error))
    }

    /// Settings that came with the backup, such as sockets, certificates or archives, are not for this server.
    fn start(
        &self,
        program: &Path,
        sockets: &Path,
        goal: &str,
        inclusive: bool,
    ) -> Result<Child, StoreError> {
        let inside = |name: &str| self.folder.join(name).display().to_string();
        let mut command = self.command(program);
        command.arg("-D").arg(&self.folder);
        let settings = [
            format!("config_file={}", inside(SETTINGS)),
            format!("hba_file={}", inside(ACCESS)),
            format!("ident_file={}", inside(SETTINGS)),
            format!("unix_socket_directories={}", sockets.display()),
            format!("restore_command=cp {LOG}/%f %p"),
            format!("recovery_target_inclusive={inclusive}"),
            goal.to_owned(),
        ];
        let fixed = [
            "listen_addresses=",
            "port=5432",
            // Not asked before the end: no need for as many connections as the server had.
            "hot_standby=off",
            "autovacuum=off",
            "recovery_target_action=promote",
            "recovery_target_timeline=current",
        ];
        for setting in settings.iter().map(String::as_str).chain(fixed) {
            command.arg("-c").arg(setting);
        }
        let said = self.folder.join(SAID);
        let log = File::create(&said).map_err(|error| failed(&said, &error))?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).kill_on_drop(true);
        command.spawn().map_err(|error| failed(program, &error))
    }

    /// The last words of the server.
    fn said(&self) -> String {
        let text = fs::read_to_string(self.folder.join(SAID)).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(5)..].join("; ")
    }

    /// Removes what was for recovery alone.
    fn tidy(&self) -> Result<(), StoreError> {
        let log = self.folder.join(LOG);
        fs::remove_dir_all(&log).map_err(|error| failed(&log, &error))?;
        self.rename(ALTERED[1], ALTERED[0])?;
        for path in [SETTINGS, ACCESS, SAID].map(|name| self.folder.join(name)) {
            fs::remove_file(&path).map_err(|error| failed(&path, &error))?;
        }
        Ok(())
    }

    /// Leaves nothing of a recovery that failed; the folder itself was there before.
    fn empty(&self) {
        for path in fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        }
    }
}
