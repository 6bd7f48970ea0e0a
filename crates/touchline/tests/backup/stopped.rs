//! A backup that is asked to stop while a program of the server runs.

use super::{ingest, place};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use touchline_store_postgres::testing::TestDatabase;

/// Waits for a condition, at most a minute.
fn until(condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !condition() {
        assert!(Instant::now() < deadline);
        std::thread::yield_now();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_a_backup_with_its_program_and_leaves_no_file() {
    let database = TestDatabase::create().await;
    let mut place = place(Some(database.url()));
    ingest(&place, 2019);
    // A dump that never ends, and says under which number it runs.
    let running = place.path("running");
    let script =
        format!("#!/bin/sh\necho $$ > {0}.new && mv {0}.new {0}\nexec sleep 600\n", running.display());
    let program = place.write("programs/pg_dump", script);
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    place.set("PATH", &format!("{}:/usr/bin:/bin", program.parent().unwrap().display()));

    for signal in ["INT", "TERM"] {
        let mut command = place.command(&["db", "backup"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        until(|| running.exists());
        let dump = std::fs::read_to_string(&running).unwrap();
        std::fs::remove_file(&running).unwrap();
        let kill = format!("kill -{signal} {}", child.id());
        assert!(Command::new("/bin/sh").arg("-c").arg(kill).status().unwrap().success());
        let said = child.wait_with_output().unwrap();
        let told = String::from_utf8(said.stderr).unwrap();
        assert_eq!(said.status.code(), Some(1), "{told}");
        assert!(told.contains("error: stopped before it was finished"), "{signal}: {told}");
        let folders = std::fs::read_dir(place.data().join("backups")).unwrap().flatten();
        assert_eq!(folders.filter(|entry| entry.path().is_dir()).count(), 0);
        let alive = || Command::new("/bin/sh").arg("-c").arg(format!("kill -0 {dump}")).output().unwrap();
        until(|| !alive().status.success());
    }
}
