//! Quotes that leave and come back.

use super::fixture::prelude::*;
use super::fixture::{apply, facts, find, new, quote, refused, time, with_odds, world};
use crate::ports::{RecordedQuote, SilverChange, Store, ThinnedMatch, Thinning};
use crate::{MarketType, Match, MatchId, OddsQuote};
use std::ops::Deref;

/// [`quotes_digest`](crate::ports::quotes_digest) of [`history`] by BLAKE3, which this crate cannot compute.
const DIGEST: &str = "faf8fb01b69a77e0f6864d9f157cbec43523d3a8bd477d24dd78cd86a45a0647";

/// Four quotes of one match; the line tells two of the same bookmaker and time apart.
fn history() -> Vec<OddsQuote> {
    let total = |line| OddsQuote {
        market: MarketType::OverUnder,
        line_quarters: Some(line),
        prices: [quote("", 0).prices[0], None, quote("", 0).prices[2]],
        ..quote("B365", 60)
    };
    vec![quote("B365", 0), quote("B365", 60), total(10), total(-10)]
}

/// A match with its history, and another one that has the same.
async fn stored(store: &(impl Store + ?Sized)) -> [Match; 2] {
    let w = world(store).await;
    let rows = [w.finished(0, 1, 9), w.finished(2, 3, 9)];
    apply(store, new(rows.clone())).await;
    let matches = [find(store, &rows[0]).await, find(store, &rows[1]).await];
    for m in &matches {
        apply(store, facts(m.id, with_odds(history()))).await;
    }
    matches
}

fn thinning(matches: &[MatchId], removed: &[OddsQuote]) -> Thinning {
    let thinned = |id: &MatchId| ThinnedMatch { id: *id, quotes: 4, digest: DIGEST.to_owned() };
    let pairs = matches.iter().flat_map(|id| removed.iter().map(|quote| (*id, quote.clone())));
    Thinning {
        lake: "s3://bucket/lake".to_owned(),
        matches: matches.iter().map(thinned).collect(),
        removed: pairs.collect(),
    }
}

/// Everything but what is removed stays, the match is noted, and what comes back is what was.
pub async fn quotes_leave_and_come_back<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let [first, second] = stored(&*store).await;
    let before = store.content_hash().await.expect("hashed");
    let recorded = store.recorded_quotes(&[first.id, second.id]).await.expect("read");
    assert_eq!(recorded.len(), 8);
    let removed = &history()[1..3];
    store.thin(&thinning(&[first.id], removed)).await.expect("thinned");
    let mut left = store.odds_of_match(first.id).await.expect("read");
    left.sort_by_key(|q| q.known_at);
    assert_eq!(left, [history()[0].clone(), history()[3].clone()]);
    assert_eq!(store.odds_of_match(second.id).await.expect("read").len(), 4, "the other match keeps all");
    assert_ne!(store.content_hash().await.expect("hashed"), before);
    let noted = store.archived().await.expect("read");
    assert_eq!(noted.len(), 1);
    let noted = &noted[0];
    assert_eq!(
        (noted.id, noted.quotes, noted.removed, noted.lake.as_str()),
        (first.id, 4, 2, "s3://bucket/lake")
    );
    assert_eq!(noted.digest, DIGEST);

    store.forget_archived(&[first.id]).await.expect("asked");
    assert_eq!(store.archived().await.expect("read").len(), 1, "two quotes are still away");

    let mine: Vec<RecordedQuote> = recorded.iter().filter(|r| r.match_id == first.id).cloned().collect();
    assert_eq!(store.return_quotes(&mine).await.expect("returned"), 2, "two were still there");
    assert_eq!(store.return_quotes(&mine).await.expect("returned"), 0, "and now all are");
    store.forget_archived(&[first.id, second.id]).await.expect("forgotten");
    assert_eq!(store.archived().await.expect("read"), []);
    assert_eq!(store.content_hash().await.expect("hashed"), before);
    let key = |r: &RecordedQuote| (r.match_id, r.quote.known_at, r.quote.market, r.quote.line_quarters);
    let sorted = |mut all: Vec<RecordedQuote>| {
        all.sort_by_key(key);
        all
    };
    let again = store.recorded_quotes(&[second.id, first.id]).await.expect("read");
    assert_eq!(sorted(again), sorted(recorded), "with the times at which they were first held");
}

/// Times at which a quote was first held are kept to the second.
pub async fn a_returned_quote_keeps_its_time<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let row = w.finished(0, 1, 9);
    apply(&*store, new([row.clone()])).await;
    let match_id = find(&*store, &row).await.id;
    let back = RecordedQuote { match_id, quote: quote("PS", 5), recorded_at: time(-77) };
    assert_eq!(store.return_quotes(std::slice::from_ref(&back)).await.expect("returned"), 1);
    assert_eq!(store.recorded_quotes(&[match_id]).await.expect("read"), std::slice::from_ref(&back));
    let unknown = RecordedQuote { match_id: MatchId(match_id.0 + 100), ..back };
    refused(store.return_quotes(&[unknown]).await, "a quote of no match");
    assert_eq!(store.quote_counts(&[match_id]).await.expect("counted"), [(match_id, 1)]);
}

/// A quote that came after the lake was read is neither removed nor taken for archived.
pub async fn what_came_meanwhile_stops_the_thinning<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let [first, second] = stored(&*store).await;
    let late =
        SilverChange { facts: vec![(second.id, with_odds(vec![quote("WH", 1)]))], ..SilverChange::default() };
    apply(&*store, late).await;
    let before = store.content_hash().await.expect("hashed");
    let both = thinning(&[first.id, second.id], &history()[1..2]);
    let reason = refused(store.thin(&both).await, "a history that has changed");
    assert!(reason.contains("archive again"), "{reason}");
    assert_eq!(store.content_hash().await.expect("hashed"), before, "nothing was removed");
    assert_eq!(store.archived().await.expect("read"), []);
    store.thin(&thinning(&[first.id], &history()[1..2])).await.expect("the other match is as it was");
}

/// The proof must be of the quotes themselves, and the removed ones must be there.
pub async fn a_wrong_proof_is_refused<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let [first, _] = stored(&*store).await;
    let before = store.content_hash().await.expect("hashed");
    let right = thinning(&[first.id], &history()[1..2]);
    let mut wrong = right.clone();
    wrong.matches[0].digest = "0".repeat(64);
    refused(store.thin(&wrong).await, "another digest");
    wrong = right.clone();
    wrong.matches[0].quotes = 5;
    refused(store.thin(&wrong).await, "another number of quotes");
    let absent = thinning(&[first.id], &[quote("B365", 0), quote("nobody", 0)]);
    refused(store.thin(&absent).await, "a quote that is not there");
    assert_eq!(store.content_hash().await.expect("hashed"), before, "nothing was removed");
    assert_eq!(store.archived().await.expect("read"), []);
}
