//! Aliases, identifiers, claims and the review queue.

use super::fixture::prelude::*;
use super::fixture::{
    SOURCE, World, apply, new, refused, said, season, stored, stored_document, team, time, world,
};
use crate::ports::{NameChange, SilverChange, Store, StoreError, TeamAlias};
use crate::{
    ANY_SOURCE, ClaimField, DocumentId, League, LeagueAlias, LeagueId, MatchClaim, MatchId, MatchIdentifier,
    NameDecision, NameKind, NewLeague, NewMatch, NewNameReview, ReviewId, Team, TeamId, Verdict,
};
use std::ops::Deref;

fn alias(source: &str, name: &str, team: TeamId) -> TeamAlias {
    TeamAlias { source: source.to_owned(), country: "England".to_owned(), alias: name.to_owned(), team }
}

fn aliases(of: Vec<TeamAlias>) -> NameChange {
    NameChange { team_aliases: of, ..NameChange::default() }
}

async fn known(store: &(impl Store + ?Sized), source: Option<&str>) -> Vec<(String, String, TeamId)> {
    let found = store.team_aliases(&["England".to_owned()], source).await.expect("read");
    let mut found: Vec<_> = found.into_iter().map(|a| (a.source, a.alias, a.team)).collect();
    found.sort();
    found
}

fn review(name: &str, document: DocumentId) -> NewNameReview {
    NewNameReview {
        kind: NameKind::Team,
        source: "another".to_owned(),
        country: "England".to_owned(),
        league: None,
        season: Some(season(2023)),
        name: name.to_owned(),
        document,
    }
}

fn decision(verdict: Verdict) -> NameDecision {
    NameDecision { verdict, by: "ann".to_owned(), at: time(9) }
}

async fn one_review(store: &(impl Store + ?Sized), name: &str) -> ReviewId {
    let document = stored_document(store, 0, 1).await;
    assert_eq!(store.open_reviews(&[review(name, document)], time(3)).await.expect("opened"), 1);
    store.reviews(true).await.expect("read")[0].id
}

/// A league is known to its source by its code, from the start.
pub async fn a_league_is_known_by_its_code<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let own = |code: &str, league| LeagueAlias { source: SOURCE.to_owned(), alias: code.to_owned(), league };
    assert_eq!(store.league_aliases().await.expect("read"), [own("A", w.leagues[0]), own("B", w.leagues[1])]);
    let other = LeagueAlias { source: "another".to_owned(), alias: "a.1".to_owned(), league: w.leagues[0] };
    let change = NameChange { league_aliases: vec![other.clone()], ..NameChange::default() };
    for _ in 0..2 {
        store.change_names(&change).await.expect("added once");
    }
    assert_eq!(store.league_aliases().await.expect("read")[0], other, "by source and alias");
    let clash = LeagueAlias { league: w.leagues[1], ..other };
    let change = NameChange { league_aliases: vec![clash], ..NameChange::default() };
    refused(store.change_names(&change).await, "an alias of two leagues");
}

/// Aliases are of their source and country; the same again is no change; one that leads elsewhere is refused with all
/// that came with it, and both teams are named.
pub async fn an_alias_leads_to_one_team<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let added =
        aliases(vec![alias("another", "Alpha FC", w.teams[0]), alias(ANY_SOURCE, "The Alphas", w.teams[0])]);
    for _ in 0..2 {
        store.change_names(&added).await.expect("added once");
    }
    assert_eq!(known(&*store, Some("another")).await, [("another".into(), "Alpha FC".into(), w.teams[0])]);
    assert_eq!(known(&*store, None).await.len(), 8);
    assert_eq!(store.team_aliases(&["Wales".to_owned()], None).await.expect("read"), []);
    let clash = aliases(vec![alias("another", "New", w.teams[1]), alias("another", "Alpha FC", w.teams[1])]);
    let reason = refused(store.change_names(&clash).await, "an alias of two teams");
    assert!(reason.contains("Alpha") && reason.contains("Beta"), "both are named: {reason}");
    assert_eq!(known(&*store, None).await.len(), 8, "nothing of the change was kept");
    let nobody = aliases(vec![alias("another", "Nobody", TeamId(w.teams[5].0 + 1000))]);
    refused(store.change_names(&nobody).await, "an alias of a team that is not stored");
    let abroad = TeamAlias { country: "Wales".to_owned(), ..alias("another", "Abroad", w.teams[0]) };
    refused(store.change_names(&aliases(vec![abroad])).await, "an alias in another country");
}

/// Codes and names may be replaced, unless another league or team has them.
pub async fn leagues_and_teams_are_renamed<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let details = NewLeague { source: "another".to_owned(), level: 2, ..super::fixture::league("Z") };
    let league = League { id: w.leagues[0], details };
    let called = |name: &str| Team { id: w.teams[0], name: name.to_owned(), country: "England".to_owned() };
    let change = NameChange {
        leagues: vec![league.clone()],
        teams: vec![called("Alpha United")],
        ..NameChange::default()
    };
    store.change_names(&change).await.expect("renamed");
    assert!(store.leagues().await.expect("read").contains(&league));
    assert_eq!(store.team(w.teams[0]).await.expect("read"), Some(called("Alpha United")));
    let taken = NameChange { teams: vec![called("Beta")], ..NameChange::default() };
    refused(store.change_names(&taken).await, "a name that another team has");
    let taken = League { id: w.leagues[1], ..league };
    let taken = NameChange { leagues: vec![taken], teams: vec![called("Gone")], ..NameChange::default() };
    refused(store.change_names(&taken).await, "a code that another league has");
    assert_eq!(store.team(w.teams[0]).await.expect("read"), Some(called("Alpha United")));
    let unknown = Team { id: TeamId(w.teams[5].0 + 1000), ..called("Nobody") };
    refused(
        store.change_names(&NameChange { teams: vec![unknown], ..NameChange::default() }).await,
        "a team that is not stored",
    );
}

fn identifier(source: &str, id: &str) -> MatchIdentifier {
    MatchIdentifier::new(source, id).expect("an identifier")
}

async fn identified(store: &(impl Store + ?Sized), source: &str, id: &str) -> Option<MatchId> {
    let found = store.identified(source, &[id.to_owned()]).await.expect("read");
    found.first().map(|(held, of)| {
        assert_eq!(held, id);
        *of
    })
}

/// Two matches, the first of which another source knows by an identifier.
async fn identified_matches(store: &(impl Store + ?Sized), w: &World) -> [MatchId; 2] {
    let own = NewMatch { external_id: Some("7".to_owned()), ..w.finished(0, 1, 0) };
    let first = stored(store, own).await.id;
    let second = stored(store, w.finished(2, 3, 0)).await.id;
    let change = SilverChange {
        identifiers: vec![(first, identifier("another", "x1")), (first, identifier("another", "x2"))],
        ..SilverChange::default()
    };
    for _ in 0..2 {
        apply(store, change.clone()).await;
    }
    [first, second]
}

/// A match is found by every identifier, and comes once.
pub async fn a_match_has_identifiers_of_many_sources<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let [first, second] = identified_matches(&*store, &w).await;
    assert_eq!(identified(&*store, SOURCE, "7").await, Some(first));
    assert_eq!(identified(&*store, "another", "x2").await, Some(first));
    assert_eq!(identified(&*store, "another", "7").await, None);
    let asked = ["x1", "x2", "x3"].map(str::to_owned);
    let named = store.matches_named("another", &asked).await.expect("read");
    assert_eq!(named.iter().map(|m| m.id).collect::<Vec<_>>(), [first]);
    assert_ne!(first, second);
}

/// An identifier names one match; a second one is refused with all that came with it.
pub async fn an_identifier_names_one_match<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let [first, second] = identified_matches(&*store, &w).await;
    let change = SilverChange {
        identifiers: vec![(second, identifier("another", "y")), (second, identifier("another", "x1"))],
        ..SilverChange::default()
    };
    refused(store.apply(&change).await, "an identifier of two matches");
    assert_eq!(identified(&*store, "another", "y").await, None);
    let again = NewMatch { external_id: Some("7".to_owned()), ..w.finished(4, 5, 0) };
    refused(store.apply(&new([again.clone()])).await, "a new match under the identifier of another one");
    assert_eq!(identified(&*store, SOURCE, "7").await, Some(first));
    let elsewhere = NewMatch { source: "third".to_owned(), ..again };
    apply(&*store, new([elsewhere])).await;
    assert!(identified(&*store, "third", "7").await.is_some_and(|id| id != first), "of its own source");
}

/// The latest word of a source about a field counts, and is found by the season of its match.
pub async fn a_claim_is_kept_by_source_and_field<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let m = stored(&*store, w.finished(0, 1, 0)).await;
    let claim = |source: &str, field, value: &str| MatchClaim {
        match_id: m.id,
        source: source.to_owned(),
        field,
        value: value.to_owned(),
        said: said(0),
    };
    let claims = vec![
        claim("another", ClaimField::Score, "2-2"),
        claim("third", ClaimField::Score, "2-3"),
        claim("another", ClaimField::Kickoff, "2023-11-15"),
    ];
    for _ in 0..2 {
        apply(&*store, SilverChange { claims: claims.clone(), ..SilverChange::default() }).await;
    }
    let later = claim("another", ClaimField::Score, "0-0");
    apply(&*store, SilverChange { claims: vec![later.clone()], ..SilverChange::default() }).await;
    let mut held = store.claims_of(&[(m.league, m.season), (w.leagues[1], m.season)]).await.expect("read");
    held.sort_by(|a, b| (a.field, &a.source).cmp(&(b.field, &b.source)));
    assert_eq!(held, [claims[2].clone(), later, claims[1].clone()]);
    assert_eq!(store.claims_of(&[(m.league, season(2001))]).await.expect("read"), []);
    let nowhere = MatchClaim { match_id: MatchId(m.id.0 + 1000), ..claims[0].clone() };
    refused(
        store.apply(&SilverChange { claims: vec![nowhere], ..SilverChange::default() }).await,
        "a claim about a match that is not stored",
    );
    let hash = store.content_hash().await.expect("hashed");
    apply(&*store, SilverChange { claims, ..SilverChange::default() }).await;
    assert_eq!(store.content_hash().await.expect("hashed"), hash, "claims are not facts");
}

/// A name waits once, with all documents that write it.
pub async fn a_name_waits_once<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let [first, second] = [stored_document(&*store, 0, 1).await, stored_document(&*store, 1, 1).await];
    let detailed = NewNameReview { league: Some(w.leagues[1]), ..review("Alfa", first) };
    let opened = store.open_reviews(&[detailed.clone(), review("Beeta", second)], time(3)).await;
    assert_eq!(opened.expect("opened"), 2);
    let again = NewNameReview { season: None, ..review("Alfa", second) };
    assert_eq!(store.open_reviews(&[again.clone(), again], time(4)).await.expect("known"), 0);
    let held = store.reviews(true).await.expect("read");
    assert_eq!(held.len(), 2);
    assert_eq!((&held[0].details, held[0].opened_at), (&detailed, time(3)), "as it was first met");
    assert_eq!(held[0].documents, [first, second]);
    assert_eq!((held[1].documents.as_slice(), &held[1].decision), (&[second][..], &None));
    let nowhere = review("Gama", DocumentId(second.0 + 1000));
    refused(store.open_reviews(&[nowhere], time(5)).await, "a document that is not stored");
    assert_eq!(store.reviews(false).await.expect("read").len(), 2);
}

/// Accepting a name makes an alias of it in the same step; the same verdict again is no change, another one is refused.
pub async fn an_accepted_name_becomes_an_alias<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = one_review(&*store, "Alfa").await;
    let accepted = decision(Verdict::Team(w.teams[0]));
    for _ in 0..2 {
        store.decide_review(id, &accepted).await.expect("accepted");
    }
    assert_eq!(known(&*store, Some("another")).await, [("another".into(), "Alfa".into(), w.teams[0])]);
    assert_eq!(store.reviews(true).await.expect("read"), []);
    assert_eq!(store.reviews(false).await.expect("read")[0].decision, Some(accepted));
    for other in [Verdict::Team(w.teams[1]), Verdict::Rejected] {
        refused(store.decide_review(id, &decision(other)).await, "another verdict");
    }
    let document = stored_document(&*store, 1, 1).await;
    store.open_reviews(&[review("Alfa", document)], time(5)).await.expect("known");
    assert_eq!(store.reviews(true).await.expect("read"), [], "what was decided stays decided");
}

/// A rejected name leads nowhere; verdicts that make no sense decide nothing.
pub async fn a_name_is_rejected_or_refused<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = one_review(&*store, "Alfa").await;
    refused(store.decide_review(id, &decision(Verdict::League(w.leagues[0]))).await, "a league for a team");
    let nobody = Verdict::Team(TeamId(w.teams[5].0 + 1000));
    refused(store.decide_review(id, &decision(nobody)).await, "a team that is not stored");
    store.change_names(&aliases(vec![alias("another", "Alfa", w.teams[1])])).await.expect("added");
    let clash = decision(Verdict::Team(w.teams[0]));
    refused(store.decide_review(id, &clash).await, "a name that leads elsewhere by now");
    assert_eq!(store.reviews(true).await.expect("read").len(), 1, "still open");
    store.decide_review(id, &decision(Verdict::Rejected)).await.expect("rejected");
    let held = &store.reviews(false).await.expect("read")[0];
    assert_eq!(held.decision, Some(decision(Verdict::Rejected)));
    refused(store.decide_review(ReviewId(id.0 + 1000), &decision(Verdict::Rejected)).await, "no such review");
    let document = stored_document(&*store, 1, 1).await;
    let league = NewNameReview { kind: NameKind::League, ..review("X", document) };
    store.open_reviews(&[league], time(5)).await.expect("opened");
    let id = store.reviews(true).await.expect("read")[0].id;
    store.decide_review(id, &decision(Verdict::League(w.leagues[0]))).await.expect("accepted");
    let held = store.league_aliases().await.expect("read");
    assert!(
        held.iter()
            .any(|a| (a.source.as_str(), a.alias.as_str(), a.league) == ("another", "X", w.leagues[0]))
    );
}

/// NUL characters and names that are too long are refused before anything is written.
pub async fn hostile_names_are_refused<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let document = stored_document(&*store, 0, 1).await;
    for text in ["a\0b".to_owned(), "x".repeat(513)] {
        let is_text =
            |result: Result<(), StoreError>| assert!(matches!(result, Err(StoreError::Text { .. })));
        is_text(store.change_names(&aliases(vec![alias("another", &text, w.teams[0])])).await);
        is_text(store.open_reviews(&[review(&text, document)], time(0)).await.map(drop));
        is_text(store.team_aliases(std::slice::from_ref(&text), None).await.map(drop));
        let league = LeagueAlias { source: text, alias: "a".to_owned(), league: LeagueId(1) };
        is_text(
            store.change_names(&NameChange { league_aliases: vec![league], ..NameChange::default() }).await,
        );
    }
    for name in ["'; DROP TABLE teams; --", "Ä\u{308}\u{202e}", "\"", "[\"a\"]", "100%"] {
        store.change_names(&aliases(vec![alias("another", name, w.teams[0])])).await.expect("any other text");
        assert!(known(&*store, Some("another")).await.iter().any(|(_, alias, _)| alias == name));
    }
    let created = store.ensure_teams("another", &[team("'; DROP TABLE teams; --", "England")]).await;
    assert_eq!(created.expect("known"), [w.teams[0]], "by its alias");
}
