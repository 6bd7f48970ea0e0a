//! Filling the store through its ports.

use crate::{data, report};
use std::sync::Arc;
use std::time::{Duration, Instant};
use touchline_domain::ports::{MatchFacts, MatchReader, SilverChange, SilverWriter};
use touchline_domain::{FixedClock, MatchId};
use touchline_store_postgres::PostgresStore;
use touchline_store_postgres::testing::Cluster;

/// Matches whose quotes go in as one change: 240,000 quotes.
const MATCHES: usize = 250;

/// Now, in this store: the Monday after the last round.
pub const NOW: &str = "2024-04-22T12:00:00Z";

/// The store, and the match that was priced every five minutes.
pub async fn run(cluster: &Cluster, rows: usize) -> (PostgresStore, MatchId) {
    let clock = Arc::new(FixedClock(NOW.parse().expect("a time")));
    let store = PostgresStore::connect(&cluster.url("postgres"), clock).await.expect("a store");
    let roster = data::Roster::create(&store).await;
    let (mut matches, mut took) = (0, Duration::ZERO);
    for year in data::SEASONS {
        let new: Vec<_> = roster.season(year).into_iter().map(|m| (m, MatchFacts::default())).collect();
        matches += new.len();
        took += applied(&store, SilverChange { new, ..SilverChange::default() }).await;
    }
    report(&format!("{matches} matches stored, a season at a time"), per_second(matches, took));
    let dense = quotes(&store, rows).await;
    (store, dense)
}

async fn quotes(store: &PostgresStore, rows: usize) -> MatchId {
    let bookmakers = data::bookmakers();
    let last = *data::SEASONS.end();
    let season = touchline_domain::Season::cross_year(last).expect("a year");
    let mut matches: Vec<_> = store.results().await.expect("matches");
    matches.retain(|m| m.season == season);
    let mut facts: Vec<(_, MatchFacts)> = Vec::new();
    let (mut stored, mut took, mut by_few) = (0, Duration::ZERO, Few::default());
    // The latest first, so that fewer rows still reach into the month that the views hold.
    for (n, m) in matches.iter().rev().enumerate() {
        if stored >= rows {
            break;
        }
        facts.push((m.id, data::quotes(m.kickoff, n, &bookmakers, data::SPARSE)));
        if facts.len() < MATCHES {
            continue;
        }
        let facts = std::mem::take(&mut facts);
        let quotes: usize = facts.iter().map(|(_, facts)| facts.odds.len()).sum();
        if n + 1 == MATCHES {
            // The first ones in small changes, as they come from a feed.
            for (id, facts) in facts {
                by_few.rows += facts.odds.len();
                let change = SilverChange { facts: vec![(id, facts)], ..SilverChange::default() };
                by_few.took += applied(store, change).await;
            }
        } else {
            took += applied(store, SilverChange { facts, ..SilverChange::default() }).await;
            stored += quotes;
        }
    }
    report(&format!("{} quotes stored, 960 at a time", by_few.rows), per_second(by_few.rows, by_few.took));
    report(&format!("{stored} quotes stored, 240,000 at a time, by COPY"), per_second(stored, took));
    // The first of the season has none yet.
    let dense = &matches[0];
    let facts = vec![(dense.id, data::quotes(dense.kickoff, 0, &bookmakers, data::DENSE))];
    applied(store, SilverChange { facts, ..SilverChange::default() }).await;
    dense.id
}

#[derive(Default)]
struct Few {
    rows: usize,
    took: Duration,
}

async fn applied(store: &PostgresStore, change: SilverChange) -> Duration {
    let start = Instant::now();
    store.apply(&change).await.expect("applied");
    start.elapsed()
}

fn per_second(rows: usize, took: Duration) -> String {
    format!("{:.1} s, {:.0} a second", took.as_secs_f64(), rows as f64 / took.as_secs_f64())
}
