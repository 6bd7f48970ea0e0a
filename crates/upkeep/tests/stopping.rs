//! Work with the lake and backups that are asked to stop: what was committed stays whole, doing it again completes it, and
//! of a backup nothing is left.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use touchline_collect::sources::simulated::{self, Simulated};
use touchline_domain::ports::{Lake, SilverReader};
use touchline_domain::{Progress, Silent, SystemClock};
use touchline_intake::identity::SourceOrder;
use touchline_intake::import::import_documents;
use touchline_intake::ingest::Incoming;
use touchline_lake::ParquetLake;
use touchline_store_sqlite::SqliteStore;
use touchline_upkeep::backup::{self, BackupError, BackupKind, Restore, restore};
use touchline_upkeep::lake::{Export, LakeWorkError, export, verify};

/// Says that it should stop from the n-th time on that it is asked.
struct StopAtCheck(AtomicU64);

impl Progress for StopAtCheck {
    fn begin(&self, _: &str, _: u64) {}
    fn done(&self, _: u64) {}
    fn end(&self) {}
    fn stop_requested(&self) -> bool {
        self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_err()
    }
}

fn lake(folder: &Path) -> ParquetLake {
    ParquetLake::open(&folder.display().to_string(), std::iter::empty(), Arc::new(SystemClock)).unwrap()
}

/// Rows and hash of the rows of every partition.
async fn held(lake: &ParquetLake) -> BTreeMap<String, (u64, Vec<String>)> {
    let states = lake.partitions().await.unwrap().into_iter();
    let of = |s: &touchline_domain::ports::PartitionState| {
        (s.rows(), s.files.iter().map(|f| f.content.clone()).collect::<Vec<_>>())
    };
    states.map(|s| (s.partition.to_string(), of(&s))).collect()
}

/// Two files of simulated leagues.
async fn filled(folder: &TempDir) -> SqliteStore {
    let path = folder.path().join("touchline.db");
    let store = SqliteStore::open(&path, Arc::new(SystemClock)).await.unwrap();
    let files = simulated::files(5, NaiveDate::from_ymd_opt(2024, 3, 1).unwrap()).into_iter().take(2);
    let documents = files.map(|(name, bytes)| Incoming { name, bytes }).collect();
    import_documents(&store, &Simulated, documents, &SourceOrder::default(), &SystemClock, &Silent)
        .await
        .unwrap();
    store
}

#[tokio::test]
async fn a_stopped_export_leaves_whole_partitions_and_the_next_one_brings_the_rest() {
    let folder = TempDir::new().unwrap();
    let store = filled(&folder).await;

    let whole = lake(&folder.path().join("whole"));
    export(&store, &whole, Export::default(), &Silent).await.unwrap();
    let whole = held(&whole).await;

    let resumed = lake(&folder.path().join("resumed"));
    let mut partitions = Vec::new();
    for checks in [0, 2, 5, 20] {
        let progress = StopAtCheck(AtomicU64::new(checks));
        let ended = export(&store, &resumed, Export::default(), &progress).await;
        assert!(matches!(ended, Err(LakeWorkError::Stopped(_))), "{checks}: {ended:?}");
        let states = resumed.partitions().await.unwrap();
        verify(&resumed, &states, &Silent).await.unwrap();
        let so_far = held(&resumed).await;
        assert!(so_far.iter().all(|(name, state)| whole[name] == *state), "{checks}");
        partitions.push(so_far.len());
    }
    assert!(partitions[0] == 0 && partitions.is_sorted() && partitions[3] > 0, "{partitions:?}");
    assert!(partitions[3] < whole.len());
    export(&store, &resumed, Export::default(), &Silent).await.unwrap();
    assert_eq!(held(&resumed).await, whole);

    let states = resumed.partitions().await.unwrap();
    let stopped = verify(&resumed, &states, &StopAtCheck(AtomicU64::new(1))).await;
    assert!(matches!(stopped, Err(LakeWorkError::Stopped(_))));
}

/// Folders below a folder.
fn folders(root: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

#[tokio::test]
async fn a_stopped_backup_or_restore_leaves_nothing_wherever_it_stops() {
    let folder = TempDir::new().unwrap();
    let store = filled(&folder).await;
    let root = folder.path().join("backups");
    let back_up = async |kind, checks| {
        let progress = StopAtCheck(AtomicU64::new(checks));
        backup::back_up(&store, &root, kind, &SystemClock, &progress).await
    };
    let mut made = Vec::new();
    for kind in [BackupKind::Full, BackupKind::Incremental] {
        let mut stops = 0;
        // How often it looks depends on how long its parts take.
        made.push(loop {
            match back_up(kind, stops).await {
                Ok(made) => break made,
                Err(BackupError::Stopped(_)) => {
                    assert_eq!(folders(&root).len(), made.len(), "{kind:?} {stops}");
                }
                Err(error) => panic!("{kind:?} {stops}: {error}"),
            }
            stops += 1;
        });
        assert!(stops > 3, "{kind:?} looked {stops} times");
    }

    let (hash, mut stops) = (store.content_hash().await.unwrap(), 0);
    loop {
        let progress = StopAtCheck(AtomicU64::new(stops));
        match restore(&store, &made[1], Restore::TestOnly, &progress).await {
            Ok(None) => break,
            Err(BackupError::Stopped(_)) => {}
            other => panic!("{stops}: {other:?}"),
        }
        assert!(!folder.path().join("touchline.db.restoring").exists());
        assert_eq!(store.content_hash().await.unwrap(), hash);
        stops += 1;
    }
    assert!(stops > 0);
}
