//! Reading everything, some rows at a time.

use super::fixture::prelude::*;
use super::fixture::{
    SOURCE, apply, bare, details, document, facts, features, find, new, quote, records, stored_document,
    time, world,
};
use crate::ports::{After, MatchFacts, SealedForecast, Store};
use crate::{Forecast, MatchStats, NewDocument, RawRecord, RecordKind, SideStats};
use std::ops::Deref;

/// Pages follow on each other by time, whatever the order of storing.
pub async fn documents_come_by_time<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let lines = records(2);
    for (number, seconds) in [(0, 50), (1, 10), (2, 50)] {
        let new = NewDocument { collected_at: time(seconds), ..document(number, &lines) };
        store.store_document(&new).await.expect("stored");
    }
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = store.documents(after, 1).await.expect("read");
        let Some(info) = page.first() else { break };
        assert_eq!((page.len(), info.source.as_str()), (1, SOURCE));
        seen.push((info.collected_at, info.id));
        after = Some(After { time: info.collected_at, id: info.id.0 });
    }
    assert_eq!(seen.len(), 3);
    assert!(seen.is_sorted(), "{seen:?}");
    assert_eq!(store.documents(None, 9).await.expect("read").len(), 3);
}

/// Records come back with what they are, each from the table of its kind, and with what they hold.
pub async fn records_of_a_document_come_back<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let plain = stored_document(&*store, 0, 3).await;
    assert_eq!(store.records(plain).await.expect("read"), records(3));
    let kinds = [RecordKind::Match, RecordKind::Odds, RecordKind::Score];
    // A place may hold a record of each kind.
    let mixed = kinds.iter().flat_map(|kind| records(2).into_iter().map(|r| RawRecord { kind: *kind, ..r }));
    let mixed: Vec<_> = mixed.collect();
    let shuffled: Vec<_> = mixed.iter().rev().cloned().collect();
    let id = store.store_document(&document(1, &shuffled)).await.expect("stored").id;
    assert_eq!(store.records(id).await.expect("read"), mixed);
}

/// Forecasts of all matches, by time of sealing.
pub async fn forecasts_come_by_time<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let rows = [w.scheduled(0, 1, 9), w.scheduled(2, 3, 9)];
    apply(&*store, new(rows.clone())).await;
    let mut sealed = Vec::new();
    for (row, seconds) in [(&rows[0], 30), (&rows[1], 20), (&rows[0], 3_000_000 - 2_900_000)] {
        let forecast = SealedForecast {
            match_id: find(&*store, row).await.id,
            model_name: "m".to_owned(),
            model_version: seconds.to_string(),
            forecast: Forecast::new(0.5, 0.25, 0.25).expect("valid"),
            expected_goals: (1.5, 1.0),
            as_of: time(0),
            sealed_at: time(seconds),
            details: Some(details(&Forecast::new(0.5, 0.25, 0.25).expect("valid"), row.kickoff)),
        };
        store.seal(std::slice::from_ref(&forecast), &[features()]).await.expect("sealed");
        sealed.push(forecast);
    }
    sealed.sort_by_key(|f| f.sealed_at);
    let first = store.forecasts(None, 2).await.expect("read");
    let last = first.last().expect("two");
    let after = After { time: last.forecast.sealed_at, id: last.id };
    let rest = store.forecasts(Some(after), 2).await.expect("read");
    let all: Vec<_> = first.iter().chain(&rest).map(|e| e.forecast.clone()).collect();
    assert_eq!(all, sealed);
    let numbers: Vec<_> = first.iter().chain(&rest).flat_map(|e| &e.link).map(|link| link.sequence).collect();
    assert_eq!(numbers, [2, 1, 3], "their places in the ledger come along");
}

/// Facts of chosen matches, and of no others.
pub async fn facts_of_matches_are_found<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let rows = [w.finished(0, 1, 0), w.finished(2, 3, 400), w.finished(4, 5, 0)];
    apply(&*store, new(rows.clone())).await;
    let mut ids = Vec::new();
    for (row, corners) in rows.iter().zip([7, 8, 9]) {
        let id = find(&*store, row).await.id;
        let side = SideStats { corners: Some(corners), ..SideStats::default() };
        let stats = Some(MatchStats { home: side, away: SideStats::default() });
        let known_at = (row.kickoff.at - time(0)).num_seconds();
        let odds = vec![quote("B365", known_at - 60), quote("PS", known_at - 60)];
        apply(&*store, facts(id, MatchFacts { stats, odds, ..MatchFacts::default() })).await;
        ids.push(id);
    }
    let wanted = [ids[1], ids[0]];
    let stats = store.stats_of_matches(&wanted).await.expect("read");
    let corners: Vec<_> = stats.iter().map(|(id, s)| (*id, s.home.corners)).collect();
    assert_eq!(corners, [(ids[0], Some(7)), (ids[1], Some(8))]);
    assert_eq!(store.quote_counts(&wanted).await.expect("counted"), [(ids[0], 2), (ids[1], 2)]);
    let quotes = store.recorded_quotes(&wanted).await.expect("read");
    assert!(quotes.is_sorted_by_key(|q| q.match_id) && quotes.len() == 4, "{quotes:?}");
    let bare_match = bare(w.finished(1, 0, 5));
    apply(&*store, new([bare_match.0.clone()])).await;
    let without = find(&*store, &bare_match.0).await.id;
    assert_eq!(store.quote_counts(&[without]).await.expect("counted"), []);
    assert_eq!(store.recorded_quotes(&[]).await.expect("read"), []);
    assert_eq!(store.recorded_quotes(&[without]).await.expect("read"), []);
}

/// Every alias with its team.
pub async fn aliases_are_listed<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let aliases = store.aliases().await.expect("read");
    assert_eq!(aliases.len(), w.teams.len());
    assert!(aliases.iter().any(|a| a.alias == "Beta" && a.source == SOURCE && a.team == w.teams[1]));
}
