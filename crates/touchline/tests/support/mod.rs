//! The real binary in folders of its own, and invented results for it.
#![allow(dead_code, reason = "each test file uses a part")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[cfg(unix)]
pub mod line;
pub mod quotes;
pub mod results;
pub mod server;
pub mod web;

use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use touchline_domain::SystemClock;
use touchline_domain::ports::{
    HealthCheck, MatchReader, ModelReader, ModelVersion, QualityReader, ResultRow, StoredIssue,
};
use touchline_store_sqlite::SqliteStore;

/// A data folder and room for files beside it; gone at the end of the test.
pub struct Place {
    folder: TempDir,
    settings: Vec<(&'static str, String)>,
}

/// How a command ended and what it said.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    pub fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// The same, where the exit code is as expected.
    #[track_caller]
    pub fn ending(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:#?}"))
    }
}

impl Place {
    /// One in which runs are not told of: a command that changes nothing then leaves the database as it is, to the byte.
    pub fn new() -> Self {
        let settings = vec![("TOUCHLINE__LINEAGE__RECORD", "false".to_owned())];
        Self { folder: TempDir::new().unwrap(), settings }
    }

    /// One in which runs are told of, as they are by default.
    pub fn recording() -> Self {
        Self { settings: Vec::new(), ..Self::new() }
    }

    /// A setting by its environment variable, for every command that follows.
    pub fn set(&mut self, name: &'static str, value: &str) {
        self.settings.push((name, value.to_owned()));
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Writes a file, with the folders above it.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The binary with its data folder, and with nothing of this process's environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.prepared(Command::new(env!("CARGO_BIN_EXE_touchline")), arguments)
    }

    /// What a command says, and the most memory that was resident meanwhile, in mebibytes.
    pub fn run_measured(&self, arguments: &[&str]) -> (Said, u64) {
        let mut command = self.command(arguments);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let status = format!("/proc/{}/status", child.id());
        let watch = std::thread::spawn(move || {
            let mut most = None;
            // The kernel keeps the peak; a process that has ended has none any more.
            while let Some(peak) = peak_kib(&status) {
                most = Some(peak);
                std::thread::sleep(Duration::from_millis(2));
            }
            most.expect("the command ended before its memory was read") / 1024
        });
        (Said::of(child.wait_with_output().unwrap()), watch.join().unwrap())
    }

    fn prepared(&self, mut command: Command, arguments: &[&str]) -> Command {
        command
            .env_clear()
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path());
        command.args(arguments).arg("--data-dir").arg(self.data());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        Said::of(self.command(arguments).output().unwrap())
    }

    /// A command that reads a line of standard input.
    pub fn run_with(&self, arguments: &[&str], line: &str) -> Said {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that wants none does not read it.
        let _ = writeln!(child.stdin.take().unwrap(), "{line}");
        Said::of(child.wait_with_output().unwrap())
    }

    /// `ingest SOURCE PATHS --json`, where it ends with this code.
    #[track_caller]
    pub fn ingest(&self, code: i32, source: &str, paths: &[&Path]) -> Value {
        let mut arguments = vec!["ingest", source, "--json"];
        arguments.extend(paths.iter().map(|p| p.to_str().unwrap()));
        self.run(&arguments).ending(code).json()
    }

    #[track_caller]
    pub fn content_hash(&self) -> String {
        let doctor = self.run(&["doctor", "--json"]).ending(0).json();
        doctor["content_hash"].as_str().unwrap().to_owned()
    }

    /// The database's bytes, its log folded in: a write of anything anywhere shows in them.
    pub fn database(&self) -> Vec<u8> {
        self.with_store(async |store| store.close().await);
        let wal = self.data().join("touchline.db-wal");
        assert!(!wal.exists() || wal.metadata().unwrap().len() == 0);
        std::fs::read(self.data().join("touchline.db")).unwrap()
    }

    /// Everything recorded in the quality log.
    pub fn issues(&self) -> Vec<StoredIssue> {
        self.with_store(async |store| store.issues(100_000).await.unwrap())
    }

    /// All matches, as the chronological pass reads them.
    pub fn matches(&self) -> Vec<ResultRow> {
        self.with_store(async |store| store.results().await.unwrap())
    }

    /// All registered models.
    pub fn versions(&self) -> Vec<ModelVersion> {
        self.with_store(async |store| store.versions().await.unwrap())
    }

    /// Whether the database answers and is whole.
    pub fn check(&self) -> Result<String, String> {
        self.with_store(async |store| store.check().await.map_err(|e| e.to_string()))
    }

    fn with_store<T>(&self, act: impl AsyncFnOnce(&SqliteStore) -> T) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let path = self.data().join("touchline.db");
            let store = SqliteStore::open(&path, Arc::new(SystemClock)).await.unwrap();
            let answer = act(&store).await;
            store.close().await;
            answer
        })
    }
}

/// The most memory that was ever resident in a running process, in kibibytes.
fn peak_kib(status: &str) -> Option<u64> {
    let status = std::fs::read_to_string(status).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// A recorded file or folder; none, with a message, where it is absent.
pub fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("TOUCHLINE_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let found = root.join(path);
    if found.exists() {
        return Some(found.canonicalize().unwrap());
    }
    eprintln!("skipped: {} is absent", found.display());
    None
}
