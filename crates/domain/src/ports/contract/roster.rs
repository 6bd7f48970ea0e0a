//! Leagues and teams.

use super::fixture::prelude::*;
use super::fixture::{SOURCE, apply, league, new, refused, season, team, world};
use crate::ports::Store;
use crate::{LeagueId, NewLeague, NewMatch, Team, TeamId};
use std::ops::Deref;

/// Identifiers come in the order asked for; a known code keeps its league as it is.
pub async fn a_league_is_created_once_and_left_as_it_is<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let ids = store.ensure_leagues(&[league("E1"), league("E0"), league("E1")]).await.expect("created");
    assert_eq!(ids[0], ids[2]);
    assert_ne!(ids[0], ids[1]);
    let renamed = NewLeague { name: "Renamed".to_owned(), level: 9, ..league("E0") };
    assert_eq!(store.ensure_leagues(&[renamed]).await.expect("known"), [ids[1]]);
    let all = store.leagues().await.expect("read");
    assert_eq!(all.iter().map(|l| l.code.as_str()).collect::<Vec<_>>(), ["E0", "E1"], "by code");
    assert_eq!((all[0].id, &all[0].details), (ids[1], &league("E0")));
}

/// Everton exists in England and in Chile.
pub async fn a_club_is_a_name_within_a_country<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let clubs = [team("Everton", "England"), team("Everton", "Chile"), team("Everton", "England")];
    let ids = store.ensure_teams(SOURCE, &clubs).await.expect("created");
    assert_eq!(ids[0], ids[2]);
    assert_ne!(ids[0], ids[1]);
    assert_eq!(store.ensure_teams(SOURCE, &clubs).await.expect("known"), ids);
    let all = store.teams().await.expect("read");
    assert_eq!(all.iter().map(|t| t.id).collect::<Vec<_>>(), [ids[1], ids[0]], "by country, then name");
    let one = store.team(ids[1]).await.expect("read").expect("held");
    assert_eq!((one.name.as_str(), one.country.as_str()), ("Everton", "Chile"));
    assert_eq!(store.team(TeamId(ids[0].0 + 1000)).await.expect("read"), None);
}

/// A canonical name identifies the team whoever writes it.
pub async fn a_club_is_found_by_its_name_from_another_source<H: Deref<Target: Store>>(
    fresh: impl AsyncFn() -> H,
) {
    let store = fresh().await;
    let first = store.ensure_teams("one", &[team("Ajax", "Netherlands")]).await.expect("created");
    let second = store.ensure_teams("two", &[team("Ajax", "Netherlands")]).await.expect("known");
    assert_eq!(first, second);
    assert_eq!(store.teams().await.expect("read").len(), 1);
}

/// Nothing is guessed: case, spaces and composed letters tell teams apart.
pub async fn names_are_compared_byte_for_byte<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let names = ["Malmö", "Malmo\u{308}", "malmö", "MALMÖ", "Malmö ", " Malmö", "Malmo"];
    let clubs: Vec<_> = names.iter().map(|name| team(name, "Sweden")).collect();
    let ids = store.ensure_teams(SOURCE, &clubs).await.expect("created");
    let mut distinct = ids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), names.len());
    for (id, name) in ids.iter().zip(names) {
        assert_eq!(store.team(*id).await.expect("read").expect("held").name, name);
    }
    let mut codes = [league("a"), league("B"), league("A"), league("b")];
    assert_eq!(store.ensure_leagues(&codes).await.expect("created").len(), 4);
    codes.sort_by(|a, b| a.code.cmp(&b.code));
    let stored: Vec<_> = store.leagues().await.expect("read").into_iter().map(|l| l.details).collect();
    assert_eq!(stored, codes, "sorted byte by byte");
}

/// Creating teams and leagues is one transaction.
pub async fn one_bad_club_and_none_is_created<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let clubs = [team("Good", "England"), team("", "England")];
    refused(store.ensure_teams(SOURCE, &clubs).await, "a club without a name");
    assert_eq!(store.teams().await.expect("read"), []);
    refused(store.ensure_leagues(&[league("E0"), league("")]).await, "a league without a code");
    assert_eq!(store.leagues().await.expect("read"), []);
    let counts = store.counts().await.expect("counted");
    assert_eq!((counts.leagues, counts.teams), (0, 0));
}

/// Teams, matches and finished matches of each league.
pub async fn leagues_are_counted<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let second = NewMatch { league: w.leagues[1], ..w.scheduled(4, 5, 1) };
    apply(&*store, new([w.finished(0, 1, 0), w.finished(1, 0, 1), w.scheduled(2, 0, 2), second])).await;
    let found: Vec<_> = store.league_summaries().await.expect("read");
    let found: Vec<_> =
        found.iter().map(|s| (s.league.code.as_str(), s.teams, s.matches, s.finished)).collect();
    assert_eq!(found, [("A", 3, 3, 2), ("B", 2, 1, 0)]);
    let counts = store.counts().await.expect("counted");
    assert_eq!((counts.leagues, counts.teams, counts.league_teams), (2, 6, 5));
    assert_eq!((counts.matches, counts.finished, counts.odds, counts.match_stats), (4, 2, 0, 0));
    store.ensure_leagues(&[league("C")]).await.expect("created");
    let empty = store.league_summaries().await.expect("read").pop().expect("three leagues");
    assert_eq!((empty.teams, empty.matches, empty.finished), (0, 0, 0));
}

/// Home and away sides of any season, by name.
pub async fn clubs_of_a_league_are_listed<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let earlier = NewMatch { season: season(2001), ..w.finished(3, 0, -9) };
    apply(&*store, new([w.finished(1, 0, 0), earlier])).await;
    let names = store.teams_of_league(w.leagues[0]).await.expect("read");
    assert_eq!(names.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["Alpha", "Beta", "Delta"]);
    assert_eq!(store.teams_of_league(w.leagues[1]).await.expect("read"), []);
    assert_eq!(store.teams_of_league(LeagueId(w.leagues[1].0 + 1000)).await.expect("read"), []);
}

/// Byte for byte, and nothing where nothing has the code.
pub async fn a_league_is_found_by_its_code<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert_eq!(store.league("E0").await.expect("read"), None);
    let ids = store.ensure_leagues(&[league("E1"), league("E0")]).await.expect("created");
    let found = store.league("E0").await.expect("read").expect("held");
    assert_eq!((found.id, found.details), (ids[1], league("E0")));
    for unknown in ["e0", "E0 ", "", "%", "' OR 1=1 --"] {
        assert_eq!(store.league(unknown).await.expect("read"), None, "{unknown:?}");
    }
}

/// Each once, whatever is asked for twice or not held.
pub async fn names_are_found_by_identifier<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let (first, last) = (w.teams[0], w.teams[5]);
    let mut teams = store.teams_by_id(&[last, TeamId(-1), first, last, TeamId(9_999)]).await.expect("read");
    teams.sort_by_key(|t| t.id);
    assert_eq!(teams.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["Alpha", "Zeta"]);
    let leagues = store.leagues_by_id(&[w.leagues[1], LeagueId(9_999), w.leagues[1]]).await.expect("read");
    assert_eq!(leagues.iter().map(|l| l.code.as_str()).collect::<Vec<_>>(), ["B"]);
    assert_eq!(store.teams_by_id(&[]).await.expect("read"), []);
    assert_eq!(store.leagues_by_id(&[]).await.expect("read"), []);
}

/// By name, then identifier, without gaps: names repeat, and sort byte by byte.
pub async fn teams_are_paged_by_name<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert_eq!(store.teams_after(None, 5).await.expect("read"), []);
    let countries = ["Chile", "England", "Angola"];
    let clubs: Vec<_> = countries
        .iter()
        .flat_map(|country| ["Everton", "everton", "Évian", "Ajax"].map(|name| team(name, country)))
        .collect();
    store.ensure_teams(SOURCE, &clubs).await.expect("created");
    let mut all = store.teams().await.expect("read");
    all.sort_by(|a, b| (a.name.as_bytes(), a.id).cmp(&(b.name.as_bytes(), b.id)));
    for limit in [1, 5, 11, 12, 13] {
        let mut paged: Vec<Team> = Vec::new();
        loop {
            let page = store.teams_after(paged.last(), limit).await.expect("read");
            if page.is_empty() {
                break;
            }
            assert!(page.len() <= limit as usize);
            paged.extend(page);
        }
        assert_eq!(paged, all, "pages of {limit}");
    }
}
