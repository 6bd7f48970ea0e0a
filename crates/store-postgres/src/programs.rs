//! PostgreSQL's own programs: found, given what they need, and waited for.

use crate::error::unavailable;
use crate::options;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;
use touchline_domain::ports::StoreError;

/// Where the server's programs are, if not where distributions put them.
const FOLDER: &str = "TOUCHLINE_POSTGRES_BIN";

/// A client program with the database to work on; the password goes through the environment, which other users cannot
/// see.
pub(crate) fn client(name: &str, url: &str) -> Command {
    let (url, password) = options::split_password(url);
    let mut command = Command::new(name);
    command.arg("--dbname").arg(url).arg("--no-password");
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command
}

/// Runs a program to its end.
pub(crate) async fn run(mut command: Command) -> Result<(), StoreError> {
    let name =
        Path::new(command.as_std().get_program()).file_name().unwrap_or_default().display().to_string();
    command.stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let child = command.stdin(Stdio::null()).spawn();
    finished(&name, child).await
}

/// Waits for a program that was started with its errors piped.
pub(crate) async fn finished(
    name: &str,
    child: std::io::Result<tokio::process::Child>,
) -> Result<(), StoreError> {
    let output = match child {
        Ok(child) => child.wait_with_output().await,
        Err(error) => Err(error),
    };
    let output = output.map_err(|error| {
        unavailable(&format!("cannot run {name}, which comes with PostgreSQL: {error}"), None)
    })?;
    if output.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&output.stderr);
    let retry = told.contains("No space left on device").then_some(60);
    Err(unavailable(&format!("{name} failed: {}", told.trim()), retry))
}

/// A program of the server, of the major version whose files it shall read.
pub(crate) async fn of_server(name: &str, major: u32) -> Result<PathBuf, StoreError> {
    let named = std::env::var_os(FOLDER).map(PathBuf::from);
    let installed = [format!("/usr/lib/postgresql/{major}/bin"), format!("/usr/pgsql-{major}/bin")];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = named.into_iter().chain(installed.map(PathBuf::from)).chain(std::env::split_paths(&path));
    for program in folders.map(|folder| folder.join(name)) {
        if program.exists() && version(program.as_os_str()).await == Some(major) {
            return Ok(program);
        }
    }
    let message = format!(
        "there is no {name} of PostgreSQL {major} here, which recovery needs; install the server's package, or set \
         {FOLDER} to the folder of its programs"
    );
    Err(unavailable(&message, None))
}

/// The major version of a program: `postgres (PostgreSQL) 15.4 (Debian 15.4-1)` is 15.
async fn version(program: &OsStr) -> Option<u32> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output().await.ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let number = text.split_once("(PostgreSQL) ")?.1;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_in_the_environment_and_in_no_argument() {
        for url in [
            "postgres://ann:s3cret@db/x?sslmode=require",
            "postgres://db/x?user=ann&password=s3cret&sslmode=require",
            "postgres://ann@db/x?%70assword=s3cret",
        ] {
            for name in ["pg_dump", "pg_basebackup"] {
                let command = client(name, url);
                let command = command.as_std();
                assert!(
                    command.get_args().all(|word| !word.display().to_string().contains("s3cret")),
                    "{command:?}"
                );
                let given = command.get_envs().find(|(name, _)| *name == "PGPASSWORD");
                assert_eq!(given, Some((OsStr::new("PGPASSWORD"), Some(OsStr::new("s3cret")))), "{url}");
            }
        }
        let trusted = client("pg_dump", "postgres://ann@db/x");
        assert_eq!(trusted.as_std().get_envs().count(), 0, "what psql reads is left as it is");
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_or_fails_is_told() {
        let error = run(Command::new("/nowhere/pg_dump")).await.unwrap_err().to_string();
        assert!(error.contains("cannot run pg_dump"), "{error}");
        let mut failing = Command::new("sh");
        failing.args(["-c", "echo 'no such database' >&2; exit 1"]);
        let error = run(failing).await.unwrap_err().to_string();
        assert!(error.contains("sh failed: no such database"), "{error}");
        let error = of_server("postgres", 8).await.unwrap_err().to_string();
        assert!(error.contains("no postgres of PostgreSQL 8 here") && error.contains(FOLDER), "{error}");
    }
}
