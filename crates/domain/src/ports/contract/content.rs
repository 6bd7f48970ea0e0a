//! The digest of silver.

use super::fixture::prelude::*;
use super::fixture::{
    World, apply, bare, events, facts, find, in_play, injury, issue, league, lineup, new, price, quote,
    stored_document, team, time, weather, with_events, with_odds, with_squads, with_stats, with_weather,
    world,
};
use crate::ports::{MatchFacts, SilverChange, Store};
use crate::{
    EventKind, EventList, InPlayQuote, Injury, InjuryKind, Kickoff, KickoffPrecision, Lineup, LineupKind,
    Listed, MarketType, Match, MatchEvent, MatchStats, MatchStatus, NewMatch, OddsPhase, OddsQuote, Player,
    Position, Score, Side, SideStats, Squad, Weather, WeatherKind,
};
use std::collections::HashMap;
use std::ops::Deref;

/// A match and its facts.
type Row = (NewMatch, MatchFacts);

fn corners(n: u16) -> MatchStats {
    MatchStats { away: SideStats { corners: Some(n), ..SideStats::default() }, ..MatchStats::default() }
}

fn rows(w: &World) -> [Row; 3] {
    let facts = |n, odds| MatchFacts { odds, ..with_stats(corners(n)) };
    let first = MatchFacts {
        lineups: vec![lineup(Side::Home, 0), lineup(Side::Away, 0), lineup(Side::Home, -5)],
        injuries: vec![injury("7", 0), injury("6", 0), injury("7", -5)],
        in_play: vec![in_play("B365", 50), in_play("PS", 50), in_play("B365", 10)],
        events: vec![events("contract", 9), events("another", 9), events("contract", 8)],
        weather: vec![weather(0), weather(-5)],
        ..facts(4, vec![quote("B365", 0), quote("PS", 0), quote("B365", -5)])
    };
    [
        (w.finished(0, 1, 0), first),
        (NewMatch { league: w.leagues[1], ..w.finished(2, 3, 1) }, facts(5, vec![quote("WH", 0)])),
        bare(w.scheduled(1, 0, 2)),
    ]
}

/// The same facts in another order, in other portions and with other identifiers.
pub async fn the_order_of_writing_does_not_matter<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let (first, second) = (fresh().await, fresh().await);
    let w = world(&*first).await;
    apply(&*first, SilverChange { new: rows(&w).to_vec(), ..SilverChange::default() }).await;

    let (mut names, mut codes) = (["Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta"], ["A", "B"]);
    names.reverse();
    codes.reverse();
    for name in names {
        second.ensure_teams(super::fixture::SOURCE, &[team(name, "England")]).await.expect("created");
    }
    for code in codes {
        second.ensure_leagues(&[league(code)]).await.expect("created");
    }
    let w = world(&*second).await;
    for (details, all) in rows(&w).into_iter().rev() {
        let MatchFacts { stats, mut odds, mut lineups, mut injuries, mut in_play, mut events, mut weather } =
            all;
        apply(&*second, new([details.clone()])).await;
        let id = find(&*second, &details).await.id;
        odds.reverse();
        lineups.reverse();
        injuries.reverse();
        in_play.reverse();
        events.reverse();
        weather.reverse();
        apply(&*second, facts(id, with_weather(weather))).await;
        apply(&*second, facts(id, with_events(vec![], events))).await;
        apply(&*second, facts(id, with_events(in_play, vec![]))).await;
        apply(&*second, facts(id, with_squads(vec![], injuries))).await;
        apply(&*second, facts(id, with_squads(lineups, vec![]))).await;
        apply(&*second, facts(id, with_odds(odds))).await;
        apply(&*second, facts(id, MatchFacts { stats, ..MatchFacts::default() })).await;
    }
    let (a, b) = (first.content_hash().await.expect("hashed"), second.content_hash().await.expect("hashed"));
    assert_eq!(a, b);
    assert!(a.len() == 64 && a.bytes().all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase()), "{a}");
}

/// Each variant of the first row differs in one fact.
fn variants((details, facts): &Row) -> Vec<(&'static str, Row)> {
    let d = |details: NewMatch| (details, facts.clone());
    let details = details.clone();
    let at = details.kickoff.at;
    let text = |text: &str| Some(text.to_owned());
    let stats = |stats| (details.clone(), MatchFacts { stats, ..facts.clone() });
    let side = |home: SideStats, away: SideStats| stats(Some(MatchStats { home, away }));
    let count = SideStats { corners: Some(4), ..SideStats::default() };
    let odds = |quote: OddsQuote| {
        let mut odds = facts.odds.clone();
        odds[0] = quote;
        (details.clone(), MatchFacts { odds, ..facts.clone() })
    };
    let first = facts.odds[0].clone();
    let p = first.prices;
    vec![
        ("nothing", d(details.clone())),
        ("leg", d(NewMatch { leg: 2, ..details.clone() })),
        ("season", d(NewMatch { season: super::fixture::season(2022), ..details.clone() })),
        ("sides", d(NewMatch { home: details.away, away: details.home, ..details.clone() })),
        ("kick-off", d(NewMatch { kickoff: Kickoff::at(time(1)), ..details.clone() })),
        (
            "precision",
            d(NewMatch { kickoff: Kickoff { at, precision: KickoffPrecision::Day }, ..details.clone() }),
        ),
        ("status", d(NewMatch { status: MatchStatus::Awarded, ..details.clone() })),
        ("home score", d(NewMatch { score: Some(Score { home: 1, away: 1 }), ..details.clone() })),
        ("away score", d(NewMatch { score: Some(Score { home: 2, away: 2 }), ..details.clone() })),
        ("half-time", d(NewMatch { half_time: Some(Score { home: 0, away: 0 }), ..details.clone() })),
        ("referee", d(NewMatch { referee: text("R"), ..details.clone() })),
        ("external identifier", d(NewMatch { external_id: text("R"), ..details.clone() })),
        ("attendance", d(NewMatch { attendance: Some(0), ..details.clone() })),
        ("source", d(NewMatch { source: "other".to_owned(), ..details.clone() })),
        ("no statistics", stats(None)),
        ("a count", side(SideStats::default(), SideStats { corners: Some(9), ..count })),
        ("a count more", side(SideStats::default(), SideStats { fouls: Some(4), ..count })),
        ("the other side's count", side(count, SideStats::default())),
        ("expected goals", side(SideStats::default(), SideStats { expected_goals: Some(0.5), ..count })),
        ("possession", side(SideStats::default(), SideStats { possession: Some(0.5), ..count })),
        ("no quotes", (details.clone(), MatchFacts { odds: vec![], ..facts.clone() })),
        ("bookmaker", odds(OddsQuote { bookmaker: "b365".into(), ..first.clone() })),
        ("price", odds(OddsQuote { prices: [p[0], price(3.334), p[2]], ..first.clone() })),
        ("blank price", odds(OddsQuote { prices: [p[0], p[1], None], ..first.clone() })),
        ("phase", odds(OddsQuote { phase: OddsPhase::Closing, ..first.clone() })),
        ("time known", odds(OddsQuote { known_at: time(1), ..first.clone() })),
        ("imputed", odds(OddsQuote { known_at_imputed: true, ..first.clone() })),
        (
            "market",
            odds(OddsQuote {
                market: MarketType::BothTeamsScore,
                prices: [p[0], None, p[2]],
                ..first.clone()
            }),
        ),
        (
            "line",
            odds(OddsQuote {
                market: MarketType::OverUnder,
                line_quarters: Some(10),
                prices: [p[0], None, p[2]],
                ..first.clone()
            }),
        ),
    ]
}

/// The same with line-ups and absences.
fn squad_variants((details, facts): &Row) -> Vec<(&'static str, Row)> {
    let lineup = |lineup: Lineup| {
        let mut lineups = facts.lineups.clone();
        lineups[0] = lineup;
        (details.clone(), MatchFacts { lineups, ..facts.clone() })
    };
    let injury = |injury: Injury| {
        let mut injuries = facts.injuries.clone();
        injuries[0] = injury;
        (details.clone(), MatchFacts { injuries, ..facts.clone() })
    };
    let (first, absent) = (facts.lineups[0].clone(), facts.injuries[0].clone());
    let (starters, bench) = (first.squad.starters().to_vec(), first.squad.substitutes().to_vec());
    let squad = |starters: &[Listed], bench: &[Listed]| {
        let squad = Squad::new(starters.to_vec(), bench.to_vec()).expect("a valid squad");
        lineup(Lineup { squad, ..first.clone() })
    };
    let with_first = |listed: Listed| squad(&[&[listed], &starters[1..]].concat(), &bench);
    let player = |id: &str, name: &str| Player::new(id, name).expect("a valid player");
    let listed = starters[0].clone();
    vec![
        ("no line-ups", (details.clone(), MatchFacts { lineups: vec![], ..facts.clone() })),
        ("no absences", (details.clone(), MatchFacts { injuries: vec![], ..facts.clone() })),
        ("side of a line-up", lineup(Lineup { side: Side::Away, known_at: time(9), ..first.clone() })),
        ("time of a line-up", lineup(Lineup { known_at: time(9), ..first.clone() })),
        ("kind of a line-up", lineup(Lineup { kind: LineupKind::Predicted, ..first.clone() })),
        ("source of a line-up", lineup(Lineup { source: "x".into(), ..first.clone() })),
        ("formation", lineup(Lineup { formation: None, ..first.clone() })),
        ("imputed time of a line-up", lineup(Lineup { known_at_imputed: true, ..first.clone() })),
        ("order of players", squad(&[&starters[1..], &starters[..1]].concat(), &bench)),
        ("a player on the bench", squad(&starters[..2], &[&starters[2..], &bench[..]].concat())),
        ("no bench", squad(&starters, &[])),
        ("position", with_first(Listed { position: Some(Position::Forward), ..listed.clone() })),
        ("shirt", with_first(Listed { shirt: Some(2), ..listed.clone() })),
        ("player's identifier", with_first(Listed { player: player("31", "Player 30"), ..listed.clone() })),
        ("player's name", with_first(Listed { player: player("30", "Player"), ..listed })),
        ("side of an absence", injury(Injury { side: Side::Away, ..absent.clone() })),
        ("absent player", injury(Injury { player: player("8", "Player 7"), ..absent.clone() })),
        ("absent player's name", injury(Injury { player: player("7", "Player"), ..absent.clone() })),
        ("source of an absence", injury(Injury { source: "x".into(), ..absent.clone() })),
        ("kind of an absence", injury(Injury { kind: InjuryKind::Questionable, ..absent.clone() })),
        ("reason", injury(Injury { reason: None, ..absent.clone() })),
        ("time of an absence", injury(Injury { known_at: time(9), ..absent.clone() })),
        ("imputed time of an absence", injury(Injury { known_at_imputed: false, ..absent })),
    ]
}

/// The same with weather.
fn weather_variants((details, facts): &Row) -> Vec<(&'static str, Row)> {
    let of = |weather: Vec<Weather>| (details.clone(), MatchFacts { weather, ..facts.clone() });
    let with = |first: Weather| of([&[first], &facts.weather[1..]].concat());
    let first = facts.weather[0].clone();
    vec![
        ("no weather", of(vec![])),
        ("source of weather", with(Weather { source: "x".into(), ..first.clone() })),
        ("kind of weather", with(Weather { kind: WeatherKind::Measured, ..first.clone() })),
        ("time of weather", with(Weather { at: time(9), ..first.clone() })),
        ("time known of weather", with(Weather { known_at: time(9), ..first.clone() })),
        ("temperature", with(Weather { temperature: 11.51, ..first.clone() })),
        ("wind", with(Weather { wind: 4.26, ..first.clone() })),
        ("rain", with(Weather { rain: 0.21, ..first })),
    ]
}

/// The same with events and prices during the match.
fn event_variants((details, facts): &Row) -> Vec<(&'static str, Row)> {
    let in_play = |quote: InPlayQuote| {
        let mut in_play = facts.in_play.clone();
        in_play[0] = quote;
        (details.clone(), MatchFacts { in_play, ..facts.clone() })
    };
    let list = |list: EventList| {
        let mut events = facts.events.clone();
        events[0] = list;
        (details.clone(), MatchFacts { events, ..facts.clone() })
    };
    let (quote, first) = (facts.in_play[0].clone(), facts.events[0].clone());
    let event = |event: MatchEvent| {
        let mut events = first.events.clone();
        events[0] = event;
        list(EventList { events, ..first.clone() })
    };
    let goal = first.events[0].clone();
    let player = |id: &str| Player::new(id, "Player 30").ok();
    let p = quote.prices;
    vec![
        ("no in-play prices", (details.clone(), MatchFacts { in_play: vec![], ..facts.clone() })),
        ("no events", (details.clone(), MatchFacts { events: vec![], ..facts.clone() })),
        ("in-play bookmaker", in_play(InPlayQuote { bookmaker: "b365".into(), ..quote.clone() })),
        ("in-play price", in_play(InPlayQuote { prices: [p[0], p[1], price(9.0)], ..quote.clone() })),
        ("in-play time", in_play(InPlayQuote { known_at: time(51), ..quote.clone() })),
        (
            "in-play market",
            in_play(InPlayQuote {
                market: MarketType::OverUnder,
                line_quarters: Some(10),
                prices: [p[0], None, p[2]],
                ..quote
            }),
        ),
        ("source of events", list(EventList { source: "third".into(), ..first.clone() })),
        ("time of events", list(EventList { known_at: time(11), ..first.clone() })),
        ("imputed time of events", list(EventList { known_at_imputed: true, ..first.clone() })),
        ("fewer events", list(EventList { events: first.events[..2].to_vec(), ..first.clone() })),
        ("minute", event(MatchEvent { minute: 13, ..goal.clone() })),
        ("stoppage", event(MatchEvent { stoppage: Some(1), ..goal.clone() })),
        ("side of an event", event(MatchEvent { side: Side::Away, ..goal.clone() })),
        ("kind of an event", event(MatchEvent { kind: EventKind::OwnGoal, ..goal.clone() })),
        ("scorer", event(MatchEvent { player: player("31"), ..goal.clone() })),
        ("no assist", event(MatchEvent { related: None, ..goal })),
    ]
}

/// Two contents that differ in any fact differ in their digest.
pub async fn every_fact_matters<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for number in 0.. {
        let store = fresh().await;
        let w = world(&*store).await;
        let row = &rows(&w)[0];
        let mut all = variants(row)
            .into_iter()
            .chain(squad_variants(row))
            .chain(event_variants(row))
            .chain(weather_variants(row));
        let Some((what, variant)) = all.nth(number) else { break };
        apply(&*store, SilverChange { new: vec![variant], ..SilverChange::default() }).await;
        let hash = store.content_hash().await.expect("hashed");
        if let Some(same) = seen.insert(hash, what) {
            panic!("{what} and {same} give the same hash");
        }
    }
    assert!(seen.len() > 60, "all variants were tried");
    let store = fresh().await;
    for what in ["league", "club", "club of another country", "alias of another source"] {
        match what {
            "league" => drop(store.ensure_leagues(&[league("A")]).await.expect("created")),
            "club" => drop(store.ensure_teams("s", &[team("X", "England")]).await.expect("created")),
            "club of another country" => {
                drop(store.ensure_teams("s", &[team("X", "Wales")]).await.expect("created"));
            }
            _ => drop(store.ensure_teams("t", &[team("Y", "Wales")]).await.expect("created")),
        }
        assert_eq!(seen.insert(store.content_hash().await.expect("hashed"), what), None, "{what}");
    }
}

/// The digest is of silver alone, and follows a change of a stored row.
pub async fn findings_and_documents_do_not_matter<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let row = w.scheduled(0, 1, 0);
    apply(&*store, new([row.clone()])).await;
    let before = store.content_hash().await.expect("hashed");
    let document = stored_document(&*store, 0, 3).await;
    store.record_issues(&[issue(Some(document), 1, "x")], time(0)).await.expect("recorded");
    assert_eq!(store.content_hash().await.expect("hashed"), before);
    let stored = find(&*store, &row).await;
    let changed = Match { details: NewMatch { kickoff: Kickoff::at(time(60)), ..row }, ..stored.clone() };
    apply(&*store, SilverChange { changed: vec![changed], ..SilverChange::default() }).await;
    assert_ne!(store.content_hash().await.expect("hashed"), before);
    apply(&*store, SilverChange { changed: vec![stored], ..SilverChange::default() }).await;
    assert_eq!(store.content_hash().await.expect("hashed"), before, "and back");
}
