//! `touchline reprocess` ends in the same content, on a full and on an empty silver, and however often it is killed.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Instant;
use support::{Place, results, shared};
use touchline_domain::ports::{After, SilverReader, Store};
use touchline_domain::{NewDocument, SystemClock};
use touchline_store_sqlite::SqliteStore;

/// All documents of a store, and nothing else of it, with their records, in another store.
async fn copy_bronze(from: &dyn Store, to: &dyn Store) {
    let mut after = None;
    loop {
        let page = from.documents(after, 100).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(After { time: last.collected_at, id: last.id.0 });
        for info in &page {
            let raw = from.document(info.id).await.unwrap().unwrap();
            let records = from.records(info.id).await.unwrap();
            let new = NewDocument {
                source: &raw.source,
                name: &raw.name,
                bytes: &raw.bytes,
                hash: &raw.hash,
                collected_at: raw.collected_at,
                records: &records,
            };
            to.store_document(&new).await.unwrap();
        }
    }
}

/// Runs something on the database of a place.
fn with_store<T>(place: &Place, act: impl AsyncFnOnce(&SqliteStore) -> T) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let path = place.data().join("touchline.db");
        std::fs::create_dir_all(place.data()).unwrap();
        let store = SqliteStore::open(&path, Arc::new(SystemClock)).await.unwrap();
        let answer = act(&store).await;
        store.close().await;
        answer
    })
}

/// A place with the bronze of another, and nothing else.
fn bronze_of(place: &Place) -> Place {
    let bare = Place::new();
    with_store(place, async |from| {
        let path = bare.data().join("touchline.db");
        std::fs::create_dir_all(bare.data()).unwrap();
        let to = SqliteStore::open(&path, Arc::new(SystemClock)).await.unwrap();
        copy_bronze(from, &to).await;
        to.close().await;
    });
    bare
}

/// Reads again what was ingested, on a full and on an empty silver, and kills it at ten points on the way.
fn ends_in_the_same_hash(place: &Place) {
    let hash = place.content_hash();
    let again = place.run(&["reprocess", "--json"]).ending(0).json();
    assert_eq!((&again["new"], &again["changed"], &again["skipped"]), (&0.into(), &0.into(), &json!({})));
    assert_eq!(place.content_hash(), hash);

    let bare = bronze_of(place);
    let database = bare.database();
    let started = Instant::now();
    let built = bare.run(&["reprocess", "--json"]).ending(0).json();
    let whole = started.elapsed();
    assert_eq!((&built["changed"], &built["store"]), (&0.into(), &again["store"]));
    assert_eq!(bare.content_hash(), hash);
    let built = bare.database();
    bare.run(&["reprocess"]).ending(0);
    assert!(bare.database() == built, "the second run wrote to the database");

    let (mut killed, mut reached) = (0, Vec::new());
    for n in 1..=10 {
        let place = Place::new();
        place.write("data/touchline.db", &database);
        let mut child = place.command(&["reprocess"]);
        let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * n / 11);
        killed += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        reached.push(with_store(&place, async |store| store.counts().await.unwrap().matches));
        place.run(&["reprocess"]).ending(0);
        assert_eq!(place.content_hash(), hash, "killed at point {n}");
    }
    eprintln!("undisturbed {whole:?}; {killed} of 10 killed before their end, with {reached:?} matches");
    assert!(killed >= 5, "only {killed} were still running when they were to be killed");
}

#[test]
fn invented_files_read_again_give_the_same_content() {
    let place = Place::new();
    let files: Vec<PathBuf> = (2000..2012)
        .map(|start| {
            let lines = results::season("XAA1", start, &(0..20).collect::<Vec<_>>());
            place.write(&format!("{start}.csv"), results::text(&lines))
        })
        .collect();
    place.ingest(0, "challenge", &files.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    let unknown = place.run(&["reprocess", "--source", "nobody"]).ending(1);
    assert!(unknown.err.contains("football-data, challenge"), "{unknown:?}");
    ends_in_the_same_hash(&place);
}

/// `TOUCHLINE_TEST_FILES=145` takes all.
#[test]
fn files_of_football_data_read_again_give_the_same_content() {
    let Some(folder) = shared("football-data") else { return };
    let wanted = std::env::var("TOUCHLINE_TEST_FILES").map_or(12, |n| n.parse().unwrap());
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    for season in folders.iter().rev().filter(|path| path.is_dir()) {
        let mut of: Vec<PathBuf> =
            std::fs::read_dir(season).unwrap().map(|entry| entry.unwrap().path()).collect();
        of.sort();
        files.extend(of.into_iter().filter(|path| path.extension().is_some_and(|e| e == "csv")));
    }
    files.truncate(wanted);
    assert_eq!(files.len(), wanted);
    let place = Place::new();
    place.ingest(0, "football-data", &files.iter().map(PathBuf::as_path).collect::<Vec<&Path>>());
    ends_in_the_same_hash(&place);
}
