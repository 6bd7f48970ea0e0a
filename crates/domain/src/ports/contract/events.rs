//! Events, players and prices during matches.

use super::fixture::prelude::*;
use super::fixture::{
    SOURCE, apply, events, facts, in_play, injury, lineup, price, quote, stored, time, with_events,
    with_odds, with_squads, world,
};
use crate::ports::{SilverChange, Store};
use crate::{
    EventKind, EventList, InPlayQuote, MAX_EVENTS, MAX_MINUTE, MarketType, MatchEvent, MatchId, Player, Side,
};
use std::ops::Deref;

/// Every event with its players, in the source's order.
pub async fn events_come_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let imputed = EventList { known_at_imputed: true, ..events("another", -5) };
    let lists = vec![events(SOURCE, 0), imputed.clone()];
    let row = (w.finished(0, 1, 0), with_events(vec![], lists));
    apply(&*store, SilverChange { new: vec![row], ..SilverChange::default() }).await;
    let id = store.results().await.expect("read")[0].id;
    let wanted = [(id, imputed), (id, events(SOURCE, 0))];
    assert_eq!(store.all_events().await.expect("read"), wanted);
    assert_eq!(store.events_of(&[id, id]).await.expect("read"), wanted);
    assert_eq!(store.events_of(&[MatchId(id.0 + 1000)]).await.expect("read"), []);
    assert_eq!(store.events_of(&[]).await.expect("read"), []);
}

/// The first list of a source and time stays as it is; a later one stands beside it.
pub async fn a_list_of_events_is_never_overwritten<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.finished(0, 1, 0)).await.id;
    let first = events(SOURCE, 0);
    let mut longer = first.clone();
    longer.events.push(first.events[0].clone());
    longer.events[1].minute = 46;
    longer.known_at_imputed = true;
    apply(&*store, facts(id, with_events(vec![], vec![first.clone(), longer.clone()]))).await;
    apply(&*store, facts(id, with_events(vec![], vec![longer.clone()]))).await;
    assert_eq!(store.events_of(&[id]).await.expect("read"), [(id, first.clone())]);
    let later = EventList { known_at: time(60), ..longer };
    for _ in 0..2 {
        apply(&*store, facts(id, with_events(vec![], vec![later.clone()]))).await;
    }
    assert_eq!(store.events_of(&[id]).await.expect("read"), [(id, first), (id, later)]);
}

/// A player is met in line-ups, absences and events, and keeps the name under which he was met first.
pub async fn a_player_is_an_identifier_of_his_source<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.finished(0, 1, 0)).await.id;
    apply(&*store, facts(id, with_squads(vec![lineup(Side::Home, 0)], vec![]))).await;
    apply(&*store, facts(id, with_squads(vec![], vec![injury("7", 0)]))).await;
    let mut list = events(SOURCE, 0);
    list.events[0].player = Player::new("30", "In Full").ok();
    apply(&*store, facts(id, with_events(vec![], vec![list, events("another", 0)]))).await;
    let names = async |source: &str| -> Vec<String> {
        let players = store.players(source).await.expect("read");
        players.iter().map(|p| format!("{}={}", p.id(), p.name())).collect()
    };
    let wanted = ["10=Player 10", "20=Player 20", "30=Player 30", "44=Player 44", "45=Player 45"];
    assert_eq!(names(SOURCE).await, [&wanted[..], &["5=Player 5", "7=Player 7"]].concat());
    assert_eq!(names("another").await, ["10=Player 10", "30=Player 30", "44=Player 44", "45=Player 45"]);
    assert_eq!(names("unknown").await, [""; 0]);
    let held = store.events_of(&[id]).await.expect("read");
    let name = held[1].1.events[0].player.as_ref().map(|p| p.name().to_string());
    assert_eq!(name.as_deref(), Some("Player 30"));
}

/// Many lists at once, some of them as long as lists may be.
pub async fn many_events_are_taken_at_once<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.finished(0, 1, 0)).await.id;
    let event = |n: usize| MatchEvent {
        minute: (n % usize::from(MAX_MINUTE)) as u8,
        stoppage: None,
        side: Side::Away,
        kind: EventKind::Goal,
        player: Player::new(n.to_string(), "Name").ok(),
        related: None,
    };
    let list =
        |known_at| EventList { events: (0..MAX_EVENTS).map(event).collect(), ..events(SOURCE, known_at) };
    let lists: Vec<_> = (0..4).map(list).collect();
    for _ in 0..2 {
        apply(&*store, facts(id, with_events(vec![], lists.clone()))).await;
    }
    let held: Vec<_> = store.events_of(&[id]).await.expect("read").into_iter().map(|(_, l)| l).collect();
    assert!(held == lists, "{} lists are held", held.len());
}

/// Prices during a match are kept beside those before it, and no list of the one holds the other.
pub async fn in_play_prices_stand_apart<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let row = w.finished(0, 1, 0);
    let seasons = [(row.league, row.season)];
    let id = stored(&*store, row).await.id;
    apply(&*store, facts(id, with_odds(vec![quote("B365", -600)]))).await;
    let before = store.counts().await.expect("counted");
    let first = in_play("B365", 600);
    let handicap = InPlayQuote {
        market: MarketType::AsianHandicap,
        line_quarters: Some(-3),
        prices: [price(1.9), None, None],
        ..first.clone()
    };
    let total = InPlayQuote {
        market: MarketType::OverUnder,
        line_quarters: Some(10),
        prices: [None, None, price(1.001)],
        ..in_play("PS", 60)
    };
    let both = InPlayQuote {
        market: MarketType::BothTeamsScore,
        prices: [price(1.5), None, price(2.5)],
        ..in_play("PS", 120)
    };
    let other_price = InPlayQuote { prices: [price(9.0); 3], ..first.clone() };
    let all = vec![first.clone(), other_price, handicap.clone(), total.clone(), both.clone()];
    for _ in 0..2 {
        apply(&*store, facts(id, with_events(all.clone(), vec![]))).await;
    }
    let wanted = [total, both, first, handicap].map(|quote| (id, quote));
    assert_eq!(store.in_play_odds_of(&[id]).await.expect("read"), wanted);
    assert_eq!(store.all_in_play_odds().await.expect("read"), wanted);
    assert_eq!(store.in_play_odds_of(&[]).await.expect("read"), []);
    assert_eq!(store.odds_of_match(id).await.expect("read"), [quote("B365", -600)]);
    assert_eq!(store.odds_of(&seasons).await.expect("read").len(), 1);
    assert_eq!(store.recorded_quotes(&[id]).await.expect("read").len(), 1);
    assert_eq!(store.counts().await.expect("counted"), before);
}
