//! Reports that are kept: what a list says of each, and all of one.

use super::compare::StrategyResult;
use super::judge::VerdictKind;
use super::stored::BacktestReport;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::BacktestId;
use touchline_domain::ports::{BacktestEntry, BacktestReader, BacktestWriter, NewBacktest, StoreError};
use touchline_models::metrics::Interval;

/// What a list says of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BacktestSummary {
    /// First day of the matches.
    pub from: NaiveDate,
    /// Last day of the matches.
    pub to: NaiveDate,
    /// Codes of the leagues.
    pub leagues: Vec<String>,
    /// Matches that were forecast.
    pub matches: usize,
    /// Who forecast.
    pub forecaster: String,
    /// Whether matches are simulated.
    pub simulated: bool,
    /// Strategies and variants that ran.
    pub strategies: usize,
    /// Strategies that were refused.
    pub refused: usize,
    /// Variants that were tried in all, those of earlier runs too.
    pub tried: usize,
    /// The best by yield; none where no strategy made a bet.
    pub best: Option<BestStrategy>,
}

/// The best strategy of a report by yield.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BestStrategy {
    /// Its name.
    pub name: String,
    /// Its bets.
    pub bets: usize,
    /// Profit over the stakes, with an interval.
    pub yield_on_stakes: Option<Interval>,
    /// Closing-line value, with an interval.
    pub closing_line_value: Option<Interval>,
    /// How likely the best of so many without merit looks as good: White's reality check.
    pub reality_check: Option<f64>,
    /// What it is worth.
    pub verdict: VerdictKind,
    /// The same in words.
    pub words: String,
}

impl BacktestSummary {
    /// Of a report.
    pub fn of(report: &BacktestReport) -> Self {
        let ran = || report.strategies.iter().filter_map(StrategyResult::report);
        let level = |y: &Option<Interval>| y.map_or(f64::NEG_INFINITY, |y| y.estimate);
        // Where luck could not be judged, the highest yield still is the best.
        let named = report.luck.as_ref().and_then(|luck| ran().find(|s| s.name == luck.best));
        let highest = || {
            ran()
                .filter(|s| s.bets > 0)
                .max_by(|a, b| level(&a.yield_on_stakes).total_cmp(&level(&b.yield_on_stakes)))
        };
        let best = named.or_else(highest).map(|s| BestStrategy {
            name: s.name.clone(),
            bets: s.bets,
            yield_on_stakes: s.yield_on_stakes,
            closing_line_value: s.closing_line_value,
            reality_check: report.luck.as_ref().and_then(|luck| Some(luck.reality_check?.p_value)),
            verdict: s.verdict.kind,
            words: s.verdict.words.clone(),
        });
        let strategies = ran().count();
        Self {
            from: report.from,
            to: report.to,
            leagues: report.leagues.clone(),
            matches: report.matches,
            forecaster: report.forecaster.clone(),
            simulated: report.simulated,
            strategies,
            refused: report.strategies.len() - strategies,
            tried: report.luck.as_ref().map_or(report.strategies.len(), |luck| luck.tried),
            best,
        }
    }
}

/// A report in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListedBacktest {
    /// Its identifier.
    pub id: BacktestId,
    /// When it was made first.
    pub made_at: DateTime<Utc>,
    /// What it says in short.
    pub summary: BacktestSummary,
}

/// Keeps a report, without its single bets; one that says the same is kept once.
///
/// # Errors
/// The store is not available.
pub async fn keep<S: BacktestWriter + ?Sized>(
    store: &S,
    report: &BacktestReport,
    made_at: DateTime<Utc>,
) -> Result<BacktestId, StoreError> {
    let corrupt = |error: serde_json::Error| StoreError::Corrupt(format!("a backtest: {error}"));
    let summary = serde_json::to_value(BacktestSummary::of(report)).map_err(corrupt)?;
    let report = serde_json::to_value(report).map_err(corrupt)?;
    store.keep_backtest(&NewBacktest { made_at, summary, report }).await
}

/// Reports that are kept, the latest first: all, or those before one; and before which the next page begins, where there may be
/// one. A report that another version of the program wrote and this one cannot read is left out.
///
/// # Errors
/// The store is not available.
pub async fn list<S: BacktestReader + ?Sized>(
    store: &S,
    before: Option<BacktestId>,
    limit: u32,
) -> Result<(Vec<ListedBacktest>, Option<BacktestId>), StoreError> {
    let entries = store.backtests(before, limit).await?;
    let next = entries.last().map(|last| last.id).filter(|_| entries.len() == limit as usize);
    let read = |entry: BacktestEntry| match serde_json::from_value(entry.summary) {
        Ok(summary) => Some(ListedBacktest { id: entry.id, made_at: entry.made_at, summary }),
        Err(error) => {
            tracing::warn!(id = %entry.id, %error, "a kept backtest cannot be read");
            None
        }
    };
    Ok((entries.into_iter().filter_map(read).collect(), next))
}

/// One report that is kept, with the time when it was made first; none where there is none.
///
/// # Errors
/// The store is not available, or this version of the program cannot read the report.
pub async fn one<S: BacktestReader + ?Sized>(
    store: &S,
    id: BacktestId,
) -> Result<Option<(DateTime<Utc>, BacktestReport)>, StoreError> {
    let Some(kept) = store.backtest(id).await? else { return Ok(None) };
    let report = serde_json::from_value(kept.report)
        .map_err(|error| StoreError::Corrupt(format!("backtest {id}: {error}")))?;
    Ok(Some((kept.entry.made_at, report)))
}
