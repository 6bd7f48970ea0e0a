//! Sealed forecasts.

use super::fixture::prelude::*;
use super::fixture::{apply, refused, stored, time, world};
use crate::ports::{SealedForecast, SilverChange, Store};
use crate::{Forecast, Kickoff, MatchId};
use std::ops::Deref;

pub(super) fn sealed(match_id: MatchId, home: f64, sealed_at: i64) -> SealedForecast {
    SealedForecast {
        match_id,
        model_name: "gbm".to_owned(),
        model_version: "1".to_owned(),
        forecast: Forecast::normalised([home, 0.25, 0.75 - home]).expect("valid weights"),
        expected_goals: (1.25, 1.0 / 3.0),
        as_of: time(sealed_at - 5),
        sealed_at: time(sealed_at),
    }
}

/// Up to the second before the kick-off, and they come back bit for bit, oldest first.
pub async fn a_forecast_is_sealed_before_kick_off<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.scheduled(0, 1, 1)).await.id;
    let kickoff = 86_400;
    let kept = [sealed(id, 0.1, -100), sealed(id, 0.2, 0), sealed(id, 1.0 / 3.0, kickoff - 1)];
    assert_eq!(store.seal(&kept).await.expect("sealed"), 3);
    for late in [kickoff, kickoff + 1, kickoff * 2] {
        refused(store.seal(&[sealed(id, 0.5, late)]).await, "a forecast at or after kick-off");
    }
    refused(store.seal(&[sealed(MatchId(id.0 + 1000), 0.5, 0)]).await, "a forecast of an unknown match");
    assert_eq!(store.sealed(id).await.expect("read"), kept);
    assert_eq!(store.sealed(MatchId(id.0 + 1000)).await.expect("read"), []);
}

/// Sealing is one transaction.
pub async fn one_late_forecast_and_none_is_sealed<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let early = stored(&*store, w.scheduled(0, 1, 1)).await.id;
    let late = stored(&*store, w.scheduled(2, 3, -1)).await.id;
    refused(store.seal(&[sealed(early, 0.2, 0), sealed(late, 0.2, 0)]).await, "a late forecast");
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
    assert_eq!(store.seal(&[first.clone(), near]).await.expect("sealed"), 1, "within one call");
    assert_eq!(store.seal(&[sealed(id, 0.3, 20)]).await.expect("sealed"), 0, "in a later call");
    let goals = SealedForecast { expected_goals: (1.25, 0.5), ..sealed(id, 0.3, 30) };
    let version = SealedForecast { model_version: "2".to_owned(), ..sealed(id, 0.3, 40) };
    let news = [goals, version, sealed(id, 0.4, 50), sealed(id, 0.3, 60)];
    assert_eq!(store.seal(&news).await.expect("sealed"), 4, "going back is news too");
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
    store.seal(std::slice::from_ref(&first)).await.expect("sealed");
    moved.details.kickoff = Kickoff::at(time(500));
    let id = moved.id;
    apply(&*store, SilverChange { changed: vec![moved.clone()], ..SilverChange::default() }).await;
    refused(store.seal(&[sealed(id, 0.3, 500)]).await, "after the new, earlier kick-off");
    moved.details.kickoff = Kickoff::at(time(900_000));
    apply(&*store, SilverChange { changed: vec![moved], ..SilverChange::default() }).await;
    assert_eq!(store.seal(&[sealed(id, 0.3, 899_999)]).await.expect("sealed"), 1);
    assert_eq!(store.sealed(id).await.expect("read")[0], first);
}
