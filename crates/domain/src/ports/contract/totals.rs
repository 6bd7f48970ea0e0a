//! Totals of leagues and seasons after every kind of change.

use super::fixture::prelude::*;
use super::fixture::{World, apply, bare, new, refused, season, stored, world};
use crate::ports::{SilverChange, Store};
use crate::{LeagueId, Match, MatchStatus, NewMatch, Score, TeamId};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

/// Compares every total with what the matches give.
pub(super) async fn agree(store: &(impl Store + ?Sized), when: &str) {
    let (mut teams, mut counts) = (BTreeMap::<LeagueId, BTreeSet<TeamId>>::new(), BTreeMap::new());
    let results = store.results().await.expect("read");
    for m in &results {
        teams.entry(m.league).or_default().extend([m.home, m.away]);
        let (matches, finished) = counts.entry(m.league).or_insert((0_u64, 0_u64));
        *matches += 1;
        *finished += u64::from(m.status == MatchStatus::Finished);
    }
    for summary in store.league_summaries().await.expect("read") {
        let id = summary.league.id;
        let (matches, finished) = counts.get(&id).copied().unwrap_or_default();
        let wanted = teams.get(&id).cloned().unwrap_or_default();
        let found = (summary.matches, summary.finished, summary.teams);
        assert_eq!(found, (matches, finished, wanted.len() as u64), "league {id} {when}");
        let listed = store.teams_of_league(id).await.expect("read");
        assert_eq!(listed.iter().map(|t| t.id).collect::<BTreeSet<_>>(), wanted, "league {id} {when}");
    }
    let all = store.counts().await.expect("counted");
    let finished = results.iter().filter(|m| m.status == MatchStatus::Finished).count() as u64;
    assert_eq!((all.matches, all.finished), (results.len() as u64, finished), "{when}");
    assert_eq!(all.league_teams, teams.values().map(|t| t.len() as u64).sum::<u64>(), "{when}");
    let findings = store.diagnose().await.expect("diagnosed");
    assert!(findings.iter().any(|f| f.check == "totals" && f.healthy), "{when}: {findings:?}");
}

fn played(m: &Match) -> Match {
    let mut played = m.clone();
    played.details.status = MatchStatus::Finished;
    played.details.score = Some(Score { home: 1, away: 1 });
    played
}

fn changed(matches: impl IntoIterator<Item = Match>) -> SilverChange {
    SilverChange { changed: matches.into_iter().collect(), ..SilverChange::default() }
}

/// A result comes in, is taken back, a match gets other teams or moves to another league.
pub async fn totals_follow_changed_matches<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    agree(&*store, "without a match").await;
    let w = world(&*store).await;
    let alone = stored(&*store, w.scheduled(0, 1, 0)).await;
    apply(&*store, new([w.finished(2, 3, 0), w.scheduled(3, 2, 7)])).await;
    agree(&*store, "after new matches").await;
    apply(&*store, changed([played(&alone)])).await;
    agree(&*store, "after a result").await;
    apply(&*store, changed([alone.clone()])).await;
    agree(&*store, "after a result was taken back").await;
    let others = NewMatch { home: w.teams[4], away: w.teams[1], ..alone.details.clone() };
    apply(&*store, changed([Match { id: alone.id, details: others.clone() }])).await;
    agree(&*store, "after a team was corrected").await;
    let elsewhere = NewMatch { league: w.leagues[1], ..others };
    apply(&*store, changed([played(&Match { id: alone.id, details: elsewhere })])).await;
    agree(&*store, "after a match went to another league").await;
    let second = NewMatch { season: season(2001), ..w.finished(0, 1, -9) };
    apply(&*store, SilverChange { new: vec![bare(second)], ..changed([alone]) }).await;
    agree(&*store, "after a change with new and changed matches").await;
}

/// What is stored already is not counted twice, and what is refused not at all.
pub async fn only_what_is_stored_is_counted<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let first = [w.finished(0, 1, 0), w.scheduled(1, 0, 7)];
    apply(&*store, new(first.clone())).await;
    apply(&*store, new(first.clone())).await;
    agree(&*store, "after the same matches again").await;
    let more = NewMatch { league: w.leagues[1], ..w.finished(4, 5, 0) };
    let [known, other] = first;
    apply(&*store, new([known, more, other.clone(), w.finished(2, 3, 1)])).await;
    agree(&*store, "after a change of which half was stored").await;
    let wrong = NewMatch { away: TeamId(9_999), ..w.finished(3, 4, 2) };
    refused(store.apply(&new([w.finished(3, 2, 2), wrong])).await, "an unknown team");
    agree(&*store, "after a refused change").await;
    let conflict = NewMatch { attendance: Some(7), ..other };
    refused(store.apply(&new([w.finished(3, 2, 2), conflict])).await, "another match of the same key");
    agree(&*store, "after a conflict").await;
}

/// Many changes in a fixed but irregular order, each of several matches.
pub async fn totals_agree_after_many_changes<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let mut dice = Dice(7);
    for round in 0..12 {
        let rows: Vec<_> = (0..dice.roll(9)).map(|_| any_match(&w, &mut dice)).collect();
        let mut keys = BTreeSet::new();
        let rows = rows.into_iter().filter(|m| keys.insert((m.league, m.season, m.home, m.away)));
        let stored = everything(&*store, &w).await;
        let is_new = |m: &NewMatch| stored.iter().all(|s| s.natural_key() != m.natural_key());
        let rows: Vec<_> = rows.filter(is_new).map(bare).collect();
        let mut moved = BTreeSet::new();
        let turned = stored.iter().filter(|_| dice.roll(3) == 0).filter(|m| moved.insert(m.id));
        let turned: Vec<_> =
            turned.map(|m| if m.score.is_some() { taken_back(m) } else { played(m) }).collect();
        apply(&*store, SilverChange { new: rows, changed: turned, ..SilverChange::default() }).await;
        agree(&*store, &format!("in round {round}")).await;
    }
}

/// Numbers without pattern, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % sides) as usize
    }
}

fn any_match(w: &World, dice: &mut Dice) -> NewMatch {
    let home = dice.roll(6);
    let away = (home + 1 + dice.roll(5)) % 6;
    let row = if dice.roll(2) == 0 { w.finished(home, away, 0) } else { w.scheduled(home, away, 0) };
    NewMatch { league: w.leagues[dice.roll(2)], season: season(2020 + dice.roll(3) as u16), ..row }
}

fn taken_back(m: &Match) -> Match {
    let details = NewMatch { status: MatchStatus::Postponed, score: None, ..m.details.clone() };
    Match { id: m.id, details }
}

async fn everything(store: &(impl Store + ?Sized), w: &World) -> Vec<Match> {
    let seasons: Vec<_> =
        w.leagues.iter().flat_map(|league| (2020..2023).map(|year| (*league, season(year)))).collect();
    store.matches_of(&seasons).await.expect("read")
}
