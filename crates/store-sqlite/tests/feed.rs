//! The feed of changes between processes on one file.

mod support;

use std::time::{Duration, Instant};
use support::{change, fresh, matches, one_match};
use touchline_domain::ports::{ChangeFeed, ChangeFeedWriter, SilverWriter};
use touchline_domain::{ChangeKind, FeedPosition};

/// Longer than any wait that ends by itself.
const LONG: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_write_of_another_process_is_seen_within_a_second() {
    let store = fresh().await;
    // Two handles share nothing but the file, like two processes.
    let other = store.again().await.unwrap();
    one_match(&store).await;
    for n in 1..4 {
        let position = store.latest().await.unwrap();
        let waiting = {
            let store = store.store.clone();
            tokio::spawn(
                async move { store.wait(position, LONG).await.map(|latest| (latest, Instant::now())) },
            )
        };
        let rows = change(matches(&other, n, 1).await);
        other.apply(&rows).await.unwrap();
        let committed = Instant::now();
        let (latest, seen) = waiting.await.unwrap().unwrap();
        assert!(latest > position);
        let delay = seen.saturating_duration_since(committed);
        assert!(delay < Duration::from_secs(1), "{delay:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_misses_nothing_while_others_write() {
    let store = fresh().await;
    matches(&store, 0, 1).await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4_u32 {
        let handle = store.again().await.unwrap();
        writers.spawn(async move {
            for n in 0..10 {
                handle.apply(&change(matches(&handle, writer * 10 + n, 1).await)).await.unwrap();
            }
        });
    }
    let (mut read, mut position) = (Vec::new(), FeedPosition::START);
    // Forty matches with their results.
    while read.len() < 80 {
        store.wait(position, LONG).await.unwrap();
        for change in store.after(position, 7).await.unwrap().changes {
            assert!(change.position > position);
            position = change.position;
            read.push(change);
        }
    }
    writers.join_all().await;
    assert_eq!(store.after(FeedPosition::START, 1000).await.unwrap().changes, read);
    assert_eq!(read.iter().filter(|change| change.kind == ChangeKind::Result).count(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_alone_moves_a_reader_on() {
    let store = fresh().await;
    store.advance("jobs", None, FeedPosition::START).await.unwrap();
    let mut racers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let handle = store.again().await.unwrap();
        racers.spawn(async move {
            handle.advance("jobs", Some(FeedPosition::START), FeedPosition(5)).await.unwrap()
        });
    }
    assert_eq!(racers.join_all().await.into_iter().filter(|moved| *moved).count(), 1);
}
