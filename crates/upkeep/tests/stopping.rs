//! Work with the lake that is asked to stop: what was committed stays whole, and doing it again completes it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use touchline_collect::sources::simulated::{self, Simulated};
use touchline_domain::ports::Lake;
use touchline_domain::{Progress, Silent, SystemClock};
use touchline_intake::identity::SourceOrder;
use touchline_intake::import::import_documents;
use touchline_intake::ingest::Incoming;
use touchline_lake::ParquetLake;
use touchline_store_sqlite::SqliteStore;
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

#[tokio::test]
async fn a_stopped_export_leaves_whole_partitions_and_the_next_one_brings_the_rest() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("touchline.db");
    let store = SqliteStore::open(&path, Arc::new(SystemClock)).await.unwrap();
    let files = simulated::files(5, NaiveDate::from_ymd_opt(2024, 3, 1).unwrap()).into_iter().take(2);
    let documents = files.map(|(name, bytes)| Incoming { name, bytes }).collect();
    import_documents(&store, &Simulated, documents, &SourceOrder::default(), &SystemClock, &Silent)
        .await
        .unwrap();

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
