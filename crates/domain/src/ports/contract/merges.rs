//! Leagues and teams that were stored twice.

mod random;
mod state;

pub use random::random_worlds_come_back_whole;

use super::fixture::prelude::*;
use super::fixture::{
    SOURCE, World, apply, correction, events, facts, in_play, injury, league, lineup, new, price, quote,
    refused, said, team, time, weather, with_odds, with_squads, with_stats, world,
};
use super::fixture::{features, sealed};
use crate::ports::{MatchFacts, MergePreference, MergeSubject, SilverChange, Store};
use crate::{
    ChangeKind, ClaimField, FeedPosition, Match, MatchClaim, MatchId, MatchStats, MergeId, NewLeague,
    NewMatch, OddsQuote, Score, Side, SideStats, Weather,
};
use state::State;
use std::future::poll_fn;
use std::ops::Deref;
use std::task::Poll;

/// The second source, whose league is `B`.
const SECOND: &str = "second";

fn leagues(w: &World) -> MergeSubject {
    MergeSubject::Leagues { kept: w.leagues[0], merged: w.leagues[1] }
}

fn teams(w: &World, kept: usize, merged: usize) -> MergeSubject {
    MergeSubject::Teams { kept: w.teams[kept], merged: w.teams[merged] }
}

/// The same match as the second source has it.
fn of_second(w: &World, m: NewMatch) -> NewMatch {
    NewMatch { league: w.leagues[1], source: SECOND.to_owned(), ..m }
}

async fn with_facts(store: &(impl Store + ?Sized), m: NewMatch, facts: MatchFacts) -> Match {
    apply(store, SilverChange { new: vec![(m.clone(), facts)], ..SilverChange::default() }).await;
    super::fixture::find(store, &m).await
}

/// Counts that no decimal writes exactly.
fn stats(home: Option<f64>, corners: Option<u16>) -> MatchStats {
    MatchStats {
        home: SideStats { expected_goals: home, ..SideStats::default() },
        away: SideStats { corners, possession: home.map(|x| x * 17.3), ..SideStats::default() },
    }
}

/// A finished match and one to come that both leagues hold, and one that each holds alone; facts of every kind.
async fn held_twice(store: &(impl Store + ?Sized)) -> (World, [MatchId; 6]) {
    let w = world(store).await;
    let played = |referee: Option<&str>| NewMatch {
        referee: referee.map(str::to_owned),
        external_id: referee.map(|_| "ext 1".to_owned()),
        ..w.finished(0, 1, 0)
    };
    let mut squads = with_squads(vec![lineup(Side::Home, -60)], vec![injury("7", -60)]);
    squads.odds = vec![quote("B365", -50), quote("PS", -50)];
    squads.in_play = vec![in_play("PS", 60)];
    squads.events = vec![events(SOURCE, 100)];
    squads.weather = vec![weather(0)];
    squads.stats = Some(stats(None, Some(4)));
    let first = with_facts(store, played(None), squads).await.id;
    let mut squads = with_squads(
        vec![lineup(Side::Home, -60), lineup(Side::Away, -60)],
        vec![injury("7", -60), injury("8", -60)],
    );
    let other_price = OddsQuote { prices: [price(5.5), price(1.5), None], ..quote("PS", -50) };
    squads.odds = vec![other_price, quote("PS", -40), quote("WH", -50)];
    squads.in_play = vec![in_play("PS", 60), in_play("PS", 70)];
    let mut shorter = events(SOURCE, 100);
    shorter.events.truncate(1);
    squads.events = vec![shorter, events(SECOND, 100)];
    squads.weather = vec![Weather { rain: 7.0, ..weather(0) }, weather(5)];
    squads.stats = Some(stats(Some(1.0 / 3.0), Some(9)));
    let second = with_facts(store, of_second(&w, played(Some("R"))), squads).await.id;
    let claim = |match_id, source: &str, value: &str| MatchClaim {
        match_id,
        source: source.to_owned(),
        field: ClaimField::Referee,
        value: value.to_owned(),
        said: said(0),
    };
    let claims = vec![claim(first, "third", "A"), claim(second, "third", "B"), claim(second, SECOND, "R")];
    let corrections = vec![correction(second, "1-0", "2-0")];
    apply(store, SilverChange { claims, corrections, ..SilverChange::default() }).await;
    let to_come = with_facts(store, w.scheduled(2, 3, 5), MatchFacts::default()).await.id;
    let same = of_second(&w, w.scheduled(2, 3, 5));
    let same = with_facts(store, same, with_stats(stats(Some(0.1), None))).await.id;
    let alone = with_facts(store, w.finished(4, 5, 40), with_odds(vec![quote("B365", 1)])).await.id;
    let other = of_second(&w, w.finished(4, 5, -40));
    let other = with_facts(store, other, with_odds(vec![quote("B365", 1)])).await.id;
    let forecasts = [sealed(to_come, 0.1, -100), sealed(same, 1.0 / 3.0, -90), sealed(same, 0.7, -80)];
    assert_eq!(store.seal(&forecasts, &[features()]).await.expect("sealed"), 3);
    (w, [first, second, to_come, same, alone, other])
}

/// What it shows is what the merge does, and nothing of it stays.
pub async fn a_dry_run_changes_nothing<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let (w, _) = held_twice(&*store).await;
    let before = State::of(&*store).await;
    let shown = store.plan_merge(leagues(&w), None).await.expect("planned");
    assert_eq!(State::of(&*store).await, before);
    assert_eq!(store.merges().await.expect("read"), []);
    assert_eq!((shown.joined.len(), shown.moved, shown.renumbered), (2, 1, 1), "{shown:?}");
    let (_, done) = store.merge(leagues(&w), None, "tester").await.expect("merged");
    assert_eq!(shown, done);
    let of = |table: &str| done.rows.iter().find(|row| row.table == table).map(|row| (row.moved, row.held));
    assert_eq!(of("odds"), Some((2, 1)));
    assert_eq!(of("lineups"), Some((1, 1)));
    assert_eq!(of("injuries"), Some((1, 1)));
    assert_eq!(of("match_stats"), Some((1, 1)));
    assert_eq!(of("predictions"), Some((2, 0)));
    assert_eq!(of("in_play_odds"), Some((1, 1)));
    assert_eq!(of("match_events"), Some((3, 1)), "a list stays whole");
    assert_eq!(of("weather"), Some((1, 1)));
    assert_eq!(of("match_claims"), Some((1, 1)));
    assert_eq!(of("match_corrections"), Some((1, 0)));
}

/// One set of matches with the facts of both; the kept one's facts stay as they are.
pub async fn two_leagues_become_one<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let (w, [first, second, to_come, same, alone, other]) = held_twice(&*store).await;
    store.merge(leagues(&w), None, "tester").await.expect("merged");
    let codes: Vec<_> = store.leagues().await.expect("read").into_iter().map(|l| l.details.code).collect();
    assert_eq!(codes, ["A"]);
    for gone in [second, same] {
        assert_eq!(store.get_match(gone).await.expect("read"), None);
    }
    let matches = state::matches(&*store).await;
    assert_eq!(matches.iter().map(|m| m.id).collect::<Vec<_>>(), [first, to_come, alone, other]);
    assert!(matches.iter().all(|m| m.league == w.leagues[0]));
    assert_eq!((matches[0].referee.as_deref(), matches[0].source.as_str()), (Some("R"), SOURCE));
    assert_eq!((matches[2].leg, matches[3].leg), (2, 1), "legs follow the dates");

    let corrections = store.all_corrections(None).await.expect("read");
    assert_eq!(corrections, [correction(first, "1-0", "2-0")]);
    let quotes = store.odds_of_match(first).await.expect("read");
    let key = |q: &OddsQuote| (q.bookmaker.to_string(), q.known_at.timestamp());
    let mut keys: Vec<_> = quotes.iter().map(key).collect();
    keys.sort();
    let wanted = [("B365", -50), ("PS", -50), ("PS", -40), ("WH", -50)];
    assert_eq!(keys, wanted.map(|(bookmaker, at)| (bookmaker.to_owned(), time(at).timestamp())));
    assert!(quotes.contains(&quote("PS", -50)), "the kept match's price stays");
    let of_first: Vec<_> =
        store.all_stats().await.expect("read").into_iter().filter(|s| s.0 == first).collect();
    let wanted = MatchStats {
        away: SideStats { corners: Some(4), ..stats(Some(1.0 / 3.0), None).away },
        ..stats(Some(1.0 / 3.0), None)
    };
    assert_eq!(of_first, [(first, wanted)], "filled field by field, bit for bit");
    assert_eq!(store.lineups_of(&[first]).await.expect("read").len(), 2);
    assert_eq!(store.injuries_of(&[first]).await.expect("read").len(), 2);
    let lists = [(first, events(SOURCE, 100)), (first, events(SECOND, 100))];
    assert_eq!(store.events_of(&[first]).await.expect("read"), lists);
    assert_eq!(store.in_play_odds_of(&[first]).await.expect("read").len(), 2);
    let kept = store.sealed(to_come).await.expect("read");
    let wanted = [sealed(to_come, 0.1, -100), sealed(to_come, 1.0 / 3.0, -90), sealed(to_come, 0.7, -80)];
    assert_eq!(kept, wanted, "sealed forecasts follow as they are");
    let listed = store.merges().await.expect("read");
    let [merge] = &listed[..] else { panic!("one merge: {listed:?}") };
    assert_eq!((merge.kept.name.as_str(), merge.merged.name.as_str()), ("A League A", "B League B"));
    assert_eq!((merge.done_by.as_str(), merge.undone_at), ("tester", None));
}

/// The content hash, every identifier and every sealed forecast are what they were; and it can be done again.
pub async fn an_undo_puts_everything_back<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let (w, _) = held_twice(&*store).await;
    let before = State::of(&*store).await;
    let (id, report) = store.merge(leagues(&w), None, "tester").await.expect("merged");
    let after = State::of(&*store).await;
    assert_ne!(after, before);
    store.undo_merge(id).await.expect("undone");
    assert_eq!(State::of(&*store).await, before);
    let feed = store.after(FeedPosition::START, 1000).await.expect("read");
    let kinds: Vec<_> = feed.changes.iter().rev().map(|c| c.kind).take(2).collect();
    assert_eq!(kinds, [ChangeKind::NamesMerged; 2], "those who follow are told of both");
    assert!(store.merges().await.expect("read")[0].undone_at.is_some());
    refused(store.undo_merge(id).await, "an undo of what was undone");
    refused(store.undo_merge(MergeId(id.0 + 1000)).await, "an undo of an unknown merge");
    let (again, same) = store.merge(leagues(&w), None, "tester").await.expect("merged again");
    assert_eq!(same, report);
    assert_eq!(State::of(&*store).await, after);
    store.undo_merge(again).await.expect("undone again");
    assert_eq!(State::of(&*store).await, before);
}

/// However far it came, a merge that ends early leaves nothing; and so does its undo.
pub async fn an_interrupted_merge_leaves_nothing<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let (w, _) = held_twice(&*store).await;
    let before = State::of(&*store).await;
    let mut interrupted = 0;
    for polls in [1, 2, 4, 8, 12, 20, 30, 45] {
        if let Some(done) = at_most(polls, store.merge(leagues(&w), None, "tester")).await {
            store.undo_merge(done.expect("merged").0).await.expect("undone");
        } else {
            interrupted += 1;
            let is_running = |m: &crate::ports::IdentityMerge| m.undone_at.is_none();
            assert!(!store.merges().await.expect("read").iter().any(is_running));
        }
        assert_eq!(State::of(&*store).await, before, "after {polls} steps");
    }
    assert!(interrupted > 2, "some were interrupted");
    let (id, _) = store.merge(leagues(&w), None, "tester").await.expect("merged");
    let after = State::of(&*store).await;
    for polls in [1, 3, 9, 27] {
        if at_most(polls, store.undo_merge(id)).await.is_none() {
            assert_eq!(State::of(&*store).await, after, "after {polls} steps");
        }
    }
}

/// What the call answers, unless it is dropped before.
async fn at_most<T>(polls: u32, call: impl Future<Output = T>) -> Option<T> {
    let mut call = Box::pin(call);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        call.as_mut().poll(context).map(Some)
    })
    .await
}

/// What is gone cannot be joined again, and nothing is joined with itself.
pub async fn a_league_is_merged_once<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let (w, _) = held_twice(&*store).await;
    store.merge(leagues(&w), None, "tester").await.expect("merged");
    let reason = refused(store.merge(leagues(&w), None, "tester").await, "a second merge");
    assert!(reason.contains("was merged into A League A before"), "{reason}");
    let itself = MergeSubject::Leagues { kept: w.leagues[0], merged: w.leagues[0] };
    refused(store.merge(itself, None, "tester").await, "a league with itself");
    refused(store.plan_merge(itself, None).await, "a league with itself");
    // Identifiers of what is gone are not given to anything new.
    let ids = store.ensure_leagues(&[league("C")]).await.expect("created");
    assert_ne!(ids[0], w.leagues[1]);
}

/// Of two final scores one is right, and only a person can say which.
pub async fn scores_that_differ_need_a_preference<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let first = w.finished(0, 1, 0);
    let second = NewMatch { score: Some(Score { home: 0, away: 3 }), ..of_second(&w, first.clone()) };
    apply(&*store, new([first, second])).await;
    let before = State::of(&*store).await;
    let shown = store.plan_merge(leagues(&w), None).await.expect("planned");
    assert_eq!((shown.disagreements.len(), shown.refusals.len()), (1, 1));
    let reason = refused(store.merge(leagues(&w), None, "tester").await, "two scores");
    assert!(reason.contains("the scores of matches 1 and 2 differ"), "{reason}");
    assert_eq!(State::of(&*store).await, before);
    for (prefer, wanted) in [(MergePreference::Kept, (2, 1)), (MergePreference::Merged, (0, 3))] {
        let (id, _) = store.merge(leagues(&w), Some(prefer), "tester").await.expect("merged");
        let score = state::matches(&*store).await[0].score;
        assert_eq!(score.map(|s| (s.home, s.away)), Some(wanted));
        store.undo_merge(id).await.expect("undone");
        assert_eq!(State::of(&*store).await, before);
    }
}

/// Two teams that meet, or play on one day against others, are two.
pub async fn teams_that_meet_are_two<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    apply(&*store, new([w.finished(0, 1, 0), w.finished(2, 3, 5), w.finished(4, 5, 5)])).await;
    let before = State::of(&*store).await;
    let reason = refused(store.merge(teams(&w, 0, 1), None, "tester").await, "teams that meet");
    assert!(reason.contains("the two teams play each other in match 1"), "{reason}");
    let prefer = Some(MergePreference::Kept);
    let reason = refused(store.merge(teams(&w, 2, 5), prefer, "tester").await, "two matches on one date");
    assert!(reason.contains("both teams play on the same date"), "{reason}");
    assert_eq!(State::of(&*store).await, before);
}

/// The next file of the second source finds what its names mean now.
pub async fn a_merged_name_leads_to_the_kept_one<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let second = NewLeague { source: SECOND.to_owned(), ..league("B2") };
    let merged = store.ensure_leagues(std::slice::from_ref(&second)).await.expect("created")[0];
    let named = store.ensure_teams(SECOND, &[team("Alpha FC", "England")]).await.expect("created")[0];
    let mut third = w.finished(3, 4, 9);
    third.league = merged;
    third.home = named;
    "third".clone_into(&mut third.source);
    apply(&*store, new([third])).await;
    let before = State::of(&*store).await;
    let of_leagues = MergeSubject::Leagues { kept: w.leagues[0], merged };
    let (first, _) = store.merge(of_leagues, None, "tester").await.expect("merged");
    let of_teams = MergeSubject::Teams { kept: w.teams[0], merged: named };
    let (second_merge, _) = store.merge(of_teams, None, "tester").await.expect("merged");
    assert_eq!(store.ensure_leagues(&[second]).await.expect("found"), [w.leagues[0]]);
    for source in [SECOND, "third"] {
        let found = store.ensure_teams(source, &[team("Alpha FC", "England")]).await.expect("found");
        assert_eq!(found, [w.teams[0]], "{source}");
    }
    assert_eq!(store.teams().await.expect("read").len(), 6);
    store.undo_merge(second_merge).await.expect("undone");
    store.undo_merge(first).await.expect("undone");
    assert_eq!(State::of(&*store).await, before);
    assert_eq!(store.ensure_teams(SECOND, &[team("Alpha FC", "England")]).await.expect("found"), [named]);
}

/// What came after the merge stays; where that is not possible the undo names what is in its way.
pub async fn an_undo_that_would_lose_facts_is_refused<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let (w, [first, _, to_come, ..]) = held_twice(&*store).await;
    let (id, _) = store.merge(leagues(&w), None, "tester").await.expect("merged");
    apply(&*store, facts(to_come, with_odds(vec![quote("late", 7)]))).await;
    store.seal(&[sealed(to_come, 0.2, -70)], &[features()]).await.expect("sealed");
    store.undo_merge(id).await.expect("new facts are in nobody's way");
    assert_eq!(store.odds_of_match(to_come).await.expect("read"), [quote("late", 7)]);
    assert_eq!(store.sealed(to_come).await.expect("read").len(), 2);

    let (id, _) = store.merge(leagues(&w), None, "tester").await.expect("merged");
    let held = store.get_match(first).await.expect("read").expect("held");
    let corrected = NewMatch { attendance: Some(5), ..held.details };
    let changed = vec![Match { id: first, details: corrected }];
    apply(&*store, SilverChange { changed, ..SilverChange::default() }).await;
    apply(&*store, facts(first, with_stats(stats(None, Some(3))))).await;
    let after = State::of(&*store).await;
    let reason = refused(store.undo_merge(id).await, "an undo that loses a correction");
    assert!(reason.contains(&format!("matches of match {first} changed")), "{reason}");
    assert!(reason.contains(&format!("match_stats of match {first} changed")), "{reason}");
    assert_eq!(State::of(&*store).await, after);
}

/// Merges that build on each other are undone in the order of their making, the latest first.
pub async fn a_later_merge_is_undone_first<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let (w, _) = held_twice(&*store).await;
    let third = store.ensure_leagues(&[league("C")]).await.expect("created")[0];
    let before = State::of(&*store).await;
    let (first, _) = store.merge(leagues(&w), None, "tester").await.expect("merged");
    let onward = MergeSubject::Leagues { kept: third, merged: w.leagues[0] };
    let (second, _) = store.merge(onward, None, "tester").await.expect("merged");
    let reason = refused(store.undo_merge(first).await, "an undo of what another merge builds on");
    assert!(reason.contains(&format!("undo merge {second} first")), "{reason}");
    store.undo_merge(second).await.expect("undone");
    store.undo_merge(first).await.expect("undone");
    assert_eq!(State::of(&*store).await, before);
}
