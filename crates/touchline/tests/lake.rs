//! The lake beside both stores: exported twice, archived, restored, raced for and killed half-way.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::{Place, quotes, results};
use touchline_domain::SystemClock;
use touchline_domain::ports::Store;
use touchline_store_postgres::PostgresStore;
use touchline_store_postgres::testing::TestDatabase;
use touchline_store_sqlite::SqliteStore;

/// A season that was played long ago.
fn ingest(place: &Place) {
    let clubs: Vec<usize> = (0..4).collect();
    let file = place.write("2019.csv", results::text(&results::season("XAA1", 2019, &clubs)));
    place.ingest(0, "challenge", &[&file]);
}

async fn embedded(place: &Place) -> Arc<dyn Store> {
    let path = place.data().join("touchline.db");
    Arc::new(SqliteStore::open(&path, Arc::new(SystemClock)).await.unwrap())
}

fn lake(place: &Place, code: i32, arguments: &[&str]) -> (Value, String) {
    let said = place.run(&[&["lake"], arguments, &["--json"]].concat()).ending(code);
    (serde_json::from_str(&said.out).unwrap_or_default(), said.err)
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_else(|| panic!("{key} of {value}"))
}

/// Files of a table of a lake in a folder.
fn files(lake: &Path, table: &str) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![lake.join(table)]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.retain(|path| path.extension().is_some_and(|e| e == "parquet"));
    files.sort();
    files
}

/// Export, archive and restore, in any store; returns the content hash, which is the same before and after.
async fn lives(place: &Place, store: Arc<dyn Store>) -> String {
    let held = quotes::collect(&store, 40).await;
    let before = place.content_hash();
    let (exported, _) = lake(place, 0, &["export"]);
    let written = number(&exported["counts"], "written");
    assert!(written > 5, "{exported}");
    let (again, _) = lake(place, 0, &["export"]);
    assert_eq!((number(&again["counts"], "written"), number(&again["counts"], "unchanged")), (0, written));
    let (listed, _) = lake(place, 0, &["list", "--verify"]);
    let rows_of = |listed: &Value, table: &str| -> u64 {
        let partitions = listed["partitions"].as_array().unwrap().iter();
        partitions.filter(|p| p["table"] == table).map(|p| number(p, "rows")).sum()
    };
    assert_eq!((rows_of(&listed, "odds"), rows_of(&listed, "matches")), (held, 12));
    assert_eq!(rows_of(&listed, "raw_match_data"), 12);

    let (planned, _) = lake(place, 0, &["archive", "--dry-run"]);
    assert_eq!(store.counts().await.unwrap().odds, held, "a dry run removes nothing");
    let (archived, _) = lake(place, 0, &["archive", "--older-than-years", "3"]);
    let removed = number(&archived, "removed");
    assert!(removed > held / 10, "{archived}");
    assert_eq!((removed, number(&archived, "thinned")), (number(&planned, "removed"), 12));
    assert_eq!((number(&archived, "written"), number(&planned, "written")), (held, 0));
    assert_eq!(store.counts().await.unwrap().odds, held - removed);
    assert_ne!(place.content_hash(), before);
    let noted = store.archived().await.unwrap();
    assert_eq!(
        noted.iter().map(|n| (n.quotes, n.removed)).fold((0, 0), |a, n| (a.0 + n.0, a.1 + n.1)),
        (held, removed)
    );

    let (idle, _) = lake(place, 0, &["archive"]);
    assert_eq!((number(&idle, "removed"), number(&idle, "written")), (0, 0), "what is thin stays as it is");
    let (thin, _) = lake(place, 0, &["export"]);
    assert!(number(&thin["counts"], "larger") > 0, "the lake's odds are not thinned by an export: {thin}");
    let (listed, _) = lake(place, 0, &["list"]);
    assert_eq!((rows_of(&listed, "odds"), rows_of(&listed, "odds_archive")), (held, held));

    let (elsewhere, _) = lake(place, 0, &["restore", "--to", "2018-12"]);
    assert_eq!((number(&elsewhere, "months"), number(&elsewhere, "returned")), (0, 0));
    let (restored, _) = lake(place, 0, &["restore", "--from", "2019-01"]);
    assert_eq!((number(&restored, "quotes"), number(&restored, "returned")), (held, removed));
    assert_eq!((number(&restored, "matches"), number(&restored, "differing")), (12, 0));
    assert_eq!(place.content_hash(), before);
    assert_eq!(store.archived().await.unwrap(), []);

    // The lake holds it already: a second time nothing is written.
    let (archived, _) = lake(place, 0, &["archive"]);
    assert_eq!((number(&archived, "removed"), number(&archived, "written")), (removed, 0));
    let (restored, _) = lake(place, 0, &["restore"]);
    assert_eq!(number(&restored, "returned"), removed);
    assert_eq!(place.content_hash(), before);
    let (same, _) = lake(place, 0, &["export"]);
    assert_eq!(number(&same["counts"], "unchanged"), written, "{same}");
    before
}

#[tokio::test(flavor = "multi_thread")]
async fn odds_leave_and_come_back_in_both_stores_and_from_one_to_the_other() {
    let place = Place::new();
    ingest(&place);
    let hash = lives(&place, embedded(&place).await).await;

    let database = TestDatabase::create().await;
    let mut served = Place::new();
    served.set("DATABASE_URL", database.url());
    ingest(&served);
    let lake_of_the_other = place.data().join("lake").display().to_string();
    served.set("TOUCHLINE__LAKE__URL", &lake_of_the_other);
    let (restored, _) = lake(&served, 0, &["restore"]);
    assert_eq!(number(&restored, "returned"), number(&restored, "quotes"));
    assert_eq!(served.content_hash(), hash, "what one store archived makes the other whole");

    let mut second = Place::new();
    second.set("DATABASE_URL", database.url());
    let store: Arc<dyn Store> =
        Arc::new(PostgresStore::connect(database.url(), Arc::new(SystemClock)).await.unwrap());
    assert_eq!(lives(&second, store).await, hash);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_archive_is_refused_and_matches_that_are_not_held_are_named() {
    let place = Place::new();
    ingest(&place);
    quotes::collect(&embedded(&place).await, 20).await;
    lake(&place, 0, &["archive"]);
    let thin = place.content_hash();
    let victim = files(&place.data().join("lake"), "silver/odds_archive").remove(0);
    let whole = std::fs::read(&victim).unwrap();
    let mut bytes = whole.clone();
    bytes[whole.len() / 2] ^= 1;
    std::fs::write(&victim, bytes).unwrap();
    for arguments in [&["restore"][..], &["list", "--verify"]] {
        let (_, told) = lake(&place, 1, arguments);
        assert!(told.contains("is damaged") && told.contains(".parquet"), "{told}");
    }
    assert_eq!(place.content_hash(), thin, "nothing of a damaged file comes back");
    std::fs::write(&victim, whole).unwrap();

    let mut stranger = Place::new();
    stranger.set("TOUCHLINE__LAKE__URL", &place.data().join("lake").display().to_string());
    let clubs: Vec<usize> = (10..14).collect();
    let file = stranger.write("2019.csv", results::text(&results::season("XAA1", 2019, &clubs)));
    stranger.ingest(0, "challenge", &[&file]);
    let (left, _) = lake(&stranger, 3, &["restore"]);
    assert_eq!((number(&left, "returned"), number(&left, "unplaced")), (0, number(&left, "quotes")));
    assert!(left["left"][0].as_str().unwrap().contains("does not hold it"), "{left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_exports_at_once_leave_each_partition_whole_and_once() {
    let place = Place::new();
    ingest(&place);
    let held = quotes::collect(&embedded(&place).await, 20).await;
    let start = || {
        let mut command = place.command(&["lake", "export", "--json"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let both = [start(), start(), start()].map(|child| child.wait_with_output().unwrap());
    for output in both {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let (listed, _) = lake(&place, 0, &["list", "--verify"]);
    let partitions = listed["partitions"].as_array().unwrap();
    assert!(partitions.iter().all(|p| p["files"].as_array().unwrap().len() == 1), "{listed}");
    let odds = partitions.iter().filter(|p| p["table"] == "odds").map(|p| number(p, "rows")).sum::<u64>();
    assert_eq!(odds, held);
}

/// Kills a command once the lake has so many files of a table.
fn killed(place: &Place, arguments: &[&str], table: &str, at: usize) -> bool {
    let mut child = place.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_mins(1);
    let root = place.data().join("lake");
    loop {
        let ended = child.try_wait().unwrap().is_some();
        let reached = root.join(table).exists() && files(&root, table).len() >= at;
        if ended || reached || Instant::now() > deadline {
            child.kill().unwrap();
            child.wait().unwrap();
            return !ended;
        }
        std::thread::yield_now();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_export_or_archive_is_finished_by_running_it_again() {
    let place = Place::new();
    ingest(&place);
    let held = quotes::collect(&embedded(&place).await, 60).await;
    let hash = place.content_hash();
    let mut kills = 0;
    for at in [1, 2] {
        kills += usize::from(killed(&place, &["lake", "export"], "silver/odds", at));
        lake(&place, 0, &["list", "--verify"]);
    }
    lake(&place, 0, &["export"]);
    let (listed, _) = lake(&place, 0, &["list", "--verify"]);
    let partitions = listed["partitions"].as_array().unwrap();
    let odds = partitions.iter().filter(|p| p["table"] == "odds").map(|p| number(p, "rows")).sum::<u64>();
    assert_eq!(odds, held);

    for at in [1, 2, 3] {
        kills += usize::from(killed(&place, &["lake", "archive"], "silver/odds_archive", at));
        lake(&place, 0, &["list", "--verify"]);
        // Whatever was removed is in the lake.
        lake(&place, 0, &["restore"]);
        assert_eq!(place.content_hash(), hash, "killed at file {at}");
    }
    assert!(kills > 0, "at least one was killed half-way");
    let (archived, _) = lake(&place, 0, &["archive"]);
    assert!(number(&archived, "removed") > 0);
    lake(&place, 0, &["restore"]);
    assert_eq!(place.content_hash(), hash);
    // What the dead left behind goes with a cleanup, and nothing else.
    let (cleaned, _) = lake(&place, 0, &["cleanup", "--grace-hours", "1"]);
    assert_eq!((number(&cleaned, "removed"), number(&cleaned, "foreign")), (0, 0), "{cleaned}");
    lake(&place, 0, &["list", "--verify"]);
}

#[cfg(not(feature = "lake-sql"))]
#[test]
fn without_the_feature_sql_says_how_to_get_it() {
    let said = Place::new().run(&["lake", "sql", "SELECT 1"]).ending(1);
    assert!(said.err.contains("--features lake-sql") && said.err.contains("odds_archive"), "{said:?}");
}

#[test]
fn mistakes_are_told_before_anything_is_done() {
    let mut place = Place::new();
    let wrong = place.run(&["lake", "restore", "--from", "2019"]).ending(2);
    assert!(wrong.err.contains("is not a month"), "{wrong:?}");
    place.run(&["lake", "archive", "--older-than-years", "0"]).ending(2);
    place.set("TOUCHLINE__LAKE__URL", "s3://bucket/lake");
    let (_, told) = lake(&place, 1, &["list"]);
    assert!(told.contains("AWS_ACCESS_KEY_ID"), "{told}");
    assert!(!place.data().exists(), "and no store was made");
    place.set("AWS_ACCESS_KEY_ID", "key");
    place.set("AWS_SECRET_ACCESS_KEY", "s3cret");
    place.set("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    let (_, told) = lake(&place, 1, &["list"]);
    assert!(told.contains("the lake is not available") && !told.contains("s3cret"), "{told}");
}
