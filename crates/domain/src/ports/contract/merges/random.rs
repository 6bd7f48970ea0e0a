//! Small worlds of any kind.

use super::state::State;
use super::{leagues, of_second, stats, teams};
use crate::ports::contract::fixture::{
    World, apply, injury, lineup, price, quote, refused, weather, with_squads, world,
};
use crate::ports::contract::fixture::{features, sealed};
use crate::ports::{MatchFacts, MergePreference, MergeSubject, SilverChange, Store, StoreError};
use crate::{MatchId, OddsQuote, Score, Side, SplitMix64};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

/// Numbers from a seed.
struct Dice(SplitMix64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0.next_u64() % n
    }

    fn index(&mut self, n: u64) -> usize {
        usize::try_from(self.below(n)).expect("a small number")
    }

    fn signed(&mut self, n: u64) -> i64 {
        i64::try_from(self.below(n)).expect("a small number")
    }

    fn facts(&mut self) -> MatchFacts {
        let mut facts = with_squads(vec![], vec![]);
        for _ in 0..self.below(3) {
            let bookmaker = ["B365", "PS", "WH"][self.index(3)];
            let prices = [price(1.5 + self.signed(9) as f64 / 4.0), price(3.0), None];
            facts.odds.push(OddsQuote { prices, ..quote(bookmaker, -50 - self.signed(2)) });
        }
        if self.below(2) == 0 {
            let xg = (self.below(2) == 0).then(|| self.below(1000) as f64 / 333.0);
            facts.stats = Some(stats(xg, Some(5).filter(|_| self.below(2) == 0)));
        }
        if self.below(3) == 0 {
            facts.lineups.push(lineup([Side::Home, Side::Away][self.index(2)], -60));
        }
        if self.below(3) == 0 {
            facts.injuries.push(injury(["7", "8"][self.index(2)], -60));
        }
        if self.below(3) == 0 {
            facts.weather.push(weather([0, 60][self.index(2)]));
        }
        facts
    }
}

/// Matches of both leagues among six teams, some played and some to come.
async fn fill(store: &(impl Store + ?Sized), w: &World, dice: &mut Dice) {
    let mut rows: BTreeMap<(usize, usize, usize, i64), bool> = BTreeMap::new();
    for _ in 0..6 + dice.below(14) {
        let (league, home, away) = (dice.index(2), dice.index(6), dice.index(6));
        if home != away {
            rows.insert((league, home, away, dice.signed(40)), dice.below(3) > 0);
        }
    }
    let mut legs: BTreeMap<(usize, usize, usize), u8> = BTreeMap::new();
    let (mut change, mut to_come) = (SilverChange::default(), Vec::new());
    for ((league, home, away, day), is_played) in rows {
        let leg = legs.entry((league, home, away)).or_default();
        *leg += 1;
        let mut row = if is_played { w.finished(home, away, day) } else { w.scheduled(home, away, day) };
        row.leg = *leg;
        row.score = row.score.map(|s| Score { home: u8::from(dice.below(4) == 0), ..s });
        row.referee = (dice.below(3) == 0).then(|| format!("R {day}"));
        let row = if league == 1 { of_second(w, row) } else { row };
        to_come.push((row.clone(), day));
        change.new.push((row, dice.facts()));
    }
    apply(store, change).await;
    for (row, day) in to_come {
        let id = crate::ports::contract::fixture::find(store, &row).await.id;
        if day > 0 && dice.below(2) == 0 {
            let forecast = sealed(id, 0.1 + dice.below(60) as f64 / 100.0, -dice.signed(500));
            assert_eq!(store.seal(&[forecast], &[features()]).await.expect("sealed"), 1);
        }
    }
}

/// What is known, by the match that holds it after the merge.
fn known(state: &State, now: impl Fn(MatchId) -> MatchId) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    for (id, q, _) in &state.quotes {
        known.insert(format!("{} {} {}", now(*id), q.bookmaker, q.known_at));
    }
    for (id, s) in &state.stats {
        known.extend(s.home.expected_goals.map(|_| format!("{} goals", now(*id))));
        known.extend(s.away.corners.map(|_| format!("{} corners", now(*id))));
    }
    known.extend(state.lineups.iter().map(|(id, l)| format!("{} {:?} line-up", now(*id), l.side)));
    known.extend(state.injuries.iter().map(|(id, i)| format!("{} {} absent", now(*id), i.player.id())));
    known.extend(state.weather.iter().map(|(id, w)| format!("{} weather {}", now(*id), w.known_at)));
    for (id, f) in &state.sealed {
        known.insert(format!("{} {id} {:?} {}", now(f.match_id), f.forecast, f.sealed_at));
    }
    known.extend(state.matches.iter().filter(|m| m.score.is_some()).map(|m| format!("{} score", now(m.id))));
    known.extend(
        state.matches.iter().filter(|m| m.referee.is_some()).map(|m| format!("{} referee", now(m.id))),
    );
    known
}

async fn back_and_forth(
    store: &(impl Store + ?Sized),
    subject: MergeSubject,
    prefer: MergePreference,
) -> bool {
    let before = State::of(store).await;
    let shown = store.plan_merge(subject, Some(prefer)).await.expect("planned");
    assert_eq!(State::of(store).await, before, "a dry run changes nothing");
    let merged: Result<_, StoreError> = store.merge(subject, Some(prefer), "tester").await;
    if !shown.refusals.is_empty() {
        refused(merged, "what the dry run refuses");
        assert_eq!(State::of(store).await, before);
        return false;
    }
    let (id, report) = merged.expect("merged");
    assert_eq!(report, shown);
    let after = State::of(store).await;
    let joined: BTreeMap<_, _> = report.joined.iter().map(|pair| (pair.merged, pair.kept)).collect();
    let now = |id: MatchId| joined.get(&id).copied().unwrap_or(id);
    let (was, is) = (known(&before, now), known(&after, |id| id));
    assert_eq!(was.difference(&is).collect::<Vec<_>>(), Vec::<&String>::new(), "no fact is lost");
    assert_eq!(after.matches.len() + joined.len(), before.matches.len());
    store.undo_merge(id).await.expect("undone");
    assert_eq!(State::of(store).await, before, "an undo is exact");
    true
}

/// A merge and its undo are nothing, a merge loses no fact, and it does what its dry run showed.
pub async fn random_worlds_come_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let mut of_teams = 0;
    for seed in 0..16 {
        let store = fresh().await;
        let w = world(&*store).await;
        let mut dice = Dice(SplitMix64::new(seed));
        fill(&*store, &w, &mut dice).await;
        let prefer = [MergePreference::Kept, MergePreference::Merged][dice.index(2)];
        assert!(back_and_forth(&*store, leagues(&w), prefer).await, "leagues can always be joined");
        for (kept, merged) in [(0, 1), (2, 5)] {
            of_teams += u32::from(back_and_forth(&*store, teams(&w, kept, merged), prefer).await);
        }
    }
    assert!(of_teams > 0, "some teams were joined");
}
