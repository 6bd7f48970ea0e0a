//! What came of sealed forecasts: once a match is over, each forecast that was sealed for it is scored, beside the closing
//! prices where some are held, and the scores are noted beside the entry of the ledger. Nothing of the entry changes.
//!
//! Verifying again notes nothing new, unless a result was corrected or a closing price came later. [`verify_new`] looks at
//! matches that changed since its last run alone, which the feed of changes names; [`verify`] looks at all that was sealed.

use serde::Serialize;
use std::collections::BTreeSet;
use thiserror::Error;
use touchline_domain::ports::{
    ChangeFeed, ChangeFeedWriter, ClosingLine, DueVerification, ForecastScores, ForecastVerification,
    MatchReader, StoreError, VerificationReader, VerificationWriter, VerifiedTotals,
};
use touchline_domain::{
    Change, ChangeKind, ChangeScope, Clock, DecimalOdds, FeedPosition, Forecast, LeagueId, MarketType,
    MatchId, OddsPhase, OddsQuote, Outcome, Progress, Season, Stopped,
};
use touchline_models::metrics::ScoringRule;
use touchline_models::odds::DeVig;

/// Forecasts that are noted in one transaction.
const PAGE: u32 = 500;
/// Matches that are looked at together.
const MATCHES: usize = 200;
/// Changes read at a time.
const CHANGES: u32 = 1_000;
/// Among the readers of the feed of changes.
const READER: &str = "verification";
/// Bookmakers whose closing price counts before that of others, the first that is held: Pinnacle, whose prices close
/// sharpest, and the average over the market.
const PREFERRED: [&str; 3] = ["PS", "Avg", "BbAv"];
/// The best price of many bookmakers is no line: its margin is nobody's.
const BEST_OF_MANY: [&str; 2] = ["Max", "BbMx"];

/// What verifying asks of a store.
pub trait VerifyStore: VerificationReader + VerificationWriter + MatchReader {}

impl<T: VerificationReader + VerificationWriter + MatchReader + ?Sized> VerifyStore for T {}

/// What following the feed asks of a store beside that.
pub trait FollowStore: VerifyStore + ChangeFeed + ChangeFeedWriter {}

impl<T: VerifyStore + ChangeFeed + ChangeFeedWriter + ?Sized> FollowStore for T {}

/// Why verifying was not brought to its end; what was noted until then stays.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The work was asked to stop.
    #[error("{0}")]
    Stopped(#[from] Stopped),
}

/// What verifying has noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct VerifyReport {
    /// Forecasts of which nothing was noted before.
    pub verified: u64,
    /// Forecasts whose result was corrected, or whose closing price came later.
    pub repeated: u64,
    /// Forecasts of matches that are not finished any longer, or had begun when the forecast was sealed.
    pub taken_back: u64,
    /// Matches that were looked at because they changed; none where all that was sealed was looked at.
    pub matches: Option<u64>,
}

/// Notes what came of all sealed forecasts whose match is over.
///
/// # Errors
/// The store is not available, or the work is asked to stop.
pub async fn verify<S: VerifyStore + ?Sized>(
    store: &S,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<VerifyReport, VerifyError> {
    let (mut report, mut after, mut seen) = (VerifyReport::default(), 0, 0);
    progress.begin("forecasts", 0);
    loop {
        progress.check()?;
        let page = store.due_verifications(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        seen += page.len() as u64;
        note(store, &page, clock, &mut report).await?;
        progress.done(seen);
    }
    progress.end();
    Ok(report)
}

/// The same of matches that changed since the last run: whose result, kick-off or prices are others, or that became part of
/// another one. The first run, and one that comes when changes since were removed, looks at all that was sealed. Several at a
/// time do each other's work again, which notes nothing new.
///
/// # Errors
/// As [`verify`]; then the next run begins where this one did.
pub async fn verify_new<S: FollowStore + ?Sized>(
    store: &S,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<VerifyReport, VerifyError> {
    let read = store.reader_position(READER).await?;
    // Before anything else is read: what comes later is looked at once too often, and never missed.
    let latest = store.latest().await?;
    let changed = match read.filter(|read| *read <= latest) {
        Some(read) => changed_between(store, read, latest).await?,
        None => None,
    };
    let report = match changed {
        Some(matches) => verify_matches(store, &Vec::from_iter(matches), clock, progress).await?,
        None => verify(store, clock, progress).await?,
    };
    let from = match read {
        // An older copy of the store took its place: the reader begins anew.
        Some(read) if read > latest => {
            store.forget_reader(READER).await?;
            None
        }
        read => read,
    };
    if from != Some(latest) {
        // Where another run was faster, it stands where that one has read.
        store.advance(READER, from, latest).await?;
    }
    Ok(report)
}

async fn verify_matches<S: VerifyStore + ?Sized>(
    store: &S,
    matches: &[MatchId],
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<VerifyReport, VerifyError> {
    let mut report = VerifyReport { matches: Some(matches.len() as u64), ..VerifyReport::default() };
    progress.begin("matches", matches.len() as u64);
    for (n, some) in matches.chunks(MATCHES).enumerate() {
        progress.check()?;
        let due = store.due_verifications_of(some).await?;
        for page in due.chunks(PAGE as usize) {
            note(store, page, clock, &mut report).await?;
        }
        progress.done((n * MATCHES + some.len()) as u64);
    }
    progress.end();
    Ok(report)
}

/// The matches that changed between two places of the feed in a way that what came of a forecast may be another; none where
/// that may be any.
async fn changed_between<S: MatchReader + ChangeFeed + ?Sized>(
    store: &S,
    mut read: FeedPosition,
    latest: FeedPosition,
) -> Result<Option<BTreeSet<MatchId>>, StoreError> {
    let (mut matches, mut seasons) = (BTreeSet::new(), BTreeSet::<(LeagueId, Season)>::new());
    while read < latest {
        let page = store.after(read, CHANGES).await?;
        let Some(last) = page.changes.last().filter(|_| !page.has_gap) else { return Ok(None) };
        read = last.position;
        for Change { kind, scope, .. } in page.changes {
            if !matters(kind) {
                continue;
            }
            match scope {
                ChangeScope::Match(id) => drop(matches.insert(id)),
                ChangeScope::Season(league, season) => drop(seasons.insert((league, season))),
                ChangeScope::Subject(_) => return Ok(None),
            }
        }
    }
    if !seasons.is_empty() {
        let of_seasons = store.matches_of(&Vec::from_iter(seasons)).await?;
        matches.extend(of_seasons.into_iter().map(|m| m.id));
    }
    Ok(Some(matches))
}

/// Whether a change of a match can alter what came of its forecasts.
fn matters(kind: ChangeKind) -> bool {
    match kind {
        // Kick-off, status, result, closing prices.
        ChangeKind::MatchChanged
        | ChangeKind::Result
        | ChangeKind::Odds
        | ChangeKind::NamesMerged
        | ChangeKind::Corrected => true,
        // Nothing was sealed of a match before it was held, and it is to come when something is.
        ChangeKind::MatchAdded
        | ChangeKind::ForecastSealed
        | ChangeKind::ForecastVerified
        | ChangeKind::Lineup
        | ChangeKind::Injury
        | ChangeKind::Statistics
        | ChangeKind::Events
        | ChangeKind::InPlayOdds
        | ChangeKind::Weather
        | ChangeKind::News
        | ChangeKind::Ratings
        | ChangeKind::ModelRegistered
        | ChangeKind::ModelActivated
        | ChangeKind::ExperimentChanged
        | ChangeKind::AliasConfirmed => false,
    }
}

/// Notes what came of some forecasts that are due.
async fn note<S: VerifyStore + ?Sized>(
    store: &S,
    page: &[DueVerification],
    clock: &dyn Clock,
    report: &mut VerifyReport,
) -> Result<(), StoreError> {
    let mut noted = Vec::with_capacity(page.len());
    for due in page {
        let verification = verification_of(store, due, clock).await?;
        match (&verification, due.noted) {
            (Some(_), None) => report.verified += 1,
            // A price that is held but makes no probabilities.
            (Some(v), Some(noted)) if v.score == noted && v.closing.is_none() => continue,
            (Some(_), Some(_)) => report.repeated += 1,
            (None, _) => report.taken_back += 1,
        }
        noted.push((due, verification));
    }
    if !noted.is_empty() {
        store.note_verifications(&noted).await?;
    }
    Ok(())
}

async fn verification_of<S: VerifyStore + ?Sized>(
    store: &S,
    due: &DueVerification,
    clock: &dyn Clock,
) -> Result<Option<ForecastVerification>, StoreError> {
    let Some(score) = due.score else { return Ok(None) };
    let line = match &due.closing {
        Some(line) => Some(line.clone()),
        None => closing_line(&store.odds_of_match(due.match_id).await?),
    };
    let actual = Outcome::of(score);
    let closing = line.map(|line| {
        let score = |rule: ScoringRule| rule.score(&line.forecast, actual);
        let (rps, log_loss) = (score(ScoringRule::Rps), score(ScoringRule::LogLoss));
        (line, rps, log_loss)
    });
    Ok(Some(ForecastVerification {
        score,
        is_correct: due.forecast.most_likely() == actual,
        scores: scores(&due.forecast, actual),
        closing,
        verified_at: clock.now(),
    }))
}

/// All scores of a forecast.
fn scores(forecast: &Forecast, actual: Outcome) -> ForecastScores {
    let score = |rule: ScoringRule| rule.score(forecast, actual);
    ForecastScores {
        rps: score(ScoringRule::Rps),
        log_loss: score(ScoringRule::LogLoss),
        brier: score(ScoringRule::Brier),
        ignorance: score(ScoringRule::Ignorance),
    }
}

/// The closing line among quotes: of the preferred bookmakers, else of the first by name; of two of one bookmaker, the
/// one known last.
fn closing_line(quotes: &[OddsQuote]) -> Option<ClosingLine> {
    let rank = |bookmaker: &str| PREFERRED.iter().position(|b| *b == bookmaker).unwrap_or(PREFERRED.len());
    let closing = quotes.iter().filter(|q| {
        q.market == MarketType::OneXTwo
            && q.phase == OddsPhase::Closing
            && !q.is_suspicious()
            && !BEST_OF_MANY.contains(&&*q.bookmaker)
    });
    let mut lines: Vec<_> = closing.filter_map(|q| Some((q, fair(q)?))).collect();
    lines.sort_by(|(a, _), (b, _)| {
        let key = |q: &OddsQuote| (rank(&q.bookmaker), q.bookmaker.clone());
        key(a).cmp(&key(b)).then(b.known_at.cmp(&a.known_at))
    });
    let (quote, forecast) = lines.into_iter().next()?;
    Some(ClosingLine { bookmaker: quote.bookmaker.to_string(), forecast })
}

/// Probabilities behind complete prices, the margin taken out by Shin's method; in proportion where there is none.
fn fair(quote: &OddsQuote) -> Option<Forecast> {
    let [Some(home), Some(draw), Some(away)] = quote.prices.map(|p| p.map(DecimalOdds::value)) else {
        return None;
    };
    let odds = [home, draw, away];
    DeVig::Shin.forecast(odds).or_else(|_| DeVig::Multiplicative.forecast(odds)).ok()
}

/// A mean with its standard error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Mean {
    /// The mean.
    pub value: f64,
    /// Its standard error; none for fewer than two matches.
    pub standard_error: Option<f64>,
}

impl Mean {
    /// Of a sum and a sum of squares over `n` matches; none without a match.
    fn of((sum, squares): (f64, f64), n: u64) -> Option<Self> {
        if n == 0 {
            return None;
        }
        let count = n as f64;
        let value = sum / count;
        let variance = |rest: f64| (squares - sum * value).max(0.0) / rest / count;
        Some(Self { value, standard_error: (n > 1).then(|| variance(count - 1.0).sqrt()) })
    }
}

/// How one version of a model has done: of each match the forecast sealed last counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelRecord {
    /// Name of the model.
    pub model_name: String,
    /// Its version.
    pub model_version: String,
    /// Verified matches.
    pub matches: u64,
    /// Of these, those whose likeliest outcome happened.
    pub correct: u64,
    /// Share of these.
    pub accuracy: Mean,
    /// Ranked probability score.
    pub rps: Mean,
    /// Log loss.
    pub log_loss: Mean,
    /// Matches with a closing line.
    pub priced: u64,
    /// On these, the ranked probability score minus that of the closing line; below 0 where the model was better.
    pub minus_closing: Option<Mean>,
}

/// How each version of a model has done, by name and version.
///
/// # Errors
/// The store is not available.
pub async fn records<S: VerificationReader + ?Sized>(store: &S) -> Result<Vec<ModelRecord>, StoreError> {
    Ok(store.verified_totals().await?.into_iter().filter_map(record).collect())
}

fn record(totals: VerifiedTotals) -> Option<ModelRecord> {
    let n = totals.matches;
    let correct = totals.correct as f64;
    Some(ModelRecord {
        accuracy: Mean::of((correct, correct), n)?,
        rps: Mean::of(totals.rps, n)?,
        log_loss: Mean::of(totals.log_loss, n)?,
        minus_closing: Mean::of(totals.minus_closing, totals.priced),
        model_name: totals.model_name,
        model_version: totals.model_version,
        matches: n,
        correct: totals.correct,
        priced: totals.priced,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Duration};

    fn quote(bookmaker: &str, home: f64, hours: i64) -> OddsQuote {
        OddsQuote {
            bookmaker: bookmaker.into(),
            market: MarketType::OneXTwo,
            line_quarters: None,
            prices: [home, 3.4, 4.0].map(|o| DecimalOdds::new(o).ok()),
            phase: OddsPhase::Closing,
            known_at: DateTime::UNIX_EPOCH + Duration::hours(hours),
            known_at_imputed: false,
        }
    }

    #[test]
    fn the_sharpest_line_counts_and_of_one_bookmaker_the_last() {
        let all = [quote("B365", 2.0, 0), quote("Max", 2.2, 0), quote("PS", 2.1, 1), quote("PS", 1.9, 2)];
        let line = closing_line(&all).unwrap();
        assert_eq!(line.bookmaker, "PS");
        assert_eq!(Some(line.forecast), fair(&all[3]));
        assert_eq!(closing_line(&all[..2]).unwrap().bookmaker, "B365");
        assert_eq!(closing_line(&all[1..2]), None);
        let early = OddsQuote { phase: OddsPhase::PreMatch, ..quote("PS", 2.0, 0) };
        assert_eq!(closing_line(&[early]), None);
    }

    #[test]
    fn means_are_those_of_the_sample() {
        // 1, 2 and 6: mean 3, sample variance 7.
        let mean = Mean::of((9.0, 41.0), 3).unwrap();
        assert!((mean.value - 3.0).abs() < 1e-12);
        assert!((mean.standard_error.unwrap() - (7.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!(Mean::of((0.2, 0.04), 1), Some(Mean { value: 0.2, standard_error: None }));
        assert_eq!(Mean::of((0.0, 0.0), 0), None);
    }
}
