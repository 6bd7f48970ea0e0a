//! A server whose disk is full says so, and loses nothing.

mod support;

use support::{change, clock, matches};
use touchline_domain::ports::{Retry, SilverReader, SilverWriter, StoreError};
use touchline_store_postgres::PostgresStore;
use touchline_store_postgres::testing::{Cluster, SmallDisk};

const BATCH: u32 = 500;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_every_acknowledged_write_is_kept() {
    let Some(disk) = SmallDisk::mount(160) else { return };
    let server = Cluster::start_in(disk.path(), "max_wal_size = 32MB");
    let store = PostgresStore::connect(&server.url("postgres"), clock()).await.unwrap();
    let filler = disk.fill_up_to(2048);
    let mut acknowledged = 0;
    let error = loop {
        let rows = matches(&store, acknowledged * BATCH, BATCH).await;
        match store.apply(&change(rows)).await {
            Ok(_) => acknowledged += 1,
            Err(error) => break error,
        }
        assert!(acknowledged < 1000, "the disk is never full");
    };
    assert!(matches!(&error, StoreError::Unavailable { message, .. } if message == "disk full"), "{error:?}");
    assert!(matches!(error.retry(), Retry::After(_)), "{error:?}");
    let held = store.counts().await.unwrap().matches;
    assert_eq!(held, u64::from(acknowledged * BATCH), "a batch is whole or absent");
    let hash = store.content_hash().await.unwrap();

    drop(filler);
    server.crash();
    server.resume();
    assert_eq!(store.content_hash().await.unwrap(), hash, "what was read is what was on disk");
    store.apply(&change(matches(&store, acknowledged * BATCH, BATCH).await)).await.unwrap();
    assert_eq!(store.counts().await.unwrap().matches, held + u64::from(BATCH));
    store.close().await;
}
