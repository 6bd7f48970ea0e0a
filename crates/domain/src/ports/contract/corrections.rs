//! Corrections, and what a write really wrote.

use super::fixture::prelude::*;
use super::fixture::{
    apply, correction, join, new, quote, refused, said, season, shots, stored, stored_document, time,
    with_odds, with_stats, world,
};
use crate::ports::{Applied, MatchFacts, SilverChange, Store};
use crate::{ClaimField, Correction, CorrectionVerdict, MatchClaim, MatchId, Said, Score};
use chrono::Duration;
use std::ops::Deref;

fn corrected(corrections: Vec<Correction>) -> SilverChange {
    SilverChange { corrections, ..SilverChange::default() }
}

/// It comes back as it was given, by the season of its match, in the order of writing.
pub async fn a_correction_is_kept_once<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let m = stored(&*store, w.finished(0, 1, 0)).await;
    let document = stored_document(&*store, 0, 2).await;
    let first = correction(m.id, "1-0", "2-0");
    let withdrawn = Correction {
        new: None,
        said: Said { at: time(7_200), document: Some(document) },
        verdict: CorrectionVerdict::Kept,
        by: "somebody".to_owned(),
        ..correction(m.id, "2-0", "")
    };
    let statistics = Correction { field: ClaimField::Statistics, old: None, ..correction(m.id, "", "{}") };
    let all = vec![first.clone(), withdrawn, statistics];
    let hash = store.content_hash().await.expect("hashed");
    for _ in 0..2 {
        apply(&*store, corrected(all.clone())).await;
    }
    assert_eq!(store.corrections_of(&[(m.league, m.season)]).await.expect("read"), all);
    assert_eq!(store.corrections_of(&[(m.league, season(2001))]).await.expect("read"), []);
    assert_eq!(store.all_corrections(None).await.expect("read"), all);
    // The score that was kept is no score that was taken.
    let taken = async |fields: &[ClaimField]| store.all_corrections(Some(fields)).await.expect("read");
    assert_eq!(taken(&[ClaimField::Score, ClaimField::Referee]).await, all[..1]);
    assert_eq!(taken(&[ClaimField::Score, ClaimField::Statistics]).await, [all[0].clone(), all[2].clone()]);
    assert_eq!(taken(&[]).await, []);
    assert_eq!(store.content_hash().await.expect("hashed"), hash, "corrections are no facts");
    // The same correction once more, after another one in between, is another one.
    let again = Correction { said: said(9_000), known_at: time(9_000), ..first };
    apply(&*store, corrected(vec![again.clone()])).await;
    assert_eq!(store.all_corrections(None).await.expect("read").last(), Some(&again));
}

/// Nothing is kept of a match that is not stored.
pub async fn a_correction_is_of_a_stored_match<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let m = stored(&*store, w.finished(0, 1, 0)).await;
    let nowhere = correction(MatchId(m.id.0 + 1000), "1-0", "2-0");
    refused(store.apply(&corrected(vec![nowhere])).await, "a correction of a match that is not stored");
    let nothing = correction(m.id, "1-0", "1-0");
    refused(store.apply(&corrected(vec![nothing])).await, "a correction that corrects nothing");
    assert_eq!(store.all_corrections(None).await.expect("read"), []);
}

/// A season is named once, however many claims there are.
pub async fn seasons_with_claims_are_found<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let m = stored(&*store, w.finished(0, 1, 0)).await;
    stored(&*store, w.finished(2, 3, 400)).await;
    assert_eq!(store.seasons_with_claims().await.expect("read"), []);
    let claim = |field| MatchClaim {
        match_id: m.id,
        source: "another".to_owned(),
        field,
        value: "1".to_owned(),
        said: said(5),
    };
    let claims = vec![claim(ClaimField::Attendance), claim(ClaimField::Statistics)];
    apply(&*store, SilverChange { claims: claims.clone(), ..SilverChange::default() }).await;
    assert_eq!(store.seasons_with_claims().await.expect("read"), [(m.league, m.season)]);
    let mut held = store.claims_of(&[(m.league, m.season)]).await.expect("read");
    held.sort_by_key(|claim| claim.field);
    assert_eq!(held, claims);
}

/// New matches, rows that differ, and facts that were not held; the second time nothing.
pub async fn what_was_written_is_counted<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let [a, b, c] = [(0, 1), (2, 3), (4, 5)].map(|(home, away)| w.scheduled(home, away, 3));
    let a = stored(&*store, a).await;
    let b = stored(&*store, b).await;
    let c = stored(&*store, c).await;
    let mut moved = a.clone();
    moved.details.kickoff.at += Duration::hours(2);
    let change = SilverChange {
        new: vec![
            (w.finished(1, 0, 0), MatchFacts::default()),
            (w.finished(3, 2, 0), with_odds(vec![quote("B365", -60)])),
        ],
        changed: vec![moved, c],
        facts: vec![(b.id, with_odds(vec![quote("B365", -60)])), (a.id, with_stats(shots(4)))],
        ..SilverChange::default()
    };
    let written = store.apply(&change).await.expect("applied");
    assert_eq!(written, Applied { new: 2, changed: 2 }, "one match is as it was");
    assert_eq!(store.apply(&change).await.expect("applied"), Applied::default());
}

/// Three imports of the same matches at once say together what is stored afterwards.
pub async fn imports_at_once_count_each_match_once<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let held = stored(&*store, w.scheduled(4, 5, 3)).await;
    let mut played = held.clone();
    (played.details.status, played.details.score) = (crate::MatchStatus::Finished, Score::new(2, 1).ok());
    let days = [0, 40, 80, 120];
    let rows = days.into_iter().zip(1..).map(|(day, leg)| {
        let mut row = w.finished(0, 1, day);
        row.leg = leg;
        row
    });
    let rows: Vec<_> = rows.collect();
    let all = SilverChange { changed: vec![played], ..new(rows.clone()) };
    let part = new(rows[..2].to_vec());
    let written = std::sync::Mutex::new(Vec::new());
    let race = [&all, &part, &all].map(|change| {
        let (store, written) = (&*store, &written);
        Box::pin(async move {
            let applied = store.apply(change).await.expect("applied");
            written.lock().expect("no writer panicked").push(applied);
        })
    });
    join(race.into()).await;
    let written = written.into_inner().expect("no writer panicked");
    assert_eq!(written.iter().map(|w| w.new).sum::<u64>(), 4, "{written:?}");
    assert_eq!(written.iter().map(|w| w.changed).sum::<u64>(), 1, "{written:?}");
    assert_eq!(store.counts().await.expect("counted").matches, 5);
}
