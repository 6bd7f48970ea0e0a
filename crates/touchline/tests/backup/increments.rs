//! Increments of a file: small, restored with what they build on, refused where that is not whole.

use super::{backup, backup_of, damage, data, ingest, place, restore};
use std::path::{Path, PathBuf};

fn size(backup: &Path) -> u64 {
    data(backup).iter().map(|file| file.metadata().unwrap().len()).sum()
}

fn file(backup: &Path, name: &str) -> PathBuf {
    backup.join("data").join(name)
}

#[test]
fn increments_of_a_file_bring_back_each_state() {
    let place = place(None);
    let said = place.run(&["db", "backup", "--incremental"]).ending(1);
    assert!(said.err.contains("no backup to build on") && said.err.contains("db backup --full"), "{said:?}");
    let mut states = Vec::new();
    for (start, kind) in
        [(2015, "--full"), (2016, "--incremental"), (2017, "--incremental"), (2018, "--incremental")]
    {
        ingest(&place, start);
        states.push((backup_of(&place, kind), place.content_hash()));
    }
    // Nothing has changed since.
    let empty = backup_of(&place, "--incremental");
    assert!(size(&empty) * 20 < size(&states[0].0), "{} of {}", size(&empty), size(&states[0].0));
    let listed = place.run(&["db", "backups"]).ending(0).out;
    assert_eq!(
        (listed.matches("incremental").count(), listed.matches("  full,").count()),
        (4, 1),
        "{listed}"
    );

    for (path, _) in &states {
        restore(&place, 0, path, &["--validate"]);
        restore(&place, 0, path, &["--test-only"]);
    }
    for (path, hash) in states.iter().rev() {
        restore(&place, 0, path, &["--force"]);
        assert_eq!(place.content_hash(), *hash);
    }
    // The restored state is another one than the last backup: what differs is written, and the chain goes on.
    ingest(&place, 2019);
    let hash = place.content_hash();
    let after = backup_of(&place, "--incremental");
    restore(&place, 0, &states[2].0, &["--force"]);
    restore(&place, 0, &after, &["--force"]);
    assert_eq!(place.content_hash(), hash);
}

#[test]
fn an_increment_is_refused_where_what_it_builds_on_is_missing_or_changed() {
    let place = place(None);
    ingest(&place, 2015);
    let full = backup(&place);
    ingest(&place, 2016);
    let first = backup_of(&place, "--incremental");
    ingest(&place, 2017);
    let second = backup_of(&place, "--incremental");
    let hash = place.content_hash();
    let refused = |words: &str| {
        for how in ["--validate", "--test-only", "--force"] {
            let (_, told) = restore(&place, 1, &second, &[how]);
            assert!(told.contains("is damaged") && told.contains(words), "{how}: {told}");
        }
        assert_eq!(place.content_hash(), hash, "a refused restore changes nothing");
    };

    for victim in [file(&full, "touchline.db"), file(&first, "pages.zst"), file(&second, "pages.blake3")] {
        let bytes = std::fs::read(&victim).unwrap();
        damage(&victim);
        refused("missing or changed");
        std::fs::write(&victim, bytes).unwrap();
    }
    // A manifest that was made to agree with other files is another manifest.
    let manifest = first.join("manifest.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text.replace("\"matches\": 60", "\"matches\": 61")).unwrap();
    refused("builds on another");
    std::fs::write(&manifest, &text).unwrap();

    let away = first.with_extension("away");
    std::fs::rename(&first, &away).unwrap();
    refused("which is missing");
    std::fs::rename(&away, &first).unwrap();
    restore(&place, 0, &second, &["--test-only"]);

    // What a kept increment needs is kept, as old as it may be; with the increments it goes.
    ingest(&place, 2018);
    let kept = |days: &str| {
        let mut place = super::place(None);
        place.set("TOUCHLINE__BACKUP__KEEP_INCREMENTAL_DAYS", days);
        let root = full.parent().unwrap().to_str().unwrap();
        place.run(&["db", "backup", "--full", "--to", root]).ending(0);
        [full.exists(), first.exists(), second.exists()]
    };
    assert_eq!(kept("1"), [true; 3]);
    assert_eq!(kept("0"), [false; 3]);
}

#[test]
fn one_backup_is_written_at_a_time() {
    let place = place(None);
    ingest(&place, 2019);
    let root = backup(&place).parent().unwrap().to_owned();
    let lock = std::fs::File::open(root.join(".lock")).unwrap();
    lock.lock().unwrap();
    let said = place.run(&["db", "backup"]).ending(1);
    assert!(said.err.contains("another backup is being written"), "{said:?}");
    lock.unlock().unwrap();
    // What a killed backup has left goes with the next one.
    let left = root.join(".1.unfinished");
    std::fs::create_dir_all(left.join("data")).unwrap();
    backup(&place);
    assert!(!left.exists());
}
