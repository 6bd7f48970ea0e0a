//! Texts that try to be something else: they come back byte for byte, or are refused by name, in every store the same.

use super::fixture::prelude::*;
use super::fixture::{
    DOCUMENTS, SOURCE, apply, details, document, events, facts, features, in_play, injury, issue, league,
    lineup, quote, records, stored, team, time, with_events, with_odds, with_squads, world,
};
use crate::ports::texts::{LONGEST, LONGEST_KEY};
use crate::ports::{MatchFilter, ModelAlias, ModelVersion, SealedForecast, Store, StoreError, TextFault};
use crate::{
    CompetitionKind, EventList, Forecast, InPlayQuote, Injury, Kickoff, Lineup, Listed, NewDocument,
    NewLeague, NewMatch, OddsQuote, Player, QualityIssue, Side, Squad,
};
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
    // As long as texts may be, to the byte, and a byte longer.
    for limit in [LONGEST_KEY, LONGEST] {
        let mut long = "'\"e\u{301}x;".repeat(limit / 7 + 1);
        long.truncate(long.floor_char_boundary(limit));
        long.push_str(&"-".repeat(limit - long.len()));
        texts.extend([long.clone(), long + "-"]);
    }
    texts
}

/// `None` where the store refused the text, as it must where it holds NUL or has more bytes than `limit`, and only there.
fn kept<T: Debug>(result: Result<T, StoreError>, text: &str, limit: usize) -> Option<T> {
    let fault = match result {
        Ok(value) => {
            assert!(text.len() <= limit && !text.contains('\0'), "{:?} was kept", shown(text));
            return Some(value);
        }
        Err(StoreError::Text { field, fault }) => {
            assert!(!field.is_empty(), "the field is told");
            fault
        }
        Err(other) => panic!("{:?} must be kept or refused as a text: {other:?}", shown(text)),
    };
    match fault {
        TextFault::TooLong { bytes, limit: told } => {
            assert!(bytes == text.len() && told == limit && bytes > limit, "{fault:?}");
        }
        TextFault::Nul => assert!(text.contains('\0'), "{:?} was refused", shown(text)),
    }
    None
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Panics without printing a mebibyte.
fn same(found: &str, text: &str) {
    assert!(found == text, "{:?} came back changed ({} bytes for {})", shown(text), found.len(), text.len());
}

/// Names, countries, codes and sources.
pub async fn names_of_clubs_and_leagues<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    for (n, text) in texts().into_iter().enumerate() {
        let club = team(&text, &text);
        let made = store.ensure_teams(&text, std::slice::from_ref(&club)).await;
        if let Some(ids) = kept(made, &text, LONGEST_KEY) {
            let held = store.team(ids[0]).await.expect("read").expect("held");
            same(&held.name, &text);
            same(&held.country, &text);
            assert_eq!(store.ensure_teams(&text, &[club]).await.expect("known"), ids);
        }
        let free = |code: &str| NewLeague {
            code: code.to_owned(),
            name: text.clone(),
            country: text.clone(),
            source: text.clone(),
            level: 0,
            kind: CompetitionKind::League,
        };
        for (new, limit) in [(free(&text), LONGEST_KEY), (free(&format!("L{n}")), LONGEST)] {
            let made = store.ensure_leagues(std::slice::from_ref(&new)).await;
            if let Some(ids) = kept(made, &text, limit) {
                let leagues = store.leagues().await.expect("read");
                let held = leagues.iter().find(|l| l.id == ids[0]).expect("held");
                assert!(held.details == new);
            }
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
        if kept(store.apply(&super::fixture::new([new.clone()])).await, &text, LONGEST).is_some() {
            let held = super::fixture::find(&*store, &new).await;
            assert!(held.details == new);
        }
        let priced = OddsQuote { bookmaker: text.as_str().into(), ..quote("", 0) };
        let added = store.apply(&facts(plain.id, with_odds(vec![priced.clone()]))).await;
        if kept(added, &text, LONGEST_KEY).is_some() {
            assert!(store.odds_of_match(plain.id).await.expect("read").contains(&priced));
        }
        let filter = MatchFilter { league: Some(text.clone()), ..MatchFilter::default() };
        if let Some(page) = kept(store.page(&filter, None, 3).await, &text, LONGEST_KEY) {
            assert_eq!(page.matches, [], "no league has this code");
        }
    }
    store.content_hash().await.expect("hashed");
}

/// Players, reasons and sources.
pub async fn texts_of_squads<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.finished(0, 1, 0)).await.id;
    for text in texts() {
        let player = Player::new(text.as_str(), text.as_str()).expect("no text is empty");
        let listed = Listed { player: player.clone(), position: None, shirt: None };
        let squad = Squad::new(vec![listed], vec![]).expect("one player is a line-up");
        let lineup = Lineup { source: text.as_str().into(), squad, ..lineup(Side::Home, 0) };
        let told = store.apply(&facts(id, with_squads(vec![lineup.clone()], vec![]))).await;
        if kept(told, &text, LONGEST_KEY).is_some() {
            let held = store.lineups_of(&[id]).await.expect("read");
            assert!(held.contains(&(id, lineup)), "{text:.40?} came back changed");
        }
        let reason = Some(text.as_str().into());
        let injury = Injury { player, source: text.as_str().into(), reason, ..injury("7", 0) };
        let told = store.apply(&facts(id, with_squads(vec![], vec![injury.clone()]))).await;
        if kept(told, &text, LONGEST_KEY).is_some() {
            let held = store.injuries_of(&[id]).await.expect("read");
            assert!(held.contains(&(id, injury)), "{text:.40?} came back changed");
        }
        let mut list = EventList { source: text.as_str().into(), ..events("", 0) };
        list.events[1].player = Player::new(text.as_str(), text.as_str()).ok();
        let bookmaker = InPlayQuote { bookmaker: text.as_str().into(), ..in_play("", 0) };
        for told in [with_events(vec![bookmaker.clone()], vec![]), with_events(vec![], vec![list.clone()])] {
            let is_list = !told.events.is_empty();
            if kept(store.apply(&facts(id, told)).await, &text, LONGEST_KEY).is_none() {
                continue;
            }
            let same = if is_list {
                store.events_of(&[id]).await.expect("read").contains(&(id, list.clone()))
            } else {
                store.in_play_odds_of(&[id]).await.expect("read").contains(&(id, bookmaker.clone()))
            };
            assert!(same, "{text:.40?} came back changed");
        }
        let found = store.matches_named(&text, std::slice::from_ref(&text)).await;
        if let Some(found) = kept(found, &text, LONGEST) {
            assert_eq!(found, []);
        }
    }
    store.content_hash().await.expect("hashed");
}

/// Findings hold pieces of bad records: the worst texts of all.
pub async fn texts_of_findings<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    for (locator, text) in (1..).zip(texts()) {
        let kind = QualityIssue { error_type: text.clone(), ..issue(None, locator, "") };
        if kept(store.record_issues(&[kind], time(locator.into())).await, &text, LONGEST_KEY).is_some() {
            same(&store.issues(1).await.expect("read").remove(0).error_type, &text);
        }
        let found =
            QualityIssue { message: text.clone(), data: text.clone(), ..issue(None, locator, "bad row") };
        let recorded = store.record_issues(std::slice::from_ref(&found), time(locator.into())).await;
        if kept(recorded, &text, LONGEST).is_some() {
            let held = store.issues(1).await.expect("read").remove(0);
            assert_eq!(held.locator, locator);
            same(&held.message, &text);
            same(&held.data, &text);
            assert_eq!(store.record_issues(&[found], time(0)).await.expect("known"), 0);
        }
    }
}

/// Names and sources of documents, identifiers of records.
pub async fn texts_of_documents<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    for (n, text) in texts().into_iter().enumerate() {
        let mut lines = records(1);
        lines[0].external_match_id = Some(text.clone());
        lines[0].external_league_id = Some(text.clone());
        lines[0].payload = Some(text.clone());
        let plain = records(1);
        let named = NewDocument { source: &text, ..document(0, &plain) };
        let source = format!("source {n}");
        let free = NewDocument { source: &source, name: &text, ..document(0, &lines) };
        for (new, limit) in [(named, LONGEST_KEY), (free, LONGEST)] {
            if let Some(stored) = kept(store.store_document(&new).await, &text, limit) {
                let held = store.document(stored.id).await.expect("read").expect("held");
                same(&held.name, new.name);
                same(&held.source, new.source);
                assert_eq!(held.bytes, DOCUMENTS[0].0);
            }
        }
    }
}

/// Names, versions and paths of models.
pub async fn texts_of_models_and_forecasts<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.scheduled(0, 1, 9)).await.id;
    for (n, text) in texts().into_iter().enumerate() {
        let version = |name: &str, free: &str| ModelVersion {
            name: name.to_owned(),
            version: name.to_owned(),
            path: free.to_owned(),
            manifest_hash: free.to_owned(),
            trained_at: time(0),
            metrics: serde_json::json!({ "text\u{0}": free }),
        };
        for (model, limit) in
            [(version(&text, "f"), LONGEST_KEY), (version(&format!("m{n}"), &text), LONGEST)]
        {
            if kept(store.register(&model).await, &text, limit).is_some() {
                store.promote(&model.name, &model.version).await.expect("promoted");
                let champion = store.aliased(&model.name, ModelAlias::Champion).await.expect("read");
                assert!(champion == Some(model));
            }
        }
        let forecast = SealedForecast {
            match_id: id,
            model_name: text.clone(),
            model_version: text.clone(),
            forecast: Forecast::new(0.5, 0.25, 0.25).expect("a valid forecast"),
            expected_goals: (1.0, 1.0),
            as_of: time(0),
            sealed_at: time(0),
            details: Some(details(
                &Forecast::new(0.5, 0.25, 0.25).expect("a valid forecast"),
                Kickoff::at(time(500)),
            )),
        };
        if kept(store.seal(std::slice::from_ref(&forecast), &[features()]).await, &text, LONGEST_KEY)
            .is_some()
        {
            assert!(store.sealed(id).await.expect("read").contains(&forecast));
        }
    }
}

/// The tables are still there.
pub async fn the_store_answers_after_all<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    for text in texts() {
        kept(store.ensure_teams(&text, &[team(&text, "England")]).await, &text, LONGEST_KEY);
        kept(store.ensure_leagues(&[league(&text)]).await, &text, LONGEST_KEY);
    }
    assert!(!store.check().await.expect("the store answers").is_empty());
    let w = world(&*store).await;
    apply(&*store, super::fixture::new([w.finished(0, 1, 0)])).await;
    assert_eq!(store.counts().await.expect("counted").matches, 1);
    assert_eq!(store.ensure_teams(SOURCE, &[team("Alpha", "England")]).await.expect("known"), [w.teams[0]]);
}
