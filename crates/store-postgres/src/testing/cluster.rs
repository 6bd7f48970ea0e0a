//! A server in a folder.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Settings of every server of tests: no network, and the socket's folder is the data folder's.
const SETTINGS: &str = "listen_addresses = ''\nmax_connections = 100\nshared_buffers = 32MB\nautovacuum = off\n\
    log_min_messages = fatal\n";

/// Settings of servers whose data nobody will miss.
pub(super) const CARELESS: &str = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nwal_level = minimal\nmax_wal_senders = 0\n";

/// A server of one test's own, stopped and removed when dropped. It takes connections through a socket in its folder.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    is_ours: bool,
    /// Removes the folder in the end.
    _temporary: Option<TempDir>,
}

impl Cluster {
    /// Makes and starts a server with safe settings and these lines of configuration beside.
    pub fn start(configuration: &str) -> Self {
        let temporary = open_folder();
        let folder = temporary.path().join("server");
        Self::create(&folder, configuration);
        Self::run_in(folder, Some(temporary))
    }

    /// The same in a folder that its user can reach and that somebody else removes.
    pub fn start_in(place: &Path, configuration: &str) -> Self {
        let folder = place.join("server");
        Self::create(&folder, configuration);
        Self::run_in(folder, None)
    }

    /// Makes and starts a streaming replica of this server.
    #[must_use]
    pub fn replica(&self) -> Self {
        let temporary = open_folder();
        let folder = temporary.path().join("server");
        private_folder(&folder);
        run(as_server_user(&program("pg_basebackup"))
            .args(["--checkpoint=fast", "--no-sync", "--write-recovery-conf", "--dbname"])
            .arg(self.url("postgres"))
            .arg("--pgdata")
            .arg(folder.join("data")));
        append_socket(&folder);
        Self::run_in(folder, Some(temporary))
    }

    /// Starts a server on a data folder that is there already, and that it takes along.
    pub fn on(data: &Path) -> Self {
        let temporary = open_folder();
        let folder = temporary.path().join("server");
        private_folder(&folder);
        run(Command::new("mv").arg(data).arg(folder.join("data")));
        append_socket(&folder);
        Self::run_in(folder, Some(temporary))
    }

    fn run_in(folder: PathBuf, temporary: Option<TempDir>) -> Self {
        let server = Self { folder, is_ours: true, _temporary: temporary };
        server.resume();
        server
    }

    /// Makes a server's folder.
    pub(super) fn create(folder: &Path, configuration: &str) {
        private_folder(folder);
        run(as_server_user(&program("initdb"))
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
            .arg("-D")
            .arg(folder.join("data")));
        append(&folder.join("data/postgresql.conf"), &format!("{SETTINGS}{configuration}"));
        append_socket(folder);
    }

    /// The server that runs in a folder, not stopped when dropped.
    pub(super) fn borrowed(folder: PathBuf) -> Self {
        Self { folder, is_ours: false, _temporary: None }
    }

    /// Starts the server again.
    pub fn resume(&self) {
        run(self.control().args(["start", "-w", "-l"]).arg(self.folder.join("log")));
    }

    /// Stops the server as a loss of power would: nothing that is not on disk yet gets there.
    pub fn crash(&self) {
        run(self.control().args(["stop", "-m", "immediate"]));
    }

    /// The URL of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.folder.display())
    }

    /// The server's folder; its data are in `data`.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn control(&self) -> Command {
        let mut command = as_server_user(&program("pg_ctl"));
        command.arg("-D").arg(self.folder.join("data"));
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.is_ours {
            // A server that was stopped by the test has nothing to stop.
            let _ = self.control().args(["stop", "-m", "immediate"]).stdout(Stdio::null()).status();
        }
    }
}

/// The command that stops the server in a folder and removes it, for a shell.
pub(super) fn removal(folder: &Path) -> String {
    let pg_ctl = as_server_user(&program("pg_ctl"));
    let words: Vec<_> = std::iter::once(pg_ctl.get_program())
        .chain(pg_ctl.get_args())
        .map(|word| format!("'{}'", word.display()))
        .collect();
    let folder = folder.display();
    format!("{} -D '{folder}/data' stop -m immediate; rm -rf '{folder}'", words.join(" "))
}

/// A program of the server, the newest where several versions are installed.
pub fn program(name: &str) -> PathBuf {
    let named = std::env::var_os("TOUCHLINE_POSTGRES_BIN").map(PathBuf::from);
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<_> = debian.map(|version| version.path().join("bin")).collect();
    debian.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = named.into_iter().chain(debian.into_iter().rev()).chain(std::env::split_paths(&path));
    folders.map(|folder| folder.join(name)).find(|program| program.exists()).unwrap_or_else(|| {
        panic!(
            "there is no {name}: these tests start a PostgreSQL server of their own. `./dev setup` installs it, or \
             install the package postgresql, or set TOUCHLINE_POSTGRES_BIN to the folder of its programs"
        )
    })
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|this| this.uid() == 0)
}

/// The server refuses to run as root; then it runs as the user that its package made.
pub(super) fn as_server_user(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program);
    command.current_dir("/");
    command
}

/// A temporary folder that the server's user can reach.
fn open_folder() -> TempDir {
    let temporary = TempDir::new().expect("a temporary folder");
    run(Command::new("chmod").arg("711").arg(temporary.path()));
    temporary
}

fn append_socket(folder: &Path) {
    let setting = format!("unix_socket_directories = '{}'", folder.display());
    append(&folder.join("data/postgresql.conf"), &setting);
}

/// Makes an empty folder that is the server's user's alone.
pub fn private_folder(folder: &Path) {
    let mut install = Command::new("install");
    install.args(["-d", "-m", "700"]);
    if is_root() {
        install.args(["-o", "postgres", "-g", "postgres"]);
    }
    run(install.arg(folder));
}

fn append(file: &Path, text: &str) {
    let mut all = std::fs::read_to_string(file).expect("a configuration");
    all.push_str(text);
    all.push('\n');
    std::fs::write(file, all).expect("the configuration is written");
}

/// Runs a command to its end, with its output shown if it fails. The output goes through a file: a server that a command
/// starts would hold a pipe open for ever.
pub(super) fn run(command: &mut Command) {
    let output = tempfile::tempfile().expect("a temporary file");
    let told = output.try_clone().expect("a second handle");
    let errors = output.try_clone().expect("a third handle");
    let status = command.stdin(Stdio::null()).stdout(told).stderr(errors).status();
    if !status.as_ref().is_ok_and(std::process::ExitStatus::success) {
        let mut text = String::new();
        let mut output = output;
        let _ = std::io::Seek::rewind(&mut output);
        let _ = std::io::Read::read_to_string(&mut output, &mut text);
        panic!("{command:?} ended with {status:?}:\n{text}");
    }
}
