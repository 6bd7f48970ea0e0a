//! Sealed forecasts.

use super::fixture::prelude::*;
use super::fixture::{apply, details, features, join, refused, sealed, stored, time, world};
use crate::ports::{LEDGER_START, LedgerMatch, SealedDetails, SealedForecast, SilverChange, Store};
use crate::{Forecast, Kickoff, KickoffPrecision, MatchId, ScoreGrid};
use std::ops::Deref;

/// Up to the second before the kick-off, and they come back bit for bit, oldest first.
pub async fn a_forecast_is_sealed_before_kick_off<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.scheduled(0, 1, 1)).await.id;
    let kickoff = 86_400;
    let kept = [sealed(id, 0.1, -100), sealed(id, 0.2, 0), sealed(id, 1.0 / 3.0, kickoff - 1)];
    assert_eq!(store.seal(&kept, &[features()]).await.expect("sealed"), 3);
    for late in [kickoff, kickoff + 1, kickoff * 2] {
        refused(store.seal(&[sealed(id, 0.5, late)], &[features()]).await, "a forecast at or after kick-off");
    }
    refused(
        store.seal(&[sealed(MatchId(id.0 + 1000), 0.5, 0)], &[features()]).await,
        "a forecast of an unknown match",
    );
    assert_eq!(store.sealed(id).await.expect("read"), kept);
    assert_eq!(store.sealed(MatchId(id.0 + 1000)).await.expect("read"), []);
}

/// Sealing is one transaction.
pub async fn one_late_forecast_and_none_is_sealed<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let early = stored(&*store, w.scheduled(0, 1, 1)).await.id;
    let late = stored(&*store, w.scheduled(2, 3, -1)).await.id;
    refused(
        store.seal(&[sealed(early, 0.2, 0), sealed(late, 0.2, 0)], &[features()]).await,
        "a late forecast",
    );
    assert_eq!(store.sealed(early).await.expect("read"), []);
}

/// A forecast that says what the latest of its model said is no news.
pub async fn a_repeated_forecast_is_skipped<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.scheduled(0, 1, 1)).await.id;
    let first = sealed(id, 0.3, 0);
    let near = SealedForecast {
        forecast: Forecast::new(0.3 + 1e-13, 0.25, 0.45 - 1e-13).expect("a valid forecast"),
        ..sealed(id, 0.3, 10)
    };
    assert_eq!(
        store.seal(&[first.clone(), near], &[features()]).await.expect("sealed"),
        1,
        "within one call"
    );
    assert_eq!(
        store.seal(&[sealed(id, 0.3, 20)], &[features()]).await.expect("sealed"),
        0,
        "in a later call"
    );
    let goals = SealedForecast { expected_goals: (1.25, 0.5), ..sealed(id, 0.3, 30) };
    let version = SealedForecast { model_version: "2".to_owned(), ..sealed(id, 0.3, 40) };
    let news = [goals, version, sealed(id, 0.4, 50), sealed(id, 0.3, 60)];
    assert_eq!(store.seal(&news, &[features()]).await.expect("sealed"), 4, "going back is news too");
    let all = store.sealed(id).await.expect("read");
    assert_eq!(all.len(), 5);
    assert_eq!((&all[0], &all[1..]), (&first, &news[..]), "the first was not rewritten");
}

/// A match that is moved keeps what was sealed, and can be sealed until its new kick-off.
pub async fn a_new_kick_off_leaves_sealed_forecasts<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let mut moved = stored(&*store, w.scheduled(0, 1, 1)).await;
    let first = sealed(moved.id, 0.2, 1000);
    store.seal(std::slice::from_ref(&first), &[features()]).await.expect("sealed");
    moved.details.kickoff = Kickoff::at(time(500));
    let id = moved.id;
    apply(&*store, SilverChange { changed: vec![moved.clone()], ..SilverChange::default() }).await;
    refused(store.seal(&[sealed(id, 0.3, 500)], &[features()]).await, "after the new, earlier kick-off");
    moved.details.kickoff = Kickoff::at(time(900_000));
    apply(&*store, SilverChange { changed: vec![moved], ..SilverChange::default() }).await;
    assert_eq!(store.seal(&[sealed(id, 0.3, 899_999)], &[features()]).await.expect("sealed"), 1);
    assert_eq!(store.sealed(id).await.expect("read")[0], first);
}

/// Every cell of the grid and everything beside it comes back bit for bit; the names of features are kept once.
pub async fn a_sealed_forecast_comes_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.scheduled(0, 1, 1)).await.id;
    let kept = [sealed(id, 1.0 / 3.0, 0), sealed(id, 0.1, 1)];
    store.seal(&kept, &[features(), features()]).await.expect("sealed");
    store.seal(&[sealed(id, 0.2, 2)], &[]).await.expect("sealed with features that are held");
    let back = store.sealed(id).await.expect("read");
    assert_eq!(back[..2], kept);
    let bits = |f: &SealedForecast| -> Vec<u64> {
        let details = f.details.as_ref().expect("whole");
        details.grid.cells().iter().map(|cell| cell.to_bits()).collect()
    };
    assert_eq!(bits(&back[0]), bits(&kept[0]));
    let sets = store.feature_sets().await.expect("read");
    assert_eq!(sets, [(features().hash().to_owned(), features().names().to_vec())]);
}

/// What is not whole, or names features that nobody knows, is not sealed.
pub async fn half_a_forecast_is_refused<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.scheduled(0, 1, 1)).await.id;
    let half = SealedForecast { details: None, ..sealed(id, 0.2, 0) };
    refused(store.seal(&[sealed(id, 0.1, 0), half], &[features()]).await, "a forecast without its grid");
    let details =
        sealed(id, 0.2, 0).details.map(|d| Box::new(SealedDetails { features: "x".repeat(64), ..*d }));
    let unknown = SealedForecast { details, ..sealed(id, 0.2, 0) };
    refused(store.seal(&[unknown], &[features()]).await, "features that are not held");
    assert_eq!(store.sealed(id).await.expect("read"), []);
    assert_eq!(store.ledger_head().await.expect("read").sequence, 0);
}

/// A grid that differs makes another forecast, even where probabilities and expected goals are the same.
pub async fn another_grid_is_news<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.scheduled(0, 1, 1)).await.id;
    let first = sealed(id, 0.3, 0);
    let grid = ScoreGrid::from_weights(3, vec![1.0; 16]).expect("valid");
    let details = first.details.clone().map(|d| Box::new(SealedDetails { grid, ..*d }));
    let other = SealedForecast { details, ..sealed(id, 0.3, 10) };
    assert_eq!(store.seal(&[first, other.clone()], &[features()]).await.expect("sealed"), 2);
    assert_eq!(store.seal(&[other], &[features()]).await.expect("sealed"), 0);
}

/// A match known only to the day is sealed until the day is over, from what was known at its start.
pub async fn a_match_of_the_day_is_sealed_until_the_day_is_over<H: Deref<Target: Store>>(
    fresh: impl AsyncFn() -> H,
) {
    let store = fresh().await;
    let w = world(&*store).await;
    let mut new = w.scheduled(0, 1, 1);
    let kickoff = Kickoff::on(time(86_400).date_naive());
    new.kickoff = kickoff;
    let id = stored(&*store, new).await.id;
    let at = |seconds: i64, as_of: i64| {
        let forecast = Forecast::normalised([1.0 + seconds as f64, 1.0, 1.0]).expect("valid");
        SealedForecast {
            sealed_at: kickoff.at + chrono::Duration::seconds(seconds),
            as_of: kickoff.at + chrono::Duration::seconds(as_of),
            details: Some(details(&forecast, kickoff)),
            forecast,
            ..sealed(id, 0.3, 0)
        }
    };
    let kept = [at(0, 0), at(1, -1), at(86_399, 0)];
    assert_eq!(store.seal(&kept, &[features()]).await.expect("sealed"), 3);
    refused(store.seal(&[at(86_400, 0)], &[features()]).await, "a forecast after the day");
    refused(store.seal(&[at(3_600, 1)], &[features()]).await, "a forecast from what was learned on the day");
    let back = store.sealed(id).await.expect("read");
    assert_eq!(back, kept);
    let precision = back[0].details.as_ref().map(|d| d.kickoff.precision);
    assert_eq!(precision, Some(KickoffPrecision::Day), "the kick-off is kept as it was known");
}

/// Entries are numbered without gaps, each names the one before, and each describes its match by names alone.
pub async fn sealed_forecasts_are_chained<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let head = store.ledger_head().await.expect("read");
    assert_eq!((head.sequence, head.entry_hash.as_str(), head.outside), (0, LEDGER_START, 0));
    let w = world(&*store).await;
    let id = stored(&*store, w.scheduled(0, 1, 1)).await.id;
    let other = stored(&*store, w.scheduled(2, 3, 1)).await.id;
    store.seal(&[sealed(id, 0.1, 0), sealed(other, 0.2, 0)], &[features()]).await.expect("sealed");
    refused(
        store.seal(&[sealed(id, 0.3, 9), sealed(id, 0.4, 99_999)], &[features()]).await,
        "a late forecast",
    );
    store.seal(&[sealed(id, 0.1, 1), sealed(id, 0.5, 1)], &[features()]).await.expect("sealed");
    let mut entries = Vec::new();
    while let Some(next) = {
        let after = entries.last().map(|e: &crate::ports::LedgerEntry| (e.link.sequence, e.id));
        store.ledger_entries(after, 1).await.expect("read").pop()
    } {
        entries.push(next);
    }
    let sequence: Vec<u64> = entries.iter().map(|e| e.link.sequence).collect();
    assert_eq!(sequence, [1, 2, 3], "what was refused or skipped leaves no gap");
    let mut before = LEDGER_START;
    for entry in &entries {
        assert_eq!(entry.link.previous_hash, before);
        before = &entry.link.entry_hash;
    }
    let head = store.ledger_head().await.expect("read");
    assert_eq!((head.sequence, head.entry_hash.as_str()), (3, before));
    assert!(head.strays.is_empty() && head.outside_held == 0, "{head:?}");
    let of = LedgerMatch {
        league: "A".to_owned(),
        season: super::fixture::season(2023),
        home: "Gamma".to_owned(),
        away: "Delta".to_owned(),
        leg: 1,
    };
    assert_eq!(entries[1].content, Ok((of, sealed(other, 0.2, 0))));
}

/// Sealers at the same time take turns.
pub async fn racing_sealers_make_one_chain<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    const SEALERS: i64 = 8;
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.scheduled(0, 1, 1)).await.id;
    let race = (0..SEALERS).map(|n| {
        let store = &*store;
        Box::pin(async move {
            for k in 0..4 {
                // Each sealer is a model of its own: nothing repeats.
                let model_version = n.to_string();
                let forecast = SealedForecast { model_version, ..sealed(id, 0.1 + 0.1 * k as f64, k) };
                assert_eq!(store.seal(&[forecast], &[features()]).await.expect("sealed"), 1);
            }
        })
    });
    join(race.collect()).await;
    let entries = store.ledger_entries(None, 1000).await.expect("read");
    assert_eq!(entries.len(), 32);
    let mut before = (0, LEDGER_START);
    for entry in &entries {
        assert_eq!((entry.link.sequence, entry.link.previous_hash.as_str()), (before.0 + 1, before.1));
        before = (entry.link.sequence, &entry.link.entry_hash);
    }
    let head = store.ledger_head().await.expect("read");
    assert_eq!((head.sequence, head.entry_hash.as_str()), before);
}
