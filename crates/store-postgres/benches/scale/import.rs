//! The import of a file of the Soccer Prediction Challenge by the built program, into both stores.

use crate::report;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use touchline_store_postgres::testing::Cluster;

pub fn run(cluster: &Cluster, program: &str, file: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = cluster.url("postgres");
    for (store, url) in [("PostgreSQL", Some(url.as_str())), ("SQLite", None)] {
        for turn in ["", ", again, nothing new"] {
            let start = Instant::now();
            let said = touchline(program, folder.path(), url, &["ingest", "challenge", file, "--json"]);
            let took = format!("{:.1} s", start.elapsed().as_secs_f64());
            report(&format!("{} matches into {store}{turn}", said["store"]["matches"]), took);
        }
    }
    let hash = |url| touchline(program, folder.path(), url, &["doctor", "--json"])["content_hash"].clone();
    let (served, embedded) = (hash(Some(&url)), hash(None));
    assert_eq!(served, embedded, "both stores hold the same");
    report("content hash of both", served);
}

/// What a command of the program says. Exit code 3 tells of rejected rows, of which the file has some.
fn touchline(program: &str, folder: &Path, url: Option<&str>, arguments: &[&str]) -> serde_json::Value {
    let mut command = Command::new(program);
    command.args(arguments).arg("--data-dir").arg(folder).stderr(Stdio::inherit()).env_remove("DATABASE_URL");
    if let Some(url) = url {
        command.env("DATABASE_URL", url);
    }
    let output = command.output().expect("the program runs");
    assert!(matches!(output.status.code(), Some(0 | 3)), "{arguments:?} ended with {}", output.status);
    serde_json::from_slice(&output.stdout).expect("JSON")
}
