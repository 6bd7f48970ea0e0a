//! Recent performance of teams and trends of odds, computed ahead or not.

use super::fixture::prelude::*;
use super::fixture::{World, apply, bare, facts, find, new, price, quote, stored, time, with_odds, world};
use crate::ports::{AsOf, OddsTrends, Origin, SilverChange, Store, SummaryView};
use crate::{
    Kickoff, MarketType, Match, MatchId, MatchStatus, NewMatch, OddsPhase, OddsQuote, RecentPerformance,
    Score, Tally, TeamId, over_bookmakers,
};
use chrono::Duration;
use std::ops::Deref;

const DAY: i64 = 86_400;

/// A match of the first team, so many seconds from the epoch of [`time`]; each against another pairing's leg.
fn played(w: &World, leg: u8, home: bool, seconds: i64, goals: (u8, u8)) -> NewMatch {
    let (first, second) = if home { (0, 1) } else { (1, 0) };
    NewMatch {
        leg,
        kickoff: Kickoff::at(time(seconds)),
        score: Some(Score { home: goals.0, away: goals.1 }),
        ..w.finished(first, second, 0)
    }
}

fn a_month(w: &World) -> Vec<NewMatch> {
    let three_hours = 3 * 3600;
    let on_a_day = Kickoff::on(time(-DAY).date_naive());
    vec![
        // The first instant of the thirty days, and the one before it.
        played(w, 1, true, -30 * DAY, (2, 1)),
        played(w, 2, true, -30 * DAY - 1, (9, 0)),
        played(w, 1, false, -20 * DAY, (3, 3)),
        played(w, 2, false, -10 * DAY, (4, 1)),
        // Known at the very time, and a second later.
        played(w, 3, true, -three_hours, (0, 0)),
        played(w, 4, true, -three_hours + 1, (9, 0)),
        // Yesterday, known when that day ended.
        NewMatch { kickoff: on_a_day, ..played(w, 3, false, 0, (0, 2)) },
        // Today.
        NewMatch { kickoff: Kickoff::on(time(0).date_naive()), ..played(w, 4, false, 0, (9, 0)) },
        // Decided at the table, broken off, not played.
        NewMatch { status: MatchStatus::Awarded, ..played(w, 5, true, -5 * DAY, (3, 0)) },
        NewMatch { status: MatchStatus::Abandoned, ..played(w, 6, true, -5 * DAY, (1, 0)) },
        NewMatch { status: MatchStatus::Postponed, score: None, ..played(w, 7, true, -5 * DAY, (0, 0)) },
    ]
}

async fn performance(store: &(impl Store + ?Sized), team: TeamId, as_of: AsOf) -> RecentPerformance {
    store.recent_performance(team, as_of).await.expect("summed").value
}

/// Thirty days, only results that were known, and only played ones.
pub async fn a_month_of_results_is_summed_by_venue<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    apply(&*store, new(a_month(&w))).await;
    let found = store.recent_performance(w.teams[0], AsOf::At(time(0))).await.expect("summed");
    assert_eq!(found.origin, Origin::Live);
    let home = Tally { played: 2, won: 1, drawn: 1, lost: 0, goals_for: 2, goals_against: 1 };
    let away = Tally { played: 3, won: 1, drawn: 1, lost: 1, goals_for: 6, goals_against: 7 };
    assert_eq!(found.value, RecentPerformance { team: w.teams[0], as_of: time(0), home, away });
    assert_eq!((found.value.total().points(), found.value.total().played), (8, 5));
    let other = performance(&*store, w.teams[1], AsOf::At(time(0))).await;
    assert_eq!((other.home.won, other.home.lost, other.away.lost), (1, 1, 1));
    let later = performance(&*store, w.teams[0], AsOf::At(time(2 * DAY))).await;
    assert_eq!((later.home.played, later.away.played), (2, 4), "two came, one went");
    let fraction = time(0) + Duration::milliseconds(900);
    let same = performance(&*store, w.teams[0], AsOf::At(fraction)).await;
    assert_eq!((same.home, same.away), (home, away), "times are whole seconds");
    for far in [chrono::DateTime::<chrono::Utc>::MIN_UTC, chrono::DateTime::<chrono::Utc>::MAX_UTC] {
        assert_eq!(performance(&*store, w.teams[0], AsOf::At(far)).await.total(), Tally::default());
    }
}

/// Whatever a store computes ahead says what it would say if it computed it now.
pub async fn a_refresh_changes_no_answer<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let mut rows: Vec<_> = a_month(&w).into_iter().map(bare).collect();
    rows.push((w.scheduled(2, 3, 5), with_odds(a_market(0))));
    apply(&*store, SilverChange { new: rows, ..SilverChange::default() }).await;
    let id = find(&*store, &w.scheduled(2, 3, 5)).await.id;
    let before = store.recent_performance(w.teams[0], AsOf::Latest).await.expect("summed");
    assert_eq!(before.origin, Origin::Live, "nothing was computed ahead");
    for _ in 0..2 {
        let refreshed = store.refresh(&SummaryView::ALL).await.expect("refreshed");
        let expected = if refreshed.is_empty() { Origin::Live } else { Origin::View };
        for team in &w.teams {
            let latest = store.recent_performance(*team, AsOf::Latest).await.expect("summed");
            assert_eq!(latest.origin, expected);
            assert_eq!(latest.value, performance(&*store, *team, AsOf::At(latest.value.as_of)).await);
        }
        let latest = store.odds_trends(id, AsOf::Latest).await.expect("read").expect("stored");
        assert_eq!(latest.origin, expected);
        let live = store.odds_trends(id, AsOf::At(latest.value.as_of)).await.expect("read").expect("stored");
        assert_eq!(live.origin, Origin::Live);
        assert_eq!(latest.value, live.value);
        assert_eq!(live.value.trends.len(), 5);
    }
    assert_eq!(store.refresh(&[]).await.expect("nothing to do"), [""; 0]);
}

/// Quotes of several markets, the latest of them known at a time.
fn a_market(latest: i64) -> Vec<OddsQuote> {
    let total = |line, minutes: i64, prices| OddsQuote {
        market: MarketType::OverUnder,
        line_quarters: Some(line),
        prices,
        ..quote("PS", latest - minutes * 60)
    };
    let one_x_two =
        |bookmaker, minutes: i64, prices| OddsQuote { prices, ..quote(bookmaker, latest - minutes * 60) };
    vec![
        one_x_two("B365", 90, [price(2.0), price(3.4), price(4.0)]),
        one_x_two("B365", 60, [price(2.2), None, price(3.6)]),
        one_x_two("B365", 0, [price(1.9), price(3.5), price(4.2)]),
        one_x_two("PS", 30, [None, None, price(4.1)]),
        one_x_two("Avg", 30, [price(2.05), price(3.4), price(4.0)]),
        total(10, 45, [price(1.9), None, price(2.0)]),
        total(10, 5, [price(1.85), None, price(2.05)]),
        total(12, 5, [price(2.4), None, price(1.6)]),
        // A book that sums to 0.6: no price that anybody offered.
        OddsQuote { prices: [price(5.0), price(5.0), price(5.0)], ..quote("Odd", latest - 60) },
    ]
}

async fn trends(store: &(impl Store + ?Sized), id: MatchId, as_of: i64) -> OddsTrends {
    store.odds_trends(id, AsOf::At(time(as_of))).await.expect("read").expect("stored").value
}

/// From the first price to the last before kick-off; what was known at it or after it never enters.
pub async fn only_prices_before_kick_off_make_trends<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.scheduled(0, 1, 0)).await.id;
    let in_play = [0, 1, 600].map(|t| OddsQuote { prices: [price(1.1); 3], ..quote("B365", t) });
    let closing =
        OddsQuote { phase: OddsPhase::Closing, prices: [price(1.95), None, None], ..quote("B365", -60) };
    let mut quotes = a_market(-60);
    quotes.extend(in_play);
    quotes.push(closing);
    apply(&*store, facts(id, with_odds(quotes))).await;
    let found = trends(&*store, id, 10 * DAY).await;
    let keys: Vec<_> =
        found.trends.iter().map(|t| (t.market.name(), t.line_quarters, &*t.bookmaker)).collect();
    let expected = [
        ("1x2", None, "Avg"),
        ("1x2", None, "B365"),
        ("1x2", None, "PS"),
        ("over_under", Some(10), "PS"),
        ("over_under", Some(12), "PS"),
    ];
    assert_eq!(keys, expected);
    let b365 = &found.trends[1];
    assert_eq!((b365.quotes, b365.first_at, b365.latest_at), (4, time(-60 - 90 * 60), time(-60)));
    let home = b365.outcomes[0].expect("priced");
    let prices = [home.opening, home.latest, home.lowest, home.highest].map(crate::DecimalOdds::thousandths);
    assert_eq!(prices, [2000, 1950, 1900, 2200], "of one time, the closing price is the later");
    assert!((home.average - 2.0125).abs() < 1e-12);
    assert!((home.spread() - 0.3).abs() < 1e-12 && (home.movement() - (1.0 / 1.95 - 0.5)).abs() < 1e-12);
    assert_eq!(b365.outcomes[1].expect("priced").latest, price(3.5).expect("a price"));
    assert_eq!(found.trends[2].outcomes[0], None);
    assert_eq!(over_bookmakers(&found.trends)[0].bookmakers, 2);
    let early = trends(&*store, id, -60 - 30 * 60).await;
    assert_eq!(
        early.trends.iter().map(|t| t.quotes).collect::<Vec<_>>(),
        [1, 2, 1, 1],
        "as of before the end"
    );
    assert_eq!(trends(&*store, id, -DAY).await.trends, []);
}

/// What was pre-match before the kick-off was moved may lie after it now.
pub async fn a_moved_kick_off_takes_its_prices_along<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let held = stored(&*store, w.scheduled(0, 1, 1)).await;
    let quotes = [-7200, -60].map(|t| quote("B365", t)).to_vec();
    apply(&*store, facts(held.id, with_odds(quotes))).await;
    store.refresh(&SummaryView::ALL).await.expect("refreshed");
    let latest = async || {
        let found = store.odds_trends(held.id, AsOf::Latest).await.expect("read").expect("stored");
        found.value.trends[0].quotes
    };
    assert_eq!(latest().await, 2);
    let details = NewMatch { kickoff: Kickoff::at(time(-3600)), ..held.details.clone() };
    let changed = vec![Match { id: held.id, details }];
    apply(&*store, SilverChange { changed, ..SilverChange::default() }).await;
    assert_eq!(latest().await, 1);
}

/// A view that knows less than the tables does not answer for them.
pub async fn prices_after_the_refresh_count<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.scheduled(0, 1, 1)).await.id;
    let count = async || -> u32 {
        let found = store.odds_trends(id, AsOf::Latest).await.expect("read").expect("stored");
        found.value.trends.iter().map(|t| t.quotes).sum()
    };
    store.refresh(&SummaryView::ALL).await.expect("refreshed");
    assert_eq!(count().await, 0);
    apply(&*store, facts(id, with_odds(vec![quote("B365", -600), quote("B365", -300)]))).await;
    assert_eq!(count().await, 2);
    store.refresh(&SummaryView::ALL).await.expect("refreshed");
    assert_eq!(count().await, 2);
    apply(&*store, facts(id, with_odds(vec![quote("PS", -60), quote("B365", -900)]))).await;
    assert_eq!(count().await, 4);
}

/// One quote of each market, line and bookmaker, as of the time asked for.
pub async fn the_latest_quote_of_each_bookmaker<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.scheduled(0, 1, 1)).await.id;
    assert_eq!(store.latest_odds(id, time(0)).await.expect("read"), []);
    let closing = OddsQuote { phase: OddsPhase::Closing, prices: [price(1.5); 3], ..quote("B365", 0) };
    let mut quotes = a_market(0);
    quotes.push(closing.clone());
    quotes.push(quote("B365", 7200));
    apply(&*store, facts(id, with_odds(quotes.clone()))).await;
    let found = store.latest_odds(id, time(0)).await.expect("read");
    let keys: Vec<_> = found.iter().map(|q| (q.market.name(), &*q.bookmaker, q.line_quarters)).collect();
    let expected = [
        ("1x2", "Avg", None),
        ("1x2", "B365", None),
        ("1x2", "Odd", None),
        ("1x2", "PS", None),
        ("over_under", "PS", Some(10)),
        ("over_under", "PS", Some(12)),
    ];
    assert_eq!(keys, expected);
    assert_eq!(found[1], closing, "of one time, the closing price is the later");
    assert_eq!(found[4], quotes[6]);
    let early = store.latest_odds(id, time(-3600)).await.expect("read");
    assert_eq!(early.iter().map(|q| q.known_at).collect::<Vec<_>>(), [time(-3600)]);
    for far in [chrono::DateTime::<chrono::Utc>::MIN_UTC, chrono::DateTime::<chrono::Utc>::MAX_UTC] {
        let found = store.latest_odds(id, far).await.expect("read");
        assert_eq!(found.len(), if far < time(0) { 0 } else { 6 });
    }
}

/// Neither a team nor a match that is not stored is an error.
pub async fn what_is_unknown_has_done_nothing<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    store.refresh(&SummaryView::ALL).await.expect("refreshed");
    for as_of in [AsOf::At(time(0)), AsOf::Latest] {
        let found = performance(&*store, TeamId(77), as_of).await;
        assert_eq!((found.team, found.total()), (TeamId(77), Tally::default()));
        assert_eq!(store.odds_trends(MatchId(77), as_of).await.expect("read"), None);
    }
}
