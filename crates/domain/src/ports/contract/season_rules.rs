//! What holds for seasons of leagues: deductions, splits, play-offs.

use super::fixture::prelude::*;
use super::fixture::{SOURCE, World, league, refused, season, team, world};
use crate::ports::{MergeSubject, Store};
use crate::{ChangeKind, ChangeScope, PlayOffRules, PointsDeduction, SeasonRules, TableSplit};
use chrono::NaiveDate;
use std::ops::Deref;

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2023, 11, day).expect("a date")
}

fn rules(league: &str, teams: &[(&str, i16)]) -> SeasonRules {
    let deduction = |(n, (team, points)): (usize, &(&str, i16))| PointsDeduction {
        team: (*team).to_owned(),
        points: *points,
        from: day(1 + n as u32),
        reason: "Ä reason".to_owned(),
    };
    SeasonRules {
        league: league.to_owned(),
        season: season(2023),
        split: Some(TableSplit { after: 33, groups: vec![6, 6], halve_points: true, rounds: 2 }),
        play_offs_from: Some(day(30)),
        play_offs: vec![PlayOffRules {
            name: "promotion".to_owned(),
            places: [3, 6],
            legs: 2,
            final_legs: Some(1),
            neutral_final: true,
            decides_places: false,
        }],
        deductions: teams.iter().enumerate().map(deduction).collect(),
    }
}

/// As they were given and with identifiers; applied again they change nothing, and empty ones take them away.
pub async fn rules_of_a_season_come_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let World { leagues, teams } = world(&*store).await;
    let bare = store.content_hash().await.expect("hashed");
    let given = rules("A", &[("Alpha", 10), ("Beta", -3)]);
    let before = store.latest().await.expect("read");
    assert_eq!(store.put_season_rules(std::slice::from_ref(&given)).await.expect("put"), 1);
    let changes = store.after(before, 10).await.expect("read").changes;
    let scopes: Vec<_> = changes.into_iter().map(|change| (change.kind, change.scope)).collect();
    assert_eq!(scopes, [(ChangeKind::Corrected, ChangeScope::Season(leagues[0], season(2023)))]);
    assert_eq!(store.season_rules().await.expect("read"), std::slice::from_ref(&given));
    let [found] = &store.rules_in_force().await.expect("read")[..] else { panic!("one season has rules") };
    assert_eq!((found.league, found.season), (leagues[0], season(2023)));
    assert_eq!((&found.split, found.play_offs_from), (&given.split, given.play_offs_from));
    assert_eq!(found.play_offs, given.play_offs);
    assert_eq!(found.deductions, [(teams[0], 10, day(1)), (teams[1], -3, day(2))]);
    let hash = store.content_hash().await.expect("hashed");
    assert_ne!(hash, bare);
    assert_eq!(store.put_season_rules(std::slice::from_ref(&given)).await.expect("put"), 0);
    assert_eq!(store.content_hash().await.expect("hashed"), hash);
    let nothing =
        SeasonRules { split: None, play_offs_from: None, play_offs: vec![], deductions: vec![], ..given };
    assert_eq!(store.put_season_rules(std::slice::from_ref(&nothing)).await.expect("put"), 1);
    assert_eq!(store.season_rules().await.expect("read"), []);
    assert_eq!(store.content_hash().await.expect("hashed"), bare);
}

/// A league or team that is not held, and rules without sense: nothing is applied.
pub async fn rules_of_the_unknown_are_refused<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    world(&*store).await;
    let good = rules("A", &[("Alpha", 1)]);
    for (what, bad) in [
        ("a league", rules("Z", &[])),
        ("a team", rules("A", &[("Omega", 1)])),
        ("no points", rules("A", &[("Alpha", 0)])),
    ] {
        refused(store.put_season_rules(&[good.clone(), bad]).await, what);
    }
    assert_eq!(store.season_rules().await.expect("read"), []);
}

/// A league's season has one set of rules, under whatever name; a name that two leagues have leads to neither.
pub async fn rules_of_one_league_have_one_name<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let alias = |source: &str, league| {
        let league_aliases =
            vec![crate::LeagueAlias { source: source.to_owned(), alias: "First".to_owned(), league }];
        crate::ports::NameChange { league_aliases, ..crate::ports::NameChange::default() }
    };
    store.change_names(&alias("one", w.leagues[0])).await.expect("kept");
    store.put_season_rules(&[rules("A", &[("Alpha", 10)])]).await.expect("put");
    refused(store.put_season_rules(&[rules("First", &[("Alpha", 6)])]).await, "another name of the league");
    assert_eq!(store.season_rules().await.expect("read"), [rules("A", &[("Alpha", 10)])]);
    store.change_names(&alias("two", w.leagues[1])).await.expect("kept");
    refused(store.put_season_rules(&[rules("First", &[])]).await, "a name of two leagues");
}

/// Rules whose names came to stand for several leagues or teams are not in force, and are named.
pub async fn rules_of_ambiguous_names_are_named<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let alias = |source: &str, league| {
        let league_aliases =
            vec![crate::LeagueAlias { source: source.to_owned(), alias: "First".to_owned(), league }];
        crate::ports::NameChange { league_aliases, ..crate::ports::NameChange::default() }
    };
    store.change_names(&alias("one", w.leagues[0])).await.expect("kept");
    store.put_season_rules(&[rules("First", &[("Alpha", 10)])]).await.expect("put");
    assert_eq!(store.unresolved_rules().await.expect("read"), []);
    store.change_names(&alias("two", w.leagues[1])).await.expect("kept");
    assert_eq!(store.rules_in_force().await.expect("read"), []);
    let named = crate::UnresolvedRules { league: "First".to_owned(), season: season(2023), team: None };
    assert_eq!(store.unresolved_rules().await.expect("read"), [named]);
}

/// Names lead to the kept ones.
pub async fn rules_follow_merges<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let second = store.ensure_teams(SOURCE, &[team("Alpha FC", "England")]).await.expect("created")[0];
    let other = crate::NewLeague { source: "second".to_owned(), ..league("C") };
    let merged = store.ensure_leagues(&[other]).await.expect("created")[0];
    store.put_season_rules(&[rules("C", &[("Alpha FC", 6)])]).await.expect("put");
    let leagues = MergeSubject::Leagues { kept: w.leagues[0], merged };
    store.merge(leagues, None, "tester").await.expect("merged");
    let teams = MergeSubject::Teams { kept: w.teams[0], merged: second };
    store.merge(teams, None, "tester").await.expect("merged");
    let [found] = &store.rules_in_force().await.expect("read")[..] else { panic!("one season has rules") };
    assert_eq!((found.league, &found.deductions[..]), (w.leagues[0], &[(w.teams[0], 6, day(1))][..]));
}
