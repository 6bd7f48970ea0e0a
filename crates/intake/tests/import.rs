//! Importing many documents: what was read before a stop or a failure stays, and doing it again completes it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use touchline_domain::ports::{LeagueReader, SilverReader};
use touchline_domain::{Progress, Silent, Stopped, SystemClock};
use touchline_intake::files::{FileError, FileProvider};
use touchline_intake::identity::SourceOrder;
use touchline_intake::import::{ImportError, import_files};
use touchline_store_sqlite::SqliteStore;

/// Asks to stop after so many files.
struct StopAfter(AtomicU64);

impl Progress for StopAfter {
    fn begin(&self, _: &str, _: u64) {}
    fn done(&self, _: u64) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
    fn end(&self) {}
    fn stop_requested(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 0
    }
}

async fn store(folder: &TempDir) -> SqliteStore {
    SqliteStore::open(&folder.path().join("touchline.db"), Arc::new(SystemClock)).await.unwrap()
}

/// Three seasons of football-data.co.uk with a match each.
fn seasons(folder: &TempDir) -> Vec<PathBuf> {
    for (season, date) in [("2021", "14/08/2020"), ("2122", "14/08/2021"), ("2223", "14/08/2022")] {
        let below = folder.path().join("files").join(season);
        std::fs::create_dir_all(&below).unwrap();
        let text = format!("Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\nE0,{date},Arsenal,Fulham,1,0,H\n");
        std::fs::write(below.join("E0.csv"), text).unwrap();
    }
    vec![folder.path().join("files")]
}

#[tokio::test]
async fn a_stopped_import_keeps_whole_files_and_the_next_one_brings_the_rest() {
    let folder = TempDir::new().unwrap();
    let (store, paths) = (store(&folder).await, seasons(&folder));
    let import = async |progress: &dyn Progress| {
        import_files(
            &store,
            FileProvider::FootballData,
            &paths,
            &SourceOrder::default(),
            &SystemClock,
            progress,
        )
        .await
    };
    let stopped = import(&StopAfter(AtomicU64::new(2))).await.unwrap_err();
    assert!(matches!(stopped, ImportError::Stopped(Stopped)), "{stopped}");
    let matches = async || store.counts().await.unwrap().matches;
    assert_eq!(matches().await, 2);
    let again = import(&Silent).await.unwrap();
    assert_eq!((again.matches.new, again.matches.unchanged), (1, 2));
    assert_eq!(matches().await, 3);
}

#[tokio::test]
async fn a_path_that_does_not_exist_ends_an_import_before_its_first_file() {
    let folder = TempDir::new().unwrap();
    let (store, mut paths) = (store(&folder).await, seasons(&folder));
    paths.push(folder.path().join("mistyped"));
    let import = import_files(
        &store,
        FileProvider::FootballData,
        &paths,
        &SourceOrder::default(),
        &SystemClock,
        &Silent,
    )
    .await;
    assert!(matches!(import, Err(ImportError::File(FileError::Missing(_)))));
    assert!(store.leagues().await.unwrap().is_empty());
}
