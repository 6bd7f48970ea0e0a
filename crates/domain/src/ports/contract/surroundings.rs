//! Weather and grounds.

use super::fixture::prelude::*;
use super::fixture::{SOURCE, apply, facts, refused, stored, team, time, weather, with_weather, world};
use crate::ports::{MergeSubject, NameChange, Store, TeamAlias};
use crate::{
    ChangeKind, ChangeScope, Ground, NewsFilter, NewsItem, NewsKind, TeamRating, Weather, WeatherKind,
};
use std::ops::Deref;

/// Every number with its time; a repeated word is one.
pub async fn weather_comes_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.scheduled(0, 1, 1)).await.id;
    let first = weather(0);
    let others = [
        Weather { known_at: time(60), rain: 0.01, ..first.clone() },
        Weather { kind: WeatherKind::Measured, temperature: -12.34, known_at: time(70), ..first.clone() },
        Weather { at: time(90_000), known_at: time(80), ..first.clone() },
        Weather { source: "another".into(), known_at: time(90), ..first.clone() },
    ];
    let changed = Weather { wind: 99.0, ..first.clone() };
    apply(&*store, facts(id, with_weather(vec![first.clone(), changed.clone()]))).await;
    apply(&*store, facts(id, with_weather(vec![changed]))).await;
    apply(&*store, facts(id, with_weather(others.to_vec()))).await;
    let all: Vec<_> = [first].into_iter().chain(others).map(|weather| (id, weather)).collect();
    assert_eq!(store.weather_of(&[id]).await.expect("read"), all);
    assert_eq!(store.all_weather().await.expect("read"), all);
    assert_eq!(store.weather_of(&[]).await.expect("read"), []);
}

/// Numbers that no weather has, and weather of a match that is not held.
pub async fn weather_that_cannot_be_is_refused<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.scheduled(0, 1, 1)).await.id;
    for (what, bad) in [
        ("kelvins", Weather { temperature: 290.0, ..weather(0) }),
        ("no number", Weather { wind: f64::NAN, ..weather(0) }),
        ("rain from below", Weather { rain: -0.5, ..weather(0) }),
        ("no source", Weather { source: "".into(), ..weather(0) }),
    ] {
        refused(store.apply(&facts(id, with_weather(vec![bad]))).await, what);
    }
    let unknown = crate::MatchId(id.0 + 100);
    refused(store.apply(&facts(unknown, with_weather(vec![weather(0)]))).await, "an unknown match");
    assert_eq!(store.all_weather().await.expect("read"), []);
}

fn ground(team: &str, since: &str) -> Ground {
    Ground {
        country: "England".to_owned(),
        team: team.to_owned(),
        name: format!("{team} Pärk"),
        latitude: 51.481_667,
        longitude: -0.191_111,
        since: since.parse().expect("a date"),
    }
}

/// One of a team and day takes the place of the one before; content knows of it.
pub async fn a_ground_comes_back_and_is_replaced<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let bare = store.content_hash().await.expect("hashed");
    let (old, new) = (ground("Alpha", "1850-01-01"), ground("Alpha", "2016-08-13"));
    assert_eq!(store.put_grounds(&[new.clone(), old.clone()]).await.expect("put"), 2);
    assert_eq!(store.put_grounds(&[new.clone(), old.clone()]).await.expect("put"), 0);
    let team = Some(w.teams[0]);
    assert_eq!(store.grounds().await.expect("read"), [(old, team), (new.clone(), team)]);
    let hash = store.content_hash().await.expect("hashed");
    assert_ne!(hash, bare);
    let moved = Ground { longitude: 2.5, ..new };
    assert_eq!(store.put_grounds(std::slice::from_ref(&moved)).await.expect("put"), 1);
    assert_eq!(store.grounds().await.expect("read")[1], (moved, team));
    assert_ne!(store.content_hash().await.expect("hashed"), hash);
}

/// Teams that are not held, and places that are none: nothing is applied.
pub async fn a_ground_of_the_unknown_is_refused<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    world(&*store).await;
    let good = ground("Alpha", "1850-01-01");
    for (what, bad) in [
        ("a team", Ground { team: "Omega".to_owned(), ..good.clone() }),
        ("a country", Ground { country: "Wales".to_owned(), ..good.clone() }),
        ("a place", Ground { latitude: 91.0, ..good.clone() }),
        ("a name", Ground { name: String::new(), ..good.clone() }),
    ] {
        refused(store.put_grounds(&[good.clone(), bad]).await, what);
    }
    assert_eq!(store.grounds().await.expect("read"), []);
}

/// The name of a merged team leads to the kept one.
pub async fn grounds_follow_merges<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let second = store.ensure_teams(SOURCE, &[team("Alpha FC", "England")]).await.expect("created")[0];
    store.put_grounds(&[ground("Alpha FC", "1850-01-01")]).await.expect("put");
    assert_eq!(store.grounds().await.expect("read")[0].1, Some(second));
    let teams = MergeSubject::Teams { kept: w.teams[0], merged: second };
    store.merge(teams, None, "tester").await.expect("merged");
    assert_eq!(store.grounds().await.expect("read")[0].1, Some(w.teams[0]));
}

fn rating(team: &str, from: &str, rating: f64) -> TeamRating {
    TeamRating {
        source: "elo".into(),
        country: "England".to_owned(),
        team: team.to_owned(),
        level: 1,
        rating,
        from: from.parse().expect("a date"),
        to: "2025-12-01".parse().expect("a date"),
        known_at: time(0),
    }
}

/// Ratings of a club by whatever name the team has; what says the same of the same days is one, known since the first time.
pub async fn ratings_come_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let first = rating("Alpha", "2025-11-09", 1_800.25);
    let others = [
        TeamRating { rating: 1_801.0, ..first.clone() },
        TeamRating { to: "2025-11-30".parse().expect("a date"), known_at: time(9), ..first.clone() },
        rating("Älpha Town", "2025-11-20", 1_810.5),
        TeamRating { country: "SMR".to_owned(), level: 0, ..first.clone() },
    ];
    let before = store.latest().await.expect("read");
    assert_eq!(
        store.add_ratings(&[std::slice::from_ref(&first), &others[..]].concat()).await.expect("added"),
        5
    );
    assert_eq!(
        store.add_ratings(&[TeamRating { known_at: time(99), ..first.clone() }]).await.expect("added"),
        0
    );
    let changes = store.after(before, 10).await.expect("read").changes;
    let scopes: Vec<_> = changes.into_iter().map(|change| (change.kind, change.scope)).collect();
    assert_eq!(scopes, [(ChangeKind::Ratings, ChangeScope::Subject("ratings".to_owned()))]);
    let all = store.all_ratings().await.expect("read");
    assert!(all.len() == 5 && others.iter().chain([&first]).all(|rating| all.contains(rating)));
    assert_eq!(store.ratings_of(w.teams[0], 10).await.expect("read").len(), 3);
    let alias = TeamAlias {
        source: "elo".to_owned(),
        country: "England".to_owned(),
        alias: "Älpha Town".to_owned(),
        team: w.teams[0],
    };
    store
        .change_names(&NameChange { team_aliases: vec![alias], ..NameChange::default() })
        .await
        .expect("kept");
    let found = store.ratings_of(w.teams[0], 10).await.expect("read");
    assert_eq!((found.len(), &found[0]), (4, &others[2]), "the latest day first");
    assert_eq!(store.ratings_of(w.teams[0], 1).await.expect("read").len(), 1);
    for (what, bad) in [
        ("no number", TeamRating { rating: f64::NAN, ..first.clone() }),
        ("no club", TeamRating { team: String::new(), ..first.clone() }),
        ("days backwards", TeamRating { to: "2025-11-08".parse().expect("a date"), ..first.clone() }),
    ] {
        refused(store.add_ratings(&[rating("Beta", "2025-11-09", 1_500.0), bad]).await, what);
    }
    assert_eq!(store.all_ratings().await.expect("read").len(), 5);
}

fn item(id: &str, kind: NewsKind, importance: f64, known_at: i64) -> NewsItem {
    NewsItem {
        source: "news".into(),
        id: id.to_owned(),
        kind,
        title: format!("Hëading {id}"),
        link: Some("https://a.example/1".to_owned()),
        country: Some("England".to_owned()),
        team: Some("Alpha".to_owned()),
        importance,
        sentiment: -0.5,
        published_at: Some(time(known_at - 60)),
        known_at: time(known_at),
    }
}

/// The first word about an item stays; the latest known come first, by kind, importance and time.
pub async fn news_come_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let items = [
        item("1", NewsKind::PlayerInjuries, 0.9, 10),
        NewsItem {
            link: None,
            country: None,
            team: None,
            published_at: None,
            ..item("2", NewsKind::Transfers, 0.2, 20)
        },
        item("3", NewsKind::PlayerInjuries, 0.5, 30),
    ];
    assert_eq!(store.add_news(&items).await.expect("added"), 3);
    let again = NewsItem { title: "another".to_owned(), ..items[0].clone() };
    assert_eq!(store.add_news(&[again]).await.expect("added"), 0);
    let find = async |filter: NewsFilter, limit| -> Vec<String> {
        store.news(&filter, limit).await.expect("read").into_iter().map(|item| item.id).collect()
    };
    let all = store.news(&NewsFilter::default(), 10).await.expect("read");
    assert!(all.len() == 3 && items.iter().all(|item| all.contains(item)), "{all:?}");
    assert_eq!(find(NewsFilter::default(), 2).await, ["3", "2"]);
    let kind = Some(NewsKind::PlayerInjuries);
    assert_eq!(find(NewsFilter { kind, ..NewsFilter::default() }, 9).await, ["3", "1"]);
    let importance = Some(NewsItem::IMPORTANT);
    assert_eq!(find(NewsFilter { importance, ..NewsFilter::default() }, 9).await, ["1"]);
    assert_eq!(find(NewsFilter { as_of: Some(time(20)), ..NewsFilter::default() }, 9).await, ["2", "1"]);
    for (what, bad) in [
        ("importance", NewsItem { importance: 1.5, ..items[0].clone() }),
        ("sentiment", NewsItem { sentiment: f64::NAN, ..items[0].clone() }),
        ("no heading", NewsItem { id: "9".to_owned(), title: String::new(), ..items[0].clone() }),
        ("a team without country", NewsItem { country: None, ..items[0].clone() }),
    ] {
        refused(store.add_news(&[item("8", NewsKind::Transfers, 0.1, 0), bad]).await, what);
    }
    assert_eq!(find(NewsFilter::default(), 9).await.len(), 3);
}

/// Two stores with the same ratings and news have one hash, and every part of them matters.
pub async fn what_is_known_of_clubs_is_content<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let (first, second) = (fresh().await, fresh().await);
    world(&*first).await;
    world(&*second).await;
    let ratings = [rating("Alpha", "2025-11-09", 1_800.25), rating("Beta", "2025-11-09", 1_500.0)];
    let news = [item("1", NewsKind::PlayerInjuries, 0.9, 10), item("2", NewsKind::Transfers, 0.2, 20)];
    let mut hashes = vec![first.content_hash().await.expect("hashed")];
    for rating in &ratings {
        first.add_ratings(std::slice::from_ref(rating)).await.expect("added");
        hashes.push(first.content_hash().await.expect("hashed"));
    }
    for item in &news {
        first.add_news(std::slice::from_ref(item)).await.expect("added");
        hashes.push(first.content_hash().await.expect("hashed"));
    }
    second.add_news(&[news[1].clone(), news[0].clone()]).await.expect("added");
    second.add_ratings(&[ratings[1].clone(), ratings[0].clone()]).await.expect("added");
    assert_eq!(second.content_hash().await.expect("hashed"), hashes[4]);
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 5);
}
