//! Texts that try to be something else: they come back byte for byte or are refused by a constraint.

use super::fixture::prelude::*;
use super::fixture::{
    DOCUMENTS, SOURCE, apply, document, facts, issue, league, quote, records, stored, team, time, with_odds,
    world,
};
use crate::ports::{ModelVersion, SealedForecast, Store, StoreError};
use crate::{Forecast, NewDocument, NewLeague, NewMatch, OddsQuote, QualityIssue};
use std::fmt::Debug;
use std::ops::Deref;

fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "Robert'); DROP TABLE matches; --",
        "\"quoted\" 'twice' `and` [so on]",
        "' OR '1'='1",
        "?1 :name $1 @p %s {} \\ \\' \\0 /*rows*/ -- /* ",
        "tab\tline\nreturn\r\nbell\u{7}",
        "NUL\0inside",
        "\0",
        "\u{feff}bom \u{202e}right-to-left \u{1F3DF}\u{FE0F} e\u{301}",
        "\u{10ffff}\u{fffd}",
        " ",
        "NULL",
        "[1,2]",
        "{\"a\":\"\\u0000\"}",
    ]
    .map(str::to_owned)
    .into();
    texts.push("'\"\u{e9}x".repeat(1 << 18)[..1 << 20].to_owned());
    texts
}

/// `None` where the store refused by a constraint, as it may.
fn kept<T: Debug>(result: Result<T, StoreError>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(StoreError::Constraint(reason)) => {
            assert!(!reason.is_empty(), "the reason is told");
            None
        }
        Err(other) => panic!("a hostile text must be kept or refused by a constraint: {other:?}"),
    }
}

/// Panics without printing a mebibyte.
fn same(found: &str, text: &str) {
    let shown: String = text.chars().take(40).collect();
    assert!(found == text, "{shown:?} came back changed ({} bytes for {})", found.len(), text.len());
}

/// Names, countries, codes and sources.
pub async fn names_of_clubs_and_leagues<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    for text in texts() {
        let club = team(&text, &text);
        if let Some(ids) = kept(store.ensure_teams(&text, std::slice::from_ref(&club)).await) {
            let held = store.team(ids[0]).await.expect("read").expect("held");
            same(&held.name, &text);
            same(&held.country, &text);
            assert_eq!(store.ensure_teams(&text, &[club]).await.expect("known"), ids);
        }
        let all = text.clone();
        let new =
            NewLeague { code: all.clone(), name: all.clone(), country: all.clone(), source: all, level: 0 };
        if let Some(ids) = kept(store.ensure_leagues(std::slice::from_ref(&new)).await) {
            let leagues = store.leagues().await.expect("read");
            let held = leagues.iter().find(|l| l.id == ids[0]).expect("held");
            assert!(held.details == new);
        }
    }
    store.content_hash().await.expect("hashed");
}

/// Referees, identifiers, sources and bookmakers.
pub async fn texts_of_matches<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let plain = stored(&*store, w.finished(5, 4, 0)).await;
    for (leg, text) in (1..).zip(texts()) {
        let new = NewMatch {
            leg,
            referee: Some(text.clone()),
            external_id: Some(text.clone()),
            source: text.clone(),
            ..w.finished(0, 1, leg.into())
        };
        if kept(store.apply(&super::fixture::new([new.clone()])).await).is_some() {
            let held = super::fixture::find(&*store, &new).await;
            assert!(held.details == new);
        }
        let priced = OddsQuote { bookmaker: text.as_str().into(), ..quote("", 0) };
        if kept(store.apply(&facts(plain.id, with_odds(vec![priced.clone()]))).await).is_some() {
            assert!(store.odds_of_match(plain.id).await.expect("read").contains(&priced));
        }
        let filter = crate::ports::MatchFilter { league: Some(text), ..Default::default() };
        if let Some(page) = kept(store.page(&filter, None, 3).await) {
            assert_eq!(page.matches, [], "no league has this code");
        }
    }
    store.content_hash().await.expect("hashed");
}

/// Findings hold pieces of bad records: the worst texts of all.
pub async fn texts_of_findings<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    for (locator, text) in (1..).zip(texts()) {
        let found = QualityIssue {
            error_type: text.clone(),
            message: text.clone(),
            data: text.clone(),
            ..issue(None, locator, "")
        };
        if kept(store.record_issues(std::slice::from_ref(&found), time(locator.into())).await).is_some() {
            let held = store.issues(1).await.expect("read").remove(0);
            assert_eq!(held.locator, locator);
            same(&held.error_type, &text);
            same(&held.message, &text);
            same(&held.data, &text);
            assert_eq!(store.record_issues(&[found], time(0)).await.expect("known"), 0);
        }
    }
}

/// Names and sources of documents, identifiers of records.
pub async fn texts_of_documents<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    for text in texts() {
        let mut lines = records(1);
        lines[0].external_match_id = Some(text.clone());
        lines[0].external_league_id = Some(text.clone());
        let new = NewDocument { source: &text, name: &text, ..document(0, &lines) };
        if let Some(stored) = kept(store.store_document(&new).await) {
            let held = store.document(stored.id).await.expect("read").expect("held");
            same(&held.name, &text);
            same(&held.source, &text);
            assert_eq!(held.bytes, DOCUMENTS[0].0);
        }
    }
}

/// Names, versions and paths of models.
pub async fn texts_of_models_and_forecasts<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.scheduled(0, 1, 9)).await.id;
    for text in texts() {
        let version = ModelVersion {
            name: text.clone(),
            version: text.clone(),
            path: text.clone(),
            manifest_hash: text.clone(),
            trained_at: time(0),
            metrics: serde_json::Value::Object(serde_json::Map::new()),
        };
        if kept(store.register(&version).await).is_some() {
            store.activate(&text, &text).await.expect("activated");
            assert!(store.active().await.expect("read") == Some(version));
        }
        let forecast = SealedForecast {
            match_id: id,
            model_name: text.clone(),
            model_version: text.clone(),
            forecast: Forecast::new(0.5, 0.25, 0.25).expect("a valid forecast"),
            expected_goals: (1.0, 1.0),
            as_of: time(0),
            sealed_at: time(0),
        };
        if kept(store.seal(std::slice::from_ref(&forecast)).await).is_some() {
            assert!(store.sealed(id).await.expect("read").contains(&forecast));
        }
    }
}

/// The tables are still there.
pub async fn the_store_answers_after_all<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    for text in texts() {
        kept(store.ensure_teams(&text, &[team(&text, "England")]).await);
        kept(store.ensure_leagues(&[league(&text)]).await);
    }
    assert!(!store.check().await.expect("the store answers").is_empty());
    let w = world(&*store).await;
    apply(&*store, super::fixture::new([w.finished(0, 1, 0)])).await;
    assert_eq!(store.counts().await.expect("counted").matches, 1);
    assert_eq!(store.ensure_teams(SOURCE, &[team("Alpha", "England")]).await.expect("known"), [w.teams[0]]);
}
