//! Statistics and quotes.

use super::fixture::prelude::*;
use super::fixture::{apply, bare, facts, price, quote, season, stored, time, with_odds, with_stats, world};
use crate::ports::{MatchFacts, SilverChange, Store};
use crate::{LeagueId, MarketType, MatchId, MatchStats, NewMatch, OddsPhase, OddsQuote, SideStats};
use chrono::Duration;
use std::ops::Deref;

/// Statistics with every field of the home side set, and some of the away side's.
fn full_stats() -> MatchStats {
    MatchStats {
        home: SideStats {
            shots: Some(12),
            shots_on_target: Some(5),
            woodwork: Some(1),
            corners: Some(7),
            fouls: Some(11),
            offsides: Some(2),
            yellow_cards: Some(3),
            red_cards: Some(0),
            expected_goals: Some(1.234_567_890_123),
            possession: Some(55.5),
        },
        away: SideStats { shots: Some(u16::MAX), red_cards: Some(1), ..SideStats::default() },
    }
}

/// What is not given stays; what is given replaces.
pub async fn counts_are_merged_field_by_field<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.finished(0, 1, 0)).await.id;
    let add = async |stats: MatchStats| {
        apply(&*store, facts(id, with_stats(stats))).await;
    };
    add(MatchStats::default()).await;
    assert_eq!(store.all_stats().await.expect("read"), [], "statistics of nothing are none");
    add(full_stats()).await;
    assert_eq!(store.all_stats().await.expect("read"), [(id, full_stats())]);
    let mut more = MatchStats::default();
    more.home.shots = Some(13);
    more.away.corners = Some(0);
    add(more).await;
    let mut merged = full_stats();
    merged.home.shots = Some(13);
    merged.away.corners = Some(0);
    assert_eq!(store.all_stats().await.expect("read"), [(id, merged)]);
    assert_eq!(store.counts().await.expect("counted").match_stats, 1);
}

/// The first price of a bookmaker, market, line, phase and time stays; another time is another quote.
pub async fn a_quote_is_never_overwritten<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.finished(0, 1, 0)).await.id;
    let first = quote("B365", -600);
    let other_price = OddsQuote { prices: [price(9.0); 3], known_at_imputed: true, ..first.clone() };
    let change = with_odds(vec![first.clone(), other_price.clone()]);
    apply(&*store, facts(id, change)).await;
    apply(&*store, facts(id, with_odds(vec![other_price]))).await;
    assert_eq!(store.odds_of_match(id).await.expect("read"), std::slice::from_ref(&first));
    let others = vec![
        OddsQuote { known_at: time(-300), ..first.clone() },
        OddsQuote { bookmaker: "b365".into(), ..first.clone() },
        OddsQuote { phase: OddsPhase::Closing, ..first.clone() },
    ];
    apply(&*store, facts(id, with_odds(others.clone()))).await;
    let found = store.odds_of_match(id).await.expect("read");
    assert_eq!(found.len(), 4);
    assert!(others.iter().all(|other| found.contains(other)));
    assert_eq!(store.counts().await.expect("counted").odds, 4);
}

/// Having no line is a value: it makes quotes equal, and differs from every line.
pub async fn a_quote_without_a_line_is_one_quote<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.finished(0, 1, 0)).await.id;
    for _ in 0..3 {
        apply(&*store, facts(id, with_odds(vec![quote("B365", 0), quote("B365", 0)]))).await;
    }
    assert_eq!(store.odds_of_match(id).await.expect("read"), [quote("B365", 0)]);
    let handicap = |line| OddsQuote {
        market: MarketType::AsianHandicap,
        line_quarters: Some(line),
        prices: [price(1.9), None, price(2.0)],
        ..quote("B365", 0)
    };
    let lines = [-3, 0, 1];
    apply(&*store, facts(id, with_odds(lines.map(handicap).to_vec()))).await;
    apply(&*store, facts(id, with_odds(lines.map(handicap).to_vec()))).await;
    assert_eq!(store.odds_of_match(id).await.expect("read").len(), 4);
}

/// Fractions of seconds are cut off, so that both stores hold the same keys.
pub async fn times_are_kept_to_the_second<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.finished(0, 1, 0)).await.id;
    let mut fractions = Vec::new();
    for millis in [0, 1, 500, 999] {
        fractions
            .push(OddsQuote { known_at: time(-60) + Duration::milliseconds(millis), ..quote("B365", 0) });
    }
    apply(&*store, facts(id, with_odds(fractions))).await;
    assert_eq!(store.odds_of_match(id).await.expect("read"), [quote("B365", -60)]);
}

/// All markets, with blank prices where a source has none, and prices to three decimals.
pub async fn every_market_comes_back<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let market =
        |market, line_quarters, prices| OddsQuote { market, line_quarters, prices, ..quote("PS", 0) };
    let quotes = vec![
        market(MarketType::OneXTwo, None, [None, price(3.4), None]),
        market(MarketType::OverUnder, Some(10), [price(1.001), None, price(999_999.999)]),
        market(MarketType::OverUnder, Some(11), [None, None, price(1.95)]),
        market(MarketType::AsianHandicap, Some(-7), [price(1.875), None, price(2.025)]),
        market(MarketType::AsianHandicap, Some(0), [price(1.875), None, None]),
        market(MarketType::BothTeamsScore, None, [price(1.7), None, price(2.1)]),
    ];
    let row = (w.finished(0, 1, 0), with_odds(quotes.clone()));
    apply(&*store, SilverChange { new: vec![row], ..SilverChange::default() }).await;
    let id = store.results().await.expect("read")[0].id;
    let found = store.odds_of_match(id).await.expect("read");
    assert_eq!(found.len(), quotes.len());
    for quote in quotes {
        assert!(found.contains(&quote), "{quote:?} is not in {found:?}");
    }
}

/// The history of a match reads forward.
pub async fn quotes_come_by_time_known<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.scheduled(0, 1, 9)).await.id;
    let times = [50, -7, 3000, 0, 12];
    apply(&*store, facts(id, with_odds(times.map(|t| quote("B365", t)).to_vec()))).await;
    let found = store.odds_of_match(id).await.expect("read");
    assert_eq!(found.iter().map(|q| q.known_at).collect::<Vec<_>>(), [-7, 0, 12, 50, 3000].map(time));
    assert_eq!(store.odds_of_match(MatchId(id.0 + 1000)).await.expect("read"), []);
}

/// Facts are found by league and season.
pub async fn facts_of_seasons_are_found<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let with = |details, bookmaker| {
        (details, MatchFacts { stats: Some(full_stats()), ..with_odds(vec![quote(bookmaker, 0)]) })
    };
    let earlier = NewMatch { season: season(2020), ..w.finished(0, 1, -900) };
    let elsewhere = NewMatch { league: w.leagues[1], ..w.finished(0, 1, 0) };
    let change = vec![
        with(w.finished(0, 1, 0), "now"),
        with(earlier, "earlier"),
        with(elsewhere, "elsewhere"),
        bare(w.finished(1, 0, 1)),
    ];
    apply(&*store, SilverChange { new: change, ..SilverChange::default() }).await;
    let of = async |seasons: &[(LeagueId, _)]| {
        let quotes = store.odds_of(seasons).await.expect("read");
        let mut names: Vec<_> = quotes.iter().map(|q| q.quote.bookmaker.to_string()).collect();
        names.sort_unstable();
        let stats = store.stats_of(seasons).await.expect("read");
        assert_eq!(stats.len(), names.len());
        assert!(stats.iter().all(|(_, stats)| *stats == full_stats()));
        names
    };
    let [first, second] = [w.leagues[0], w.leagues[1]];
    assert_eq!(of(&[(first, season(2023))]).await, ["now"]);
    assert_eq!(of(&[(first, season(2020)), (second, season(2023))]).await, ["earlier", "elsewhere"]);
    assert_eq!(of(&[(first, season(2023)), (first, season(2023))]).await, ["now"], "a pair given twice");
    assert_eq!(of(&[]).await, [""; 0]);
    let all = store.all_stats().await.expect("read");
    assert!(all.len() == 3 && all.is_sorted_by_key(|(id, _)| *id));
}
