//! The feed of changes.

use super::fixture::prelude::*;
use super::fixture::{
    World, apply, facts, features, injury, lineup, new, quote, refused, sealed, season, stored, time,
    weather, with_odds, with_squads, with_stats, with_weather, world,
};
use crate::ports::{FEW_MATCHES, MatchFacts, ModelVersion, SilverChange, Store, StoreError};
use crate::{
    Change, ChangeKind, ChangeScope, FeedPosition, JobId, Kickoff, Match, MatchId, MatchStats, MatchStatus,
    NewMatch, NewTeam, Score, Side, SideStats, acting_for,
};
use std::ops::Deref;
use std::time::Duration;

/// Longer than any wait that ends by itself; a wait that lasts as long has missed something.
const LONG: Duration = Duration::from_mins(1);

async fn since(store: &(impl Store + ?Sized), position: FeedPosition) -> Vec<Change> {
    let page = store.after(position, 10_000).await.expect("the feed is read");
    assert!(!page.has_gap, "nothing was pruned");
    page.changes
}

/// What a write leaves: kinds and scopes, in order.
async fn left_by(store: &(impl Store + ?Sized), write: impl AsyncFnOnce()) -> Vec<(ChangeKind, ChangeScope)> {
    let before = store.latest().await.expect("the feed is read");
    write().await;
    let changes = since(store, before).await;
    let last = changes.last().map_or(before, |change| change.position);
    assert_eq!(store.latest().await.expect("the feed is read"), last);
    changes.into_iter().map(|change| (change.kind, change.scope)).collect()
}

fn model(version: &str) -> ModelVersion {
    ModelVersion {
        name: "gbm".to_owned(),
        version: version.to_owned(),
        path: format!("models/gbm/{version}"),
        manifest_hash: format!("hash of {version}"),
        trained_at: time(0),
        metrics: serde_json::json!({}),
    }
}

fn shots(n: u16) -> MatchStats {
    MatchStats { home: SideStats { shots: Some(n), ..SideStats::default() }, ..MatchStats::default() }
}

fn changed(m: &Match, change: impl FnOnce(&mut NewMatch)) -> SilverChange {
    let mut m = m.clone();
    change(&mut m.details);
    SilverChange { changed: vec![m], ..SilverChange::default() }
}

/// Each fact by its kind, with the match that it is of.
pub async fn every_fact_leaves_its_change<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    assert_eq!(store.latest().await.expect("read"), FeedPosition::START);
    let m = stored(&*store, w.scheduled(0, 1, 1)).await;
    let of_match = |kind| (kind, ChangeScope::Match(m.id));
    let first = since(&*store, FeedPosition::START).await;
    assert_eq!(first.len(), 1, "{first:?}");
    assert_eq!((first[0].kind, &first[0].scope), (ChangeKind::MatchAdded, &ChangeScope::Match(m.id)));
    assert_eq!(first[0].details["status"], "scheduled");

    let facts_of_it = [
        (ChangeKind::Odds, with_odds(vec![quote("B365", 0), quote("PS", 0)])),
        (ChangeKind::Lineup, with_squads(vec![lineup(Side::Home, 0)], vec![])),
        (ChangeKind::Injury, with_squads(vec![], vec![injury("7", 0)])),
        (ChangeKind::Statistics, with_stats(shots(9))),
        (ChangeKind::Weather, with_weather(vec![weather(0)])),
    ];
    for (kind, added) in facts_of_it {
        let left = left_by(&*store, async || apply(&*store, facts(m.id, added)).await).await;
        assert_eq!(left, [of_match(kind)]);
    }
    let kick_off = changed(&m, |m| m.kickoff = Kickoff::at(time(90_000)));
    let left = left_by(&*store, async || apply(&*store, kick_off).await).await;
    assert_eq!(left, [of_match(ChangeKind::MatchChanged)]);
    let sealing =
        async || assert_eq!(store.seal(&[sealed(m.id, 0.3, 0)], &[features()]).await.expect("sealed"), 1);
    assert_eq!(left_by(&*store, sealing).await, [of_match(ChangeKind::ForecastSealed)]);
    let result = changed(&m, |m| {
        (m.status, m.score) = (MatchStatus::Finished, Some(Score { home: 3, away: 1 }));
        m.kickoff = Kickoff::at(time(90_000));
    });
    let before = store.latest().await.expect("read");
    let left = left_by(&*store, async || apply(&*store, result).await).await;
    assert_eq!(left, [of_match(ChangeKind::Result)], "the end of a match is part of its result");
    let told = &since(&*store, before).await[0];
    assert_eq!((&told.details["home"], &told.details["away"]), (&3.into(), &1.into()));
    let left = left_by(&*store, async || apply(&*store, new([w.finished(2, 3, -3)])).await).await;
    assert_eq!(
        left.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
        [ChangeKind::MatchAdded, ChangeKind::Result]
    );
}

/// Registration and activation, each once.
pub async fn models_leave_their_changes<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let about = |kind| (kind, ChangeScope::Subject("model gbm".to_owned()));
    for version in ["1", "2"] {
        let register = async || store.register(&model(version)).await.expect("registered");
        assert_eq!(left_by(&*store, register).await, [about(ChangeKind::ModelRegistered)]);
        assert_eq!(left_by(&*store, register).await, [], "again");
        let activate = async || store.promote("gbm", version).await.expect("activated");
        assert_eq!(left_by(&*store, activate).await, [about(ChangeKind::ModelActivated)]);
        assert_eq!(left_by(&*store, activate).await, [], "again");
    }
    let back = async || store.promote("gbm", "1").await.expect("activated");
    assert_eq!(left_by(&*store, back).await, [about(ChangeKind::ModelActivated)]);
    let last = since(&*store, FeedPosition::START).await.pop().expect("a change");
    assert_eq!(last.details["version"], "1");
}

fn everything(w: &World) -> Vec<(NewMatch, MatchFacts)> {
    let facts = MatchFacts {
        stats: Some(shots(4)),
        odds: vec![quote("B365", 0)],
        lineups: vec![lineup(Side::Away, 0)],
        injuries: vec![injury("7", 0)],
        ..MatchFacts::default()
    };
    vec![(w.finished(0, 1, 1), facts), (w.finished(1, 0, 2), MatchFacts::default())]
}

/// A repeated write changes nothing and leaves nothing; one that adds a little leaves that alone.
pub async fn applying_again_leaves_no_change<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let mut change = SilverChange { new: everything(&w), ..SilverChange::default() };
    let left = left_by(&*store, async || apply(&*store, change.clone()).await).await;
    assert_eq!(left.len(), 8, "two matches, two results, four facts: {left:?}");
    assert_eq!(left_by(&*store, async || apply(&*store, change.clone()).await).await, []);
    // Added meanwhile to a match that the change takes for new.
    change.new[1].1 = with_odds(vec![quote("PS", 5)]);
    let left = left_by(&*store, async || apply(&*store, change.clone()).await).await;
    assert_eq!(left.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [ChangeKind::Odds]);
    let stored = store.matches_of(&[(w.leagues[0], season(2023))]).await.expect("read");
    let again = SilverChange {
        changed: stored.clone(),
        facts: stored.iter().map(|m| (m.id, with_odds(vec![quote("PS", 5)]))).collect(),
        ..SilverChange::default()
    };
    let left = left_by(&*store, async || apply(&*store, again.clone()).await).await;
    assert_eq!(left.len(), 1, "one of the two had no such quote: {left:?}");
    assert_eq!(left_by(&*store, async || apply(&*store, again).await).await, []);
    let m = self::stored(&*store, w.scheduled(3, 4, 4)).await;
    store.seal(&[sealed(m.id, 0.2, 0)], &[features()]).await.expect("sealed");
    let repeat =
        async || assert_eq!(store.seal(&[sealed(m.id, 0.2, 9)], &[features()]).await.expect("sealed"), 0);
    assert_eq!(left_by(&*store, repeat).await, []);
}

/// What is refused leaves no trace in the feed either.
pub async fn a_refused_write_leaves_no_change<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let m = stored(&*store, w.scheduled(0, 1, 1)).await;
    let refusals = async || {
        let unfinished = NewMatch { score: None, ..w.finished(1, 2, 1) };
        refused(
            store.apply(&new([w.finished(2, 3, 1), unfinished])).await,
            "a finished match without a score",
        );
        refused(
            store.seal(&[sealed(m.id, 0.2, 0), sealed(m.id, 0.3, 999_999)], &[features()]).await,
            "a late forecast",
        );
        refused(store.promote("gbm", "none").await, "an unknown version");
    };
    assert_eq!(left_by(&*store, refusals).await, []);
}

async fn many(store: &(impl Store + ?Sized), w: &World) -> Vec<NewMatch> {
    let names = (0..20).map(|i| NewTeam { name: format!("Club {i}"), country: "England".to_owned() });
    let teams = store.ensure_teams("contract", &names.collect::<Vec<_>>()).await.expect("clubs");
    let pairings = teams.iter().flat_map(|home| teams.iter().map(move |away| (*home, *away)));
    let pairings = pairings.filter(|(home, away)| home != away).take(FEW_MATCHES * 2);
    let a_match = |(n, (home, away)): (usize, _)| {
        let season = season(if n % 2 == 0 { 2021 } else { 2022 });
        NewMatch { season, home, away, ..w.finished(0, 1, n as i64) }
    };
    pairings.enumerate().map(a_match).collect()
}

/// A large write leaves a change per season and kind, whatever its size.
pub async fn a_large_write_is_noted_by_season<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let matches = many(&*store, &w).await;
    let added = SilverChange {
        new: matches.iter().map(|m| (m.clone(), with_odds(vec![quote("PS", 0)]))).collect(),
        ..SilverChange::default()
    };
    let league = w.leagues[0];
    let of_seasons = |kinds: &[ChangeKind]| {
        let of = |year| ChangeScope::Season(league, season(year));
        let scopes = [2021, 2022].map(of).into_iter();
        scopes.flat_map(|scope| kinds.iter().map(move |kind| (*kind, scope.clone()))).collect::<Vec<_>>()
    };
    let left = left_by(&*store, async || apply(&*store, added.clone()).await).await;
    assert_eq!(left, of_seasons(&[ChangeKind::MatchAdded, ChangeKind::Result, ChangeKind::Odds]));
    let told = &since(&*store, FeedPosition::START).await[0];
    assert_eq!(told.details["matches"], FEW_MATCHES);
    assert_eq!(left_by(&*store, async || apply(&*store, added).await).await, [], "again");

    let mut stored =
        store.matches_of(&[(w.leagues[0], season(2021)), (w.leagues[0], season(2022))]).await.expect("read");
    let facts = stored.iter().map(|m| (m.id, with_stats(shots(3)))).collect();
    let left =
        left_by(&*store, async || apply(&*store, SilverChange { facts, ..SilverChange::default() }).await)
            .await;
    assert_eq!(left, of_seasons(&[ChangeKind::Statistics]));
    for m in &mut stored {
        m.details.attendance = Some(1);
    }
    let ids: Vec<MatchId> = stored.iter().map(|m| m.id).collect();
    let change = SilverChange { changed: stored, ..SilverChange::default() };
    let left = left_by(&*store, async || apply(&*store, change).await).await;
    assert_eq!(left, of_seasons(&[ChangeKind::MatchChanged]));
    // Long before all of them.
    let forecasts: Vec<_> = ids.iter().map(|id| sealed(*id, 0.3, -1_000)).collect();
    let seal =
        async || assert_eq!(store.seal(&forecasts, &[features()]).await.expect("sealed"), ids.len() as u64);
    assert_eq!(left_by(&*store, seal).await, of_seasons(&[ChangeKind::ForecastSealed]));
}

/// Pages of any size give every change once, oldest first.
pub async fn pages_of_changes_follow_on_each_other<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    apply(&*store, SilverChange { new: everything(&w), ..SilverChange::default() }).await;
    for n in 0..5 {
        apply(
            &*store,
            new([w.scheduled(2, 3 + n % 3, 10 + n as i64)].map(|m| NewMatch { leg: 1 + n as u8, ..m })),
        )
        .await;
    }
    let all = since(&*store, FeedPosition::START).await;
    assert_eq!(all.len(), 13, "{all:?}");
    assert!(all.windows(2).all(|pair| pair[0].position < pair[1].position));
    for size in [1, 2, 5, 13, 20] {
        let (mut read, mut position) = (Vec::new(), FeedPosition::START);
        loop {
            let page = store.after(position, size).await.expect("read").changes;
            let Some(last) = page.last() else { break };
            position = last.position;
            read.extend(page);
        }
        assert_eq!(read, all, "pages of {size}");
    }
}

/// A wait ends with a commit, at once where there is something new already, and with its time.
pub async fn who_waits_is_woken<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let m = stored(&*store, w.scheduled(0, 1, 1)).await;
    let latest = store.latest().await.expect("read");
    assert_eq!(
        store.wait(FeedPosition::START, LONG).await.expect("read"),
        latest,
        "something is new already"
    );
    assert_eq!(store.wait(latest, Duration::from_millis(20)).await.expect("read"), latest, "nothing is new");
    let (first, second, ()) = together(
        store.wait(latest, LONG),
        store.wait(latest, LONG),
        apply(&*store, facts(m.id, with_odds(vec![quote("PS", 0)]))),
    )
    .await;
    let (first, second) = (first.expect("woken"), second.expect("woken"));
    assert!(first > latest && first == second);
    let ahead = FeedPosition(first.0 + 1000);
    assert_eq!(store.wait(ahead, LONG).await.expect("read"), first, "the store is an older copy");
}

/// Readers move independently, forwards alone, and one of those who share a name.
pub async fn each_reader_keeps_its_place<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let (one, three, five) = (FeedPosition(1), FeedPosition(3), FeedPosition(5));
    assert_eq!(store.reader_position("jobs").await.expect("read"), None);
    assert!(store.advance("jobs", None, one).await.expect("added"));
    assert!(!store.advance("jobs", None, three).await.expect("read"), "there is one already");
    assert!(!store.advance("cache", Some(one), three).await.expect("read"), "there is none");
    assert!(store.advance("cache", None, FeedPosition::START).await.expect("added"));
    assert!(store.advance("jobs", Some(one), three).await.expect("moved"));
    assert!(!store.advance("jobs", Some(one), five).await.expect("read"), "another process was there first");
    refused(store.advance("jobs", Some(three), one).await, "a reader that goes back");
    refused(store.advance("", None, one).await, "a reader without a name");
    let nul = store.advance("a\0b", None, one).await;
    assert!(matches!(nul, Err(StoreError::Text { .. })), "{nul:?}");
    assert_eq!(store.reader_position("jobs").await.expect("read"), Some(three));
    assert_eq!(store.reader_position("cache").await.expect("read"), Some(FeedPosition::START));
    assert!(store.forget_reader("jobs").await.expect("forgotten"));
    assert!(!store.forget_reader("jobs").await.expect("read"));
    assert_eq!(store.reader_position("jobs").await.expect("read"), None);
}

/// What all have read and is old goes, the latest change stays, and who is behind is told.
pub async fn old_changes_are_pruned_behind_the_slowest_reader<H: Deref<Target: Store>>(
    fresh: impl AsyncFn() -> H,
) {
    let store = fresh().await;
    let w = world(&*store).await;
    assert_eq!(
        store
            .prune(chrono::DateTime::<chrono::Utc>::MAX_UTC - chrono::Duration::days(366))
            .await
            .expect("nothing to prune"),
        0
    );
    for (n, away) in [1, 2, 3, 4].into_iter().enumerate() {
        apply(&*store, new([w.scheduled(0, away, n as i64)])).await;
    }
    let positions: Vec<_> = since(&*store, FeedPosition::START).await.iter().map(|c| c.position).collect();
    let recorded_at = since(&*store, FeedPosition::START).await[0].recorded_at;
    let later = recorded_at + chrono::Duration::seconds(1);
    assert_eq!(store.prune(recorded_at).await.expect("pruned"), 0, "none is older");
    store.advance("fast", None, positions[3]).await.expect("added");
    store.advance("slow", None, positions[0]).await.expect("added");
    assert_eq!(store.prune(later).await.expect("pruned"), 1, "the slow one has read one");
    assert!(store.after(FeedPosition::START, 10).await.expect("read").has_gap);
    let rest: Vec<_> = since(&*store, positions[0]).await.iter().map(|c| c.position).collect();
    assert_eq!(rest, positions[1..]);
    store.advance("slow", Some(positions[0]), positions[3]).await.expect("moved");
    assert_eq!(store.prune(later).await.expect("pruned"), 2, "the latest stays");
    assert_eq!(store.prune(later).await.expect("pruned"), 0);
    assert_eq!(store.latest().await.expect("read"), positions[3]);
    assert!(store.after(positions[1], 10).await.expect("read").has_gap);
    assert_eq!(since(&*store, positions[2]).await.len(), 1);
    apply(&*store, new([w.scheduled(1, 2, 9)])).await;
    assert!(store.latest().await.expect("read") > positions[3], "no number comes again");
}

/// A change says which job wrote it, and a job leads to its changes.
pub async fn changes_say_which_job_wrote_them<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    apply(&*store, new([w.scheduled(0, 1, 1)])).await;
    let (one, two) = (JobId(1), JobId(2));
    acting_for(one, apply(&*store, new([w.scheduled(0, 2, 2), w.scheduled(1, 2, 3)]))).await;
    acting_for(two, store.register(&model("1"))).await.expect("it is registered");
    acting_for(one, store.register(&model("2"))).await.expect("it is registered");
    apply(&*store, new([w.scheduled(3, 4, 4)])).await;
    let jobs: Vec<_> = since(&*store, FeedPosition::START).await.iter().map(|change| change.job).collect();
    assert_eq!(jobs, [None, Some(one), Some(one), Some(two), Some(one), None]);
    let of = async |job| store.changes_of_job(job).await.expect("read");
    assert_eq!(of(one).await, [(ChangeKind::MatchAdded, 2), (ChangeKind::ModelRegistered, 1)]);
    assert_eq!(of(two).await, [(ChangeKind::ModelRegistered, 1)]);
    assert_eq!(of(JobId(3)).await, []);
}

/// The three at once: this crate knows no runtime.
async fn together<A, B, C>(
    a: impl Future<Output = A>,
    b: impl Future<Output = B>,
    c: impl Future<Output = C>,
) -> (A, B, C) {
    let (mut a, mut b, mut c) = (std::pin::pin!(a), std::pin::pin!(b), std::pin::pin!(c));
    let (mut done_a, mut done_b, mut done_c) = (None, None, None);
    std::future::poll_fn(|context| {
        use std::task::Poll;
        if done_a.is_none()
            && let Poll::Ready(done) = a.as_mut().poll(context)
        {
            done_a = Some(done);
        }
        if done_b.is_none()
            && let Poll::Ready(done) = b.as_mut().poll(context)
        {
            done_b = Some(done);
        }
        if done_c.is_none()
            && let Poll::Ready(done) = c.as_mut().poll(context)
        {
            done_c = Some(done);
        }
        if done_a.is_some() && done_b.is_some() && done_c.is_some() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    (done_a.expect("ready"), done_b.expect("ready"), done_c.expect("ready"))
}
