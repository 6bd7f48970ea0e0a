//! Simulations of seasons.

use super::fixture::prelude::*;
use super::fixture::season;
use crate::ports::{KeptSimulation, SimulatedSeason, Store};
use chrono::{DateTime, Duration, Utc};
use std::ops::Deref;

fn at(day: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + Duration::days(19_700 + day)
}

fn simulation(league: &str, day: i64, title: f64) -> KeptSimulation {
    KeptSimulation {
        league: league.to_owned(),
        season: season(2023),
        as_of: at(day),
        model_name: "touchline".to_owned(),
        model_version: "1".to_owned(),
        made_at: at(day) + Duration::hours(1),
        report: serde_json::json!({ "teams": [{ "team": "Ä", "places": [title] }] }),
    }
}

/// They come back whole, the latest first, of the league and season asked for alone.
pub async fn simulations_come_back_latest_first<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert_eq!(store.simulations("A", season(2023), 10).await.expect("read"), []);
    let (first, second) = (simulation("A", 1, 0.4), simulation("A", 8, 0.5));
    for kept in [&second, &first, &simulation("B", 3, 0.1)] {
        store.keep_simulation(kept).await.expect("kept");
    }
    let read = store.simulations("A", season(2023), 10).await.expect("read");
    assert_eq!(read, [second.clone(), first]);
    assert_eq!(store.simulations("A", season(2023), 1).await.expect("read"), [second]);
    assert_eq!(store.simulations("A", season(2022), 10).await.expect("read"), []);
}

/// One of the same time and model takes the place of the one before; another model's stands beside it.
pub async fn a_simulation_replaces_the_one_of_its_time<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let other = KeptSimulation { model_version: "2".to_owned(), ..simulation("A", 1, 0.3) };
    for kept in [&simulation("A", 1, 0.4), &other, &simulation("A", 1, 0.6)] {
        store.keep_simulation(kept).await.expect("kept");
    }
    let read = store.simulations("A", season(2023), 10).await.expect("read");
    assert_eq!(read.len(), 2);
    assert!(read.contains(&other) && read.contains(&simulation("A", 1, 0.6)));
    let hostile = KeptSimulation { league: "A\0".to_owned(), ..other };
    assert!(store.keep_simulation(&hostile).await.is_err());
}

/// A line for each season of a league, however many simulations of it there are.
pub async fn simulated_seasons_are_listed<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert_eq!(store.simulated_seasons(10).await.expect("read"), []);
    let later = KeptSimulation { season: season(2024), ..simulation("A", 3, 0.2) };
    for kept in [&simulation("B", 2, 0.1), &simulation("A", 1, 0.4), &simulation("A", 8, 0.5), &later] {
        store.keep_simulation(kept).await.expect("kept");
    }
    let line = |league: &str, start, simulations, day| SimulatedSeason {
        league: league.to_owned(),
        season: season(start),
        simulations,
        latest: at(day),
    };
    let all = [line("A", 2024, 1, 3), line("A", 2023, 2, 8), line("B", 2023, 1, 2)];
    assert_eq!(store.simulated_seasons(10).await.expect("read"), all);
    assert_eq!(store.simulated_seasons(2).await.expect("read"), all[..2]);
}
