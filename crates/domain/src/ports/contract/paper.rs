//! The ledger of paper bets.

use super::fixture::prelude::*;
use super::fixture::{World, refused, season, time, world};
use crate::ports::{LEDGER_START, MergeSubject, NewPaperEntry, PaperEntry, Store};
use crate::{
    Kickoff, MarketType, MatchId, MatchStatus, NewMatch, PaperBet, PaperContent, PaperLimits,
    PaperSettlement, Score,
};
use std::ops::Deref;

fn bet(match_id: MatchId, odds: f64) -> NewPaperEntry {
    let content = PaperContent::Bet(PaperBet {
        league: "A".to_owned(),
        season: season(2023),
        home: "Älpha \"1\"".to_owned(),
        away: "Beta".to_owned(),
        kickoff: Kickoff::at(time(86_400)),
        strategy: "value".to_owned(),
        market: MarketType::AsianHandicap,
        line_quarters: Some(-3),
        outcome: 2,
        bookmaker: "B365".to_owned(),
        odds,
        price_known_at: time(-60),
        price_imputed: false,
        commission: 0.0,
        probability: 1.0 / 3.0,
        expected_value: 0.1,
        model: "touchline 1".to_owned(),
        forecast_as_of: time(-30),
        stake: 1_250,
    });
    NewPaperEntry { match_id: Some(match_id), content }
}

fn settlement(bet: u64) -> NewPaperEntry {
    let content = PaperContent::Settlement(PaperSettlement {
        bet,
        score: Some(Score { home: 2, away: 1 }),
        settled: -0.5,
        profit: -625,
        closing_bookmaker: Some("PS".to_owned()),
        closing_probability: Some(0.3),
        closing_line_value: None,
    });
    NewPaperEntry { match_id: None, content }
}

fn limits(stake_per_day: i64) -> NewPaperEntry {
    let limits = PaperLimits {
        stake_per_day: Some(stake_per_day),
        pause_until: Some(time(9)),
        ..PaperLimits::default()
    };
    NewPaperEntry { match_id: None, content: PaperContent::Limits(limits) }
}

async fn stored(store: &(impl Store + ?Sized), m: NewMatch) -> MatchId {
    super::fixture::stored(store, m).await.id
}

async fn entries(store: &(impl Store + ?Sized)) -> Vec<PaperEntry> {
    store.paper_entries(0, 100).await.expect("read")
}

/// Each names the hash of the one before, and they come back as they were written.
pub async fn paper_bets_come_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let head = store.paper_head().await.expect("read");
    assert_eq!((head.sequence, head.entry_hash.as_str()), (0, LEDGER_START));
    assert_eq!(entries(&*store).await, []);
    let id = stored(&*store, world(&*store).await.scheduled(0, 1, 1)).await;
    let first = [limits(500), bet(id, 2.07), bet(id, 3.4)];
    assert_eq!(store.add_to_paper(0, time(0), &first).await.expect("added"), 3);
    assert_eq!(store.add_to_paper(3, time(90_000), &[settlement(2)]).await.expect("added"), 4);
    let held = entries(&*store).await;
    let contents: Vec<PaperContent> = held.iter().map(|e| e.content().expect("readable")).collect();
    let written: Vec<PaperContent> =
        first.into_iter().chain([settlement(2)]).map(|entry| entry.content).collect();
    assert_eq!(contents, written);
    let matches: Vec<Option<MatchId>> = held.iter().map(|e| e.match_id).collect();
    assert_eq!(matches, [None, Some(id), Some(id), None]);
    let mut before = LEDGER_START;
    for (n, entry) in (1..).zip(&held) {
        assert_eq!((entry.sequence, entry.previous_hash.as_str()), (n, before));
        before = &entry.entry_hash;
    }
    assert_eq!((held[2].written_at, held[3].written_at), (time(0), time(90_000)));
    assert_eq!(store.paper_head().await.expect("read").entry_hash, before);
    assert_eq!(store.paper_entries(2, 1).await.expect("read"), held[2..3]);
}

/// Whoever has not seen the last entry adds nothing, and a refused entry takes the others with it.
pub async fn nothing_is_added_behind_the_end<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let id = stored(&*store, world(&*store).await.scheduled(0, 1, 1)).await;
    assert_eq!(store.add_to_paper(0, time(0), &[limits(1)]).await.expect("added"), 1);
    refused(store.add_to_paper(0, time(0), &[bet(id, 2.0)]).await, "an entry behind the end");
    refused(store.add_to_paper(2, time(0), &[bet(id, 2.0)]).await, "an entry after a gap");
    refused(store.add_to_paper(1, time(0), &[bet(id, 2.0), settlement(1)]).await, "a settlement of limits");
    assert_eq!(entries(&*store).await.len(), 1);
}

/// Not on one that has begun, is over, or is not held.
pub async fn a_paper_bet_is_on_a_match_to_come<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let to_come = stored(&*store, w.scheduled(0, 1, 1)).await;
    let over = stored(&*store, w.finished(2, 3, 1)).await;
    let put_off = NewMatch { status: MatchStatus::Postponed, ..w.scheduled(4, 5, 1) };
    let put_off = stored(&*store, put_off).await;
    for (what, entry, at) in [
        ("a bet at kick-off", bet(to_come, 2.0), 86_400),
        ("a bet on a match that is over", bet(over, 2.0), 0),
        ("a bet on a match that was put off", bet(put_off, 2.0), 0),
        ("a bet on no match", bet(MatchId(9_999), 2.0), 0),
        ("a bet without a match", NewPaperEntry { match_id: None, ..bet(to_come, 2.0) }, 0),
        ("limits of a match", NewPaperEntry { match_id: Some(to_come), ..limits(1) }, 0),
    ] {
        refused(store.add_to_paper(0, time(at), &[entry]).await, what);
    }
    assert_eq!(store.add_to_paper(0, time(86_399), &[bet(to_come, 2.0)]).await.expect("added"), 1);
}

/// And only a bet of this ledger is.
pub async fn a_bet_is_settled_once<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let id = stored(&*store, world(&*store).await.scheduled(0, 1, 1)).await;
    store.add_to_paper(0, time(0), &[bet(id, 2.0)]).await.expect("added");
    refused(store.add_to_paper(1, time(0), &[settlement(7)]).await, "a settlement of nothing");
    refused(store.add_to_paper(1, time(0), &[settlement(1), settlement(1)]).await, "a bet settled twice");
    assert_eq!(store.add_to_paper(1, time(0), &[settlement(1)]).await.expect("added"), 2);
    refused(store.add_to_paper(2, time(9), &[settlement(1)]).await, "a bet settled again");
}

/// The entry stays as it was written; the match that it belongs to is the kept one, until the merge is undone.
pub async fn a_merge_takes_paper_bets_along<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w: World = world(&*store).await;
    let kept = stored(&*store, w.scheduled(0, 1, 1)).await;
    let second = NewMatch { league: w.leagues[1], source: "second".to_owned(), ..w.scheduled(0, 1, 1) };
    let merged = stored(&*store, second).await;
    store.add_to_paper(0, time(0), &[bet(merged, 2.0)]).await.expect("added");
    let before = entries(&*store).await;
    let leagues = MergeSubject::Leagues { kept: w.leagues[0], merged: w.leagues[1] };
    let (id, _) = store.merge(leagues, None, "tester").await.expect("merged");
    let after = entries(&*store).await;
    assert_eq!(after, [PaperEntry { match_id: Some(kept), ..before[0].clone() }]);
    store.undo_merge(id).await.expect("undone");
    assert_eq!(entries(&*store).await, before);
}
