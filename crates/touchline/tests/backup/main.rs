//! Backups of both stores, and restores: refused where they are damaged, compared before they count.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../support/mod.rs"]
mod support;

mod full_disk;
mod increments;
mod recovery;
mod stopped;

use serde_json::Value;
use std::path::{Path, PathBuf};
use support::{Place, results};
use touchline_store_postgres::testing::{TestDatabase, program};

fn place(url: Option<&str>) -> Place {
    let mut place = Place::new();
    if let Some(url) = url {
        let programs = program("pg_dump").parent().unwrap().display().to_string();
        place.set("PATH", &format!("{programs}:/usr/bin:/bin"));
        place.set("DATABASE_URL", url);
    }
    place
}

fn ingest(place: &Place, start: i32) {
    let clubs: Vec<usize> = (0..6).collect();
    let file = place.write(&format!("{start}.csv"), results::text(&results::season("XAA1", start, &clubs)));
    place.ingest(0, "challenge", &[&file]);
}

fn backup(place: &Place) -> PathBuf {
    backup_of(place, "--full")
}

fn backup_of(place: &Place, kind: &str) -> PathBuf {
    let made = place.run(&["db", "backup", kind, "--keep-all", "--json"]).ending(0).json();
    PathBuf::from(made["backup"]["path"].as_str().unwrap())
}

/// Changes a byte in the middle.
fn damage(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(file, bytes).unwrap();
}

fn restore(place: &Place, code: i32, backup: &Path, how: &[&str]) -> (Value, String) {
    let arguments = [&["db", "restore", backup.to_str().unwrap(), "--json"], how].concat();
    let said = place.run(&arguments).ending(code);
    (serde_json::from_str(&said.out).unwrap_or_default(), said.err)
}

/// The files of a backup's data.
fn data(backup: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![backup.join("data")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// The whole life of a backup, in any store.
fn lives(place: &Place) {
    ingest(place, 2019);
    let first = (backup(place), place.content_hash());
    ingest(place, 2020);
    let second = (backup(place), place.content_hash());
    let listed = place.run(&["db", "backups", "--json"]).ending(0).json();
    let paths: Vec<_> = listed["backups"].as_array().unwrap().iter().map(|b| b["path"].clone()).collect();
    assert_eq!(paths, [&second.0, &first.0].map(|path| Value::from(path.to_str().unwrap())), "latest first");
    #[cfg(unix)]
    for file in data(&first.0).iter().chain([&first.0.join("manifest.json")]) {
        use std::os::unix::fs::PermissionsExt;
        let folder = file.parent().unwrap();
        for (path, mode) in [(file.as_path(), 0o600), (folder, 0o700)] {
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
        }
    }

    restore(place, 0, &first.0, &["--validate"]);
    let (tested, _) = restore(place, 0, &first.0, &["--test-only"]);
    assert_eq!((&tested["restored"], place.content_hash()), (&false.into(), second.1.clone()));
    let (_, told) = restore(place, 1, &first.0, &[]);
    assert!(told.contains("60 matches") && told.contains("--force"), "{told}");
    let (restored, _) = restore(place, 0, &first.0, &["--force"]);
    assert_eq!((&restored["restored"], place.content_hash()), (&true.into(), first.1.clone()));
    assert!(restored["before"].as_str().unwrap().contains("before"), "{restored}");
    // The restored store is a store: it takes the next import, and ends where the first one was.
    ingest(place, 2020);
    assert_eq!(place.content_hash(), second.1);

    let victim = data(&second.0).into_iter().max_by_key(|file| file.metadata().unwrap().len()).unwrap();
    damage(&victim);
    for how in ["--validate", "--test-only", "--force"] {
        let (_, told) = restore(place, 1, &second.0, &[how]);
        assert!(told.contains("is damaged") && told.contains("missing or changed"), "{told}");
    }
    std::fs::remove_file(victim).unwrap();
    restore(place, 1, &second.0, &["--force"]);
    assert_eq!(place.content_hash(), second.1, "a refused restore changes nothing");

    // One of each day is kept.
    place.run(&["db", "backup"]).ending(0);
    let listed = place.run(&["db", "backups", "--json"]).ending(0).json();
    assert_eq!(listed["backups"].as_array().unwrap().len(), 1, "{listed}");
}

#[test]
fn a_backup_of_a_file_lives() {
    lives(&place(None));
}

#[tokio::test]
async fn a_backup_of_a_server_lives() {
    let database = TestDatabase::create().await;
    lives(&place(Some(database.url())));
}

#[test]
fn a_manifest_that_lies_is_found_out_by_loading() {
    let place = place(None);
    ingest(&place, 2019);
    let path = backup(&place);
    let manifest = path.join("manifest.json");
    let text = std::fs::read_to_string(&manifest).unwrap().replace("\"matches\": 30", "\"matches\": 31");
    std::fs::write(&manifest, text).unwrap();
    restore(&place, 0, &path, &["--validate"]);
    let (_, told) = restore(&place, 1, &path, &["--force"]);
    assert!(told.contains("is damaged"), "{told}");
    std::fs::write(&manifest, "{").unwrap();
    restore(&place, 1, &path, &["--validate"]);
}
