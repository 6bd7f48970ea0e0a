//! A disk that is full is told, and costs nothing that was there.

use super::support::results;
use super::{backup, ingest, place, restore};
use std::os::unix::fs::symlink;
use touchline_store_postgres::testing::SmallDisk;

#[test]
fn an_import_and_a_backup_on_a_full_disk_fail_cleanly() {
    let Some(disk) = SmallDisk::mount(12) else { return };
    let place = place(None);
    symlink(disk.path().join("data"), place.data()).unwrap();
    std::fs::create_dir(disk.path().join("data")).unwrap();
    ingest(&place, 2019);
    let (kept, matches) = (backup(&place), place.matches());

    let clubs: Vec<usize> = (0..20).collect();
    let many: Vec<_> = (1960..2010).flat_map(|start| results::season("XAA2", start, &clubs)).collect();
    let many = place.write("many.csv", results::text(&many));
    let filler = disk.fill_up_to(1500);
    let said = place.run(&["ingest", "challenge", many.to_str().unwrap()]).ending(1);
    assert!(said.err.contains("disk full"), "{said:?}");
    assert_eq!(place.matches(), matches, "a document's matches are in as a whole or not at all");
    drop(filler);

    let filler = disk.fill_up_to(200);
    let said = place.run(&["db", "backup"]).ending(1);
    assert!(said.err.contains("disk full") || said.err.contains("No space left"), "{said:?}");
    let left = std::fs::read_dir(kept.parent().unwrap()).unwrap().flatten().map(|entry| entry.path());
    let left: Vec<_> = left.filter(|path| path.is_dir()).collect();
    assert_eq!(left, std::slice::from_ref(&kept), "a failed backup leaves nothing");
    let doctor = place.run(&["db", "doctor", "--json"]).ending(0).json();
    let sick: Vec<_> =
        doctor["findings"].as_array().unwrap().iter().filter(|f| f["healthy"] == false).collect();
    assert!(sick.iter().all(|finding| finding["check"] == "bronze"), "{sick:?}");
    restore(&place, 0, &kept, &["--validate"]);
    drop(filler);

    disk.resize(64);
    let many = place.ingest(0, "challenge", &[&many]);
    assert_eq!(many["new"], 19_000);
    restore(&place, 0, &backup(&place), &["--test-only"]);
}
