//! Experiments with models.

use super::fixture::prelude::*;
use super::fixture::{World, apply, refused, stored, time, world};
use crate::ports::{
    Experiment, ExperimentArm, ExperimentMode, ForecastPair, MergeSubject, ModelVersion, RecordedPair,
    SilverChange, Store,
};
use crate::{ChangeKind, Forecast, Match, MatchId, MatchStatus, NewMatch, Score};
use std::ops::Deref;

async fn registered(store: &(impl Store + ?Sized)) {
    for version in ["1", "2", "3"] {
        let model = ModelVersion {
            name: "gbm".to_owned(),
            version: version.to_owned(),
            path: "p".to_owned(),
            manifest_hash: "h".to_owned(),
            trained_at: time(0),
            metrics: serde_json::json!({}),
        };
        store.register(&model).await.expect("registered");
    }
}

fn experiment(id: &str) -> Experiment {
    Experiment {
        id: id.to_owned(),
        model: "gbm".to_owned(),
        control: "1".to_owned(),
        treatment: "2".to_owned(),
        mode: ExperimentMode::Split,
        share: 0.25,
        started_at: time(0),
        ended_at: None,
    }
}

fn pair(of: MatchId, home: f64) -> ForecastPair {
    let forecast = |home: f64| Forecast::normalised([home, 0.25, 0.75 - home]).expect("valid weights");
    ForecastPair {
        match_id: of,
        arm: ExperimentArm::Treatment,
        control: forecast(home),
        treatment: forecast(home / 2.0),
    }
}

async fn pairs(store: &(impl Store + ?Sized)) -> Vec<RecordedPair> {
    store.experiment_pairs("a").await.expect("read")
}

/// It is found by its name, while it runs by its model, and in the list; its beginning and its end are in the feed.
pub async fn an_experiment_comes_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    registered(&*store).await;
    assert_eq!(store.running_experiment("gbm").await.expect("read"), None);
    let before = store.latest().await.expect("read");
    let first = experiment("a");
    store.start_experiment(&first).await.expect("begun");
    assert_eq!(store.running_experiment("gbm").await.expect("read"), Some(first.clone()));
    assert_eq!(store.running_experiment("other").await.expect("read"), None);
    assert!(store.end_experiment("a").await.expect("ended"));
    assert!(!store.end_experiment("a").await.expect("ended before"));
    assert!(!store.end_experiment("b").await.expect("there is none"));
    assert_eq!(store.running_experiment("gbm").await.expect("read"), None);
    let ended = store.experiment("a").await.expect("read").expect("held");
    assert!(ended.ended_at.is_some_and(|at| at >= first.started_at), "{ended:?}");
    assert_eq!(Experiment { ended_at: None, ..ended.clone() }, first);
    let shadow =
        Experiment { mode: ExperimentMode::Shadow, share: 0.0, started_at: time(50), ..experiment("b") };
    store.start_experiment(&shadow).await.expect("begun");
    assert_eq!(store.experiments(10).await.expect("read"), [shadow.clone(), ended]);
    assert_eq!(store.experiments(1).await.expect("read"), [shadow]);
    assert_eq!(store.experiment("c").await.expect("read"), None);
    let changes = store.after(before, 10).await.expect("read").changes;
    let kinds: Vec<ChangeKind> = changes.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [ChangeKind::ExperimentChanged; 3]);
}

/// With one model; a name is used once, and versions are registered.
pub async fn one_experiment_runs_at_a_time<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    registered(&*store).await;
    let unknown = Experiment { treatment: "9".to_owned(), ..experiment("a") };
    refused(store.start_experiment(&unknown).await, "a version that is not registered");
    let itself = Experiment { treatment: "1".to_owned(), ..experiment("a") };
    refused(store.start_experiment(&itself).await, "a champion against itself");
    refused(store.start_experiment(&Experiment { share: 1.5, ..experiment("a") }).await, "more than all");
    store.start_experiment(&experiment("a")).await.expect("begun");
    let second = Experiment { treatment: "3".to_owned(), ..experiment("b") };
    refused(store.start_experiment(&second).await, "a second one beside the first");
    store.end_experiment("a").await.expect("ended");
    refused(store.start_experiment(&experiment("a")).await, "a name that was used");
    store.start_experiment(&second).await.expect("begun");
}

/// A pair that says what the last one said is left out; what became of the match comes with it.
pub async fn the_last_pair_before_kick_off_counts<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    registered(&*store).await;
    store.start_experiment(&experiment("a")).await.expect("begun");
    let w = world(&*store).await;
    let of: Match = stored(&*store, w.scheduled(0, 1, 1)).await;
    let later: Match = stored(&*store, w.scheduled(2, 3, 2)).await;
    let both = [pair(later.id, 0.4), pair(of.id, 0.5)];
    assert_eq!(store.record_pairs("a", time(10), &both).await.expect("recorded"), 2);
    assert_eq!(store.record_pairs("a", time(20), &both).await.expect("repeated"), 0);
    assert_eq!(store.record_pairs("a", time(30), &[pair(of.id, 0.625)]).await.expect("recorded"), 1);
    let waiting = |pair, of: &Match| RecordedPair { pair, kickoff: of.details.kickoff.at, score: None };
    let expected = [waiting(pair(of.id, 0.625), &of), waiting(pair(later.id, 0.4), &later)];
    assert_eq!(pairs(&*store).await, expected);
    assert_eq!(store.experiment_pairs("b").await.expect("read"), []);
    let mut played = of.clone();
    played.details.status = MatchStatus::Finished;
    played.details.score = Some(Score { home: 2, away: 1 });
    let mut off = later.clone();
    off.details.status = MatchStatus::Cancelled;
    let change = SilverChange { changed: vec![played.clone(), off], ..SilverChange::default() };
    apply(&*store, change).await;
    let scored = RecordedPair { score: Some(Score { home: 2, away: 1 }), ..expected[0] };
    assert_eq!(pairs(&*store).await, [scored]);
    // It turns out to have begun before the last pair was recorded: the one before counts.
    played.details.kickoff = crate::Kickoff::at(time(25));
    apply(&*store, SilverChange { changed: vec![played], ..SilverChange::default() }).await;
    let [one] = pairs(&*store).await[..] else { panic!("there is one pair") };
    assert_eq!(one.pair, pair(of.id, 0.5));
}

/// Of a match to come, of an experiment that is known; one that is not and none is recorded.
pub async fn a_pair_is_recorded_before_kick_off<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    registered(&*store).await;
    store.start_experiment(&experiment("a")).await.expect("begun");
    let w = world(&*store).await;
    let of = stored(&*store, w.scheduled(0, 1, 1)).await.id;
    refused(store.record_pairs("b", time(10), &[pair(of, 0.5)]).await, "an unknown experiment");
    refused(store.record_pairs("a", time(86_400), &[pair(of, 0.5)]).await, "a match that has begun");
    let unknown = [pair(of, 0.5), pair(MatchId(999), 0.5)];
    refused(store.record_pairs("a", time(10), &unknown).await, "an unknown match");
    assert_eq!(pairs(&*store).await, []);
    assert_eq!(store.record_pairs("a", time(10), &[pair(of, 0.5)]).await.expect("recorded"), 1);
}

/// There and back.
pub async fn a_merge_takes_pairs_along<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    registered(&*store).await;
    store.start_experiment(&experiment("a")).await.expect("begun");
    let w: World = world(&*store).await;
    let kept = stored(&*store, w.scheduled(0, 1, 1)).await.id;
    let second = NewMatch { league: w.leagues[1], source: "second".to_owned(), ..w.scheduled(0, 1, 1) };
    let merged = stored(&*store, second).await.id;
    store.record_pairs("a", time(10), &[pair(merged, 0.5)]).await.expect("recorded");
    let before = pairs(&*store).await;
    let leagues = MergeSubject::Leagues { kept: w.leagues[0], merged: w.leagues[1] };
    let (id, _) = store.merge(leagues, None, "tester").await.expect("merged");
    assert_eq!(pairs(&*store).await.first().map(|recorded| recorded.pair), Some(pair(kept, 0.5)));
    store.undo_merge(id).await.expect("undone");
    assert_eq!(pairs(&*store).await, before);
}
