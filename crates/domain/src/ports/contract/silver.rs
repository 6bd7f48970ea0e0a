//! Applying changes.

use super::fixture::prelude::*;
use super::fixture::{
    World, apply, bare, correction, events, facts, find, in_play, injury, issue, lineup, new, price, quote,
    refused, said, shots, stored, stored_document, time, weather, with_odds, with_squads, with_stats, world,
};
use super::held::row as held_row;
use crate::ports::{MatchFacts, NewOrigins, SilverChange, Store};
use crate::{
    ClaimField, HeldState, Injury, Kickoff, LeagueId, Lineup, Match, MatchClaim, MatchId, MatchIdentifier,
    MatchStats, NewMatch, OddsQuote, Score, Side, SideStats, TeamId,
};
use chrono::{DateTime, Duration};
use std::ops::Deref;

/// A change with everything in it, for a document.
async fn full_change(store: &(impl Store + ?Sized), w: &World) -> SilverChange {
    let known = stored(store, w.scheduled(0, 1, 3)).await;
    let mut changed = known.clone();
    changed.details.kickoff = Kickoff::at(time(7 * 86_400));
    let document = stored_document(store, 0, 2).await;
    SilverChange {
        new: vec![(
            w.finished(2, 3, 0),
            MatchFacts {
                stats: Some(shots(9)),
                odds: vec![quote("B365", -60)],
                lineups: vec![lineup(Side::Home, -60), lineup(Side::Away, -60)],
                injuries: vec![injury("7", -60)],
                weather: vec![weather(0)],
                in_play: vec![in_play("B365", 60)],
                events: vec![events("contract", 60)],
            },
        )],
        changed: vec![changed],
        facts: vec![(known.id, with_odds(vec![quote("PS", -60)]))],
        origins: NewOrigins { document: Some(document), new: vec![1], held: vec![(known.id, 2)] },
        held: vec![(document, held_row(3, "f", HeldState::Held))],
        issues: vec![issue(Some(document), 2, "malformed_date")],
        document: Some(document),
        identifiers: MatchIdentifier::new("another", "x").map(|i| (known.id, i)).into_iter().collect(),
        claims: vec![MatchClaim {
            match_id: known.id,
            source: "another".to_owned(),
            field: ClaimField::Status,
            value: "postponed".to_owned(),
            said: said(0),
        }],
        corrections: vec![correction(known.id, "1-0", "2-0")],
    }
}

/// The same change again leaves the same store.
pub async fn applying_again_changes_nothing<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let change = full_change(&*store, &w).await;
    apply(&*store, change.clone()).await;
    let hash = store.content_hash().await.expect("hashed");
    let counts = store.counts().await.expect("counted");
    assert_eq!((counts.matches, counts.finished, counts.odds, counts.match_stats), (2, 1, 2, 1));
    assert_eq!((counts.lineups, counts.injuries), (2, 1));
    apply(&*store, change).await;
    assert_eq!(store.content_hash().await.expect("hashed"), hash);
    assert_eq!(store.counts().await.expect("counted"), counts);
    assert_eq!(store.issues(10).await.expect("read").len(), 1);
    assert_eq!(store.unprocessed_records().await.expect("counted"), 0);
}

/// Ways in which a new match is wrong.
fn bad_matches(w: &World, taken: &NewMatch) -> Vec<(&'static str, NewMatch)> {
    let good = w.finished(4, 5, 0);
    let score = |home, away| Some(Score { home, away });
    vec![
        ("a club against itself", NewMatch { away: good.home, ..good.clone() }),
        ("an unknown home club", NewMatch { home: TeamId(9_999), ..good.clone() }),
        ("an unknown away club", NewMatch { away: TeamId(9_999), ..good.clone() }),
        ("an unknown league", NewMatch { league: LeagueId(9_999), ..good.clone() }),
        ("leg 0", NewMatch { leg: 0, ..good.clone() }),
        ("a score of 120", NewMatch { score: score(120, 0), ..good.clone() }),
        ("an away score of 100", NewMatch { score: score(0, 100), ..good.clone() }),
        ("a half-time score of 100", NewMatch { half_time: score(100, 0), ..good.clone() }),
        ("more goals at half-time", NewMatch { half_time: score(2, 2), ..good.clone() }),
        ("a finished match without score", NewMatch { score: None, ..good.clone() }),
        (
            "a kick-off in 1871",
            NewMatch {
                kickoff: Kickoff::at(
                    DateTime::from_timestamp(-3_092_601_601, 0).expect("the last second of 1871"),
                ),
                ..good.clone()
            },
        ),
        (
            "another match with the key of a stored one",
            NewMatch { kickoff: Kickoff::at(time(5)), score: score(0, 3), ..taken.clone() },
        ),
    ]
}

fn bad_changes(w: &World, known: &Match) -> Vec<(&'static str, SilverChange)> {
    let unknown = MatchId(known.id.0 + 1000);
    let stats = |stats| facts(known.id, with_stats(stats));
    let odds = |odds: OddsQuote| facts(known.id, with_odds(vec![odds]));
    let side = SideStats { possession: Some(120.0), ..SideStats::default() };
    let mut bad: Vec<_> =
        bad_matches(w, &known.details).into_iter().map(|(what, m)| (what, new([m]))).collect();
    bad.extend([
        (
            "a change of an unknown match",
            SilverChange {
                changed: vec![Match { id: unknown, details: w.finished(4, 5, 0) }],
                ..SilverChange::default()
            },
        ),
        ("statistics of an unknown match", facts(unknown, with_stats(shots(1)))),
        ("a quote of an unknown match", facts(unknown, with_odds(vec![quote("B365", 0)]))),
        ("possession of 120%", stats(MatchStats { away: side, ..MatchStats::default() })),
        ("a line-up of an unknown match", facts(unknown, with_squads(vec![lineup(Side::Home, 0)], vec![]))),
        ("an absence from an unknown match", facts(unknown, with_squads(vec![], vec![injury("7", 0)]))),
        (
            "a line-up of no source",
            facts(known.id, with_squads(vec![Lineup { source: "".into(), ..lineup(Side::Home, 0) }], vec![])),
        ),
        (
            "an absence of no source",
            facts(known.id, with_squads(vec![], vec![Injury { source: "".into(), ..injury("7", 0) }])),
        ),
        ("a quote without a bookmaker", odds(quote("", 0))),
        ("a quote without a price", odds(OddsQuote { prices: [None; 3], ..quote("B365", 0) })),
        ("a 1X2 quote with a line", odds(OddsQuote { line_quarters: Some(10), ..quote("B365", 0) })),
        (
            "a draw of over and under",
            odds(OddsQuote {
                market: crate::MarketType::OverUnder,
                line_quarters: Some(10),
                prices: [price(1.9); 3],
                ..quote("B365", 0)
            }),
        ),
    ]);
    bad
}

/// Whatever is wrong with one row, nothing of its change is applied.
pub async fn one_bad_row_and_nothing_is_applied<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let known = stored(&*store, w.finished(0, 1, 0)).await;
    let document = stored_document(&*store, 0, 2).await;
    let before = store.content_hash().await.expect("hashed");
    for (what, bad) in bad_changes(&w, &known) {
        let mut change = bad.clone();
        change.new.push((w.finished(2, 3, 0), with_odds(vec![quote("B365", 0)])));
        change.changed.push(Match { id: known.id, details: w.finished(0, 1, 1) });
        change.issues.push(issue(Some(document), 1, "malformed_date"));
        change.document = Some(document);
        let reason = refused(store.apply(&change).await, what);
        assert!(!reason.is_empty(), "{what}: the reason is told");
        assert_eq!(store.content_hash().await.expect("hashed"), before, "{what}");
        assert_eq!(store.unprocessed_records().await.expect("counted"), 2, "{what}");
        assert_eq!(store.issues(10).await.expect("read"), [], "{what}");
    }
    apply(&*store, new([w.finished(2, 3, 0)])).await;
    assert_ne!(
        store.content_hash().await.expect("hashed"),
        before,
        "a good change is applied after all these"
    );
}

/// Every column follows the change; the identifier and the facts stay.
pub async fn a_changed_match_is_replaced<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let known = stored(&*store, w.scheduled(0, 1, 3)).await;
    apply(&*store, facts(known.id, with_odds(vec![quote("B365", 0)]))).await;
    let details = NewMatch {
        half_time: Some(Score { home: 1, away: 1 }),
        referee: Some("M. Oliver".to_owned()),
        attendance: Some(31_000),
        external_id: Some("x-1".to_owned()),
        source: "another".to_owned(),
        ..w.finished(0, 1, 4)
    };
    let changed = Match { id: known.id, details };
    apply(&*store, SilverChange { changed: vec![changed.clone()], ..SilverChange::default() }).await;
    assert_eq!(store.get_match(known.id).await.expect("read"), Some(changed));
    assert_eq!(store.odds_of_match(known.id).await.expect("read").len(), 1);
    assert_eq!(store.counts().await.expect("counted").matches, 1);
}

/// Two legs of one pairing are re-dated past one another.
pub async fn legs_change_places<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let legs = [1, 2, 3].map(|leg| NewMatch { leg, ..w.scheduled(0, 1, leg.into()) });
    apply(&*store, new(legs.clone())).await;
    let mut changed = Vec::new();
    for leg in &legs {
        let mut row = find(&*store, leg).await;
        row.details.leg = leg.leg % 3 + 1;
        changed.push(row);
    }
    apply(&*store, SilverChange { changed: changed.clone(), ..SilverChange::default() }).await;
    for row in changed {
        assert_eq!(store.get_match(row.id).await.expect("read"), Some(row));
    }
}

/// An earlier match comes to light: the stored one becomes the second leg.
pub async fn a_new_match_takes_a_leg_that_is_left<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let mut second = stored(&*store, w.finished(0, 1, 30)).await;
    second.details.leg = 2;
    let first = w.finished(0, 1, 0);
    let change = SilverChange {
        new: vec![bare(first.clone())],
        changed: vec![second.clone()],
        ..SilverChange::default()
    };
    apply(&*store, change).await;
    assert_eq!(find(&*store, &first).await.details, first);
    assert_eq!(store.get_match(second.id).await.expect("read"), Some(second));
}

/// Findings come with the change, dated by the store.
pub async fn findings_are_recorded_with_the_change<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let document = stored_document(&*store, 0, 1).await;
    let issues = vec![issue(Some(document), 1, "a"), issue(Some(document), 1, "b")];
    apply(&*store, SilverChange { issues, ..SilverChange::default() }).await;
    let found = store.issues(10).await.expect("read");
    assert_eq!(found.len(), 2);
    assert!(found[0].detected_at > DateTime::UNIX_EPOCH - Duration::days(1));
}

/// Nothing to do is done.
pub async fn an_empty_change_is_applied<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let before = store.content_hash().await.expect("an empty store has a hash");
    apply(&*store, SilverChange::default()).await;
    assert_eq!(store.content_hash().await.expect("hashed"), before);
    assert_eq!(store.counts().await.expect("counted"), crate::ports::SilverCounts::default());
}
