//! What came of sealed forecasts.

use super::fixture::prelude::*;
use super::fixture::{apply, facts, features, quote, sealed, stored, time, with_odds, world};
use crate::ports::{
    ClosingLine, DueVerification, ForecastScores, ForecastVerification, SealedFilter, SealedForecast,
    SilverChange, Store,
};
use crate::{
    ChangeKind, FeedPosition, Forecast, Kickoff, Match, MatchId, MatchStatus, OddsPhase, OddsQuote, Outcome,
    Score,
};
use std::ops::Deref;

const ALL: SealedFilter = SealedFilter { match_id: None, verified: false };

/// A match that was played with this score.
fn played(of: &Match, home: u8, away: u8) -> SilverChange {
    let mut of = of.clone();
    of.details.status = MatchStatus::Finished;
    of.details.score = Some(Score { home, away });
    SilverChange { changed: vec![of], ..SilverChange::default() }
}

fn closing() -> OddsQuote {
    OddsQuote { phase: OddsPhase::Closing, ..quote("PS", 86_000) }
}

/// What somebody computes of a forecast that is due.
fn verified(due: &DueVerification, closing: Option<f64>) -> ForecastVerification {
    let score = due.score.expect("a score");
    let line = |home| ClosingLine {
        bookmaker: "PS".to_owned(),
        forecast: Forecast::normalised([home, 0.25, 0.75 - home]).expect("valid weights"),
    };
    ForecastVerification {
        score,
        is_correct: due.forecast.most_likely() == Outcome::of(score),
        scores: ForecastScores { rps: 1.0 / 7.0, log_loss: 1.0 / 3.0, brier: 0.3, ignorance: 0.4 },
        closing: closing.map(|home| (line(home), 1.0 / 9.0, 1.0 / 11.0)),
        verified_at: time(200_000),
    }
}

async fn due(store: &(impl Store + ?Sized)) -> Vec<DueVerification> {
    store.due_verifications(0, 100).await.expect("read")
}

async fn note(store: &(impl Store + ?Sized), due: &DueVerification, closing: Option<f64>) {
    store.note_verifications(&[(due, Some(verified(due, closing)))]).await.expect("noted");
}

/// A match with one sealed forecast, whose kick-off is a day after the epoch of the fixture.
async fn one_sealed(store: &(impl Store + ?Sized)) -> Match {
    let w = world(store).await;
    let of = stored(store, w.scheduled(0, 1, 1)).await;
    store.seal(&[sealed(of.id, 0.5, 0)], &[features()]).await.expect("sealed");
    of
}

/// Nothing of a match to come, nor of one that was decided at the table; of a finished one once.
pub async fn what_is_over_is_due_until_it_is_noted<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let mut of = one_sealed(&*store).await;
    assert_eq!(due(&*store).await, []);
    of.details.status = MatchStatus::Awarded;
    of.details.score = Some(Score { home: 3, away: 0 });
    apply(&*store, SilverChange { changed: vec![of.clone()], ..SilverChange::default() }).await;
    assert_eq!(due(&*store).await, [], "a score that says nothing about strength");
    apply(&*store, played(&of, 2, 1)).await;
    let all = due(&*store).await;
    let [one] = &all[..] else { panic!("one forecast is due, not {all:?}") };
    assert_eq!((one.match_id, one.score, one.noted), (of.id, Some(Score { home: 2, away: 1 }), None));
    assert_eq!(one.forecast, sealed(of.id, 0.5, 0).forecast);
    assert_eq!(store.due_verifications(one.id, 100).await.expect("read"), [], "after it");
    note(&*store, one, None).await;
    assert_eq!(due(&*store).await, []);
}

/// What is due of them and of no others, as when all are asked for.
pub async fn what_is_due_of_some_matches_is_found<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let of = one_sealed(&*store).await;
    let some = async |matches: &[MatchId]| store.due_verifications_of(matches).await.expect("read");
    assert_eq!(some(&[of.id]).await, []);
    apply(&*store, played(&of, 2, 1)).await;
    assert_eq!(some(&[MatchId(of.id.0 + 100)]).await, []);
    assert_eq!(some(&[]).await, []);
    let found = some(&[MatchId(of.id.0 + 100), of.id]).await;
    assert_eq!(found, due(&*store).await);
    note(&*store, &found[0], None).await;
    assert_eq!(some(&[of.id]).await, []);
}

/// Another score makes it due again; a match that is not finished any longer, or that turns out to have begun before the
/// forecast was sealed, takes the note back.
pub async fn a_corrected_result_is_due_again<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let of = one_sealed(&*store).await;
    let taken_back = async |expected: Score| {
        let all = due(&*store).await;
        let [one] = &all[..] else { panic!("the note is to be taken back: {all:?}") };
        assert_eq!((one.score, one.noted), (None, Some(expected)));
        store.note_verifications(&[(one, None)]).await.expect("taken back");
        assert_eq!(due(&*store).await, []);
        let entry = store.sealed_entry(one.id).await.expect("read").expect("held");
        assert_eq!(entry.verification, None);
    };
    apply(&*store, played(&of, 2, 1)).await;
    note(&*store, &due(&*store).await[0], Some(0.4)).await;
    apply(&*store, played(&of, 2, 2)).await;
    let again = due(&*store).await;
    assert_eq!(again.len(), 1);
    assert_eq!(
        (again[0].score, again[0].noted),
        (Some(Score { home: 2, away: 2 }), Some(Score { home: 2, away: 1 }))
    );
    assert_eq!(again[0].closing.as_ref().map(|line| line.bookmaker.as_str()), Some("PS"));
    note(&*store, &again[0], Some(0.4)).await;
    let abandoned = {
        let mut of = of.clone();
        of.details.status = MatchStatus::Abandoned;
        SilverChange { changed: vec![of], ..SilverChange::default() }
    };
    apply(&*store, abandoned).await;
    taken_back(Score { home: 2, away: 2 }).await;
    apply(&*store, played(&of, 1, 0)).await;
    note(&*store, &due(&*store).await[0], None).await;
    let mut earlier = of.clone();
    earlier.details.kickoff = Kickoff::at(time(0));
    apply(&*store, played(&earlier, 1, 0)).await;
    taken_back(Score { home: 1, away: 0 }).await;
}

/// Of a forecast without a closing line, once a complete and plausible closing price is held.
pub async fn a_closing_price_that_comes_later_is_noted<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let of = one_sealed(&*store).await;
    apply(&*store, played(&of, 2, 1)).await;
    note(&*store, &due(&*store).await[0], None).await;
    let mut half = closing();
    half.prices[1] = None;
    let best = OddsQuote { bookmaker: "Max".into(), ..closing() };
    let useless = [half, best, quote("PS", 0)];
    apply(&*store, facts(of.id, with_odds(useless.to_vec()))).await;
    assert_eq!(due(&*store).await, [], "half a price, the best of many, and one that did not close");
    apply(&*store, facts(of.id, with_odds(vec![OddsQuote { bookmaker: "B365".into(), ..closing() }]))).await;
    let again = due(&*store).await;
    assert_eq!((again.len(), again[0].noted), (1, Some(Score { home: 2, away: 1 })));
    note(&*store, &again[0], Some(0.4)).await;
    assert_eq!(due(&*store).await, []);
}

/// Bit for bit, beside the forecast as it was sealed.
pub async fn what_was_noted_comes_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let of = one_sealed(&*store).await;
    apply(&*store, played(&of, 2, 1)).await;
    let one = due(&*store).await.remove(0);
    let before = store.sealed_entry(one.id).await.expect("read").expect("held");
    assert_eq!((&before.forecast, &before.verification), (&sealed(of.id, 0.5, 0), &None));
    assert_eq!(before.of.as_ref().map(|of| of.home.as_str()), Some("Alpha"));
    assert_eq!(before.link.as_ref().map(|link| link.sequence), Some(1));
    for closing in [Some(1.0 / 3.0), None] {
        note(&*store, &one, closing).await;
        let after = store.sealed_entry(one.id).await.expect("read").expect("held");
        assert_eq!(after.verification, Some(verified(&one, closing)));
        assert_eq!((&after.forecast, &after.link, &after.of), (&before.forecast, &before.link, &before.of));
    }
    assert_eq!(store.sealed_entry(one.id + 1).await.expect("read"), None);
    let entries = store.ledger_entries(None, 10).await.expect("read");
    assert_eq!(entries[0].content.as_ref().map(|(_, forecast)| forecast), Ok(&before.forecast));
}

/// One change per forecast.
pub async fn notes_are_in_the_feed<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let of = one_sealed(&*store).await;
    apply(&*store, played(&of, 2, 1)).await;
    let before = store.latest().await.expect("read");
    let one = due(&*store).await.remove(0);
    note(&*store, &one, None).await;
    let page = store.after(before, 10).await.expect("read");
    assert_eq!(page.changes.iter().map(|c| c.kind).collect::<Vec<_>>(), [ChangeKind::ForecastVerified]);
    assert_eq!(page.changes[0].details["actual_result"], "home_win");
    assert!(before > FeedPosition::START);
}

async fn two_matches(store: &(impl Store + ?Sized)) -> [MatchId; 2] {
    let w = world(store).await;
    let first = stored(store, w.scheduled(0, 1, 1)).await;
    let second = stored(store, w.scheduled(2, 3, 2)).await;
    let forecasts = [
        sealed(first.id, 0.5, 0),
        sealed(second.id, 0.4, 0),
        sealed(first.id, 0.6, 10),
        sealed(first.id, 0.7, 20),
    ];
    store.seal(&forecasts, &[features()]).await.expect("sealed");
    apply(store, played(&first, 1, 0)).await;
    let all = due(store).await;
    assert_eq!(all.len(), 3);
    let noted: Vec<_> = all.iter().map(|one| (one, Some(verified(one, None)))).collect();
    store.note_verifications(&noted).await.expect("noted");
    [first.id, second.id]
}

/// Pages neither repeat nor omit, also among those sealed at one time.
pub async fn sealed_forecasts_are_paged_from_the_end<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let [first, second] = two_matches(&*store).await;
    let walk = async |filter: SealedFilter| {
        let (mut seen, mut before) = (Vec::new(), None);
        loop {
            let page = store.sealed_page(filter, before, 1).await.expect("read");
            let Some(entry) = page.first() else { return seen };
            before = Some((entry.forecast.sealed_at, entry.id));
            seen.push((entry.forecast.match_id, entry.forecast.sealed_at.timestamp() - time(0).timestamp()));
        }
    };
    assert_eq!(walk(ALL).await, [(first, 20), (first, 10), (second, 0), (first, 0)]);
    let of_match = SealedFilter { match_id: Some(second), ..ALL };
    assert_eq!(walk(of_match).await, [(second, 0)]);
    let verified = SealedFilter { verified: true, ..ALL };
    assert_eq!(walk(verified).await, [(first, 20), (first, 10), (first, 0)]);
    assert_eq!(store.sealed_page(ALL, None, 100).await.expect("read").len(), 4);
}

/// Of a match and a version of a model.
pub async fn the_last_forecast_of_a_match_counts<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let [first, _] = two_matches(&*store).await;
    let other = SealedForecast { model_version: "2".to_owned(), ..sealed(first, 0.1, 30) };
    store.seal(&[other], &[features()]).await.expect("sealed");
    note(&*store, &due(&*store).await[0], Some(0.4)).await;
    let totals = store.verified_totals().await.expect("read");
    let short: Vec<_> =
        totals.iter().map(|t| (t.model_version.as_str(), t.matches, t.correct, t.priced)).collect();
    assert_eq!(short, [("1", 1, 1, 0), ("2", 1, 0, 1)]);
    assert_eq!(totals[0].rps, (1.0 / 7.0, 1.0 / 7.0 * (1.0 / 7.0)));
    assert_eq!((totals[0].minus_closing, totals[0].log_loss.0), ((0.0, 0.0), 1.0 / 3.0));
    assert!((totals[1].minus_closing.0 - (1.0 / 7.0 - 1.0 / 9.0)).abs() < 1e-15);
}
