//! Several strategies on one book, and how good the best of them would look by luck.

use super::book::Book;
use super::engine::run;
use super::judge::{Best, JudgeSettings, StrategyReport, judge};
use super::strategy::Strategy;
use super::track::Track;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use touchline_domain::{Progress, Stopped};
use touchline_models::metrics::{DeflatedSharpe, RealityCheck, sharpe_ratio};
use touchline_models::simulation::SimulationRng;

/// Mean length of the blocks of match days that are resampled together.
const BLOCK: f64 = 3.0;
/// The stream of what is drawn for all strategies together; those of strategies count from 0.
const STREAM: u64 = u64::MAX;

/// What came of one strategy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrategyResult {
    /// It ran.
    Ran(Box<StrategyReport>),
    /// It would have cheated, or could not be run.
    Refused {
        /// Its name.
        name: String,
        /// Why, and what to do.
        reason: String,
    },
}

impl StrategyResult {
    /// The report, where the strategy ran.
    pub fn report(&self) -> Option<&StrategyReport> {
        match self {
            Self::Ran(report) => Some(report),
            Self::Refused { .. } => None,
        }
    }
}

/// How good the best would look by luck.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Luck {
    /// How many variants were tried, those before this run too.
    pub tried: usize,
    /// The strategy with the highest yield.
    pub best: String,
    /// White's reality check and Hansen's test over the strategies of this run; none for a single one.
    pub reality_check: Option<RealityCheck>,
    /// The Sharpe ratio of the best by match day, deflated for all that were tried.
    pub deflated: DeflatedSharpe,
}

/// Strategies on one book.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// One per strategy, in order.
    pub results: Vec<StrategyResult>,
    /// The bets of each strategy that ran, in the same order.
    pub tracks: Vec<Option<Track>>,
    /// None where no strategy made a bet.
    pub luck: Option<Luck>,
}

/// Runs and judges strategies beside each other. The result does not depend on how many threads there are.
///
/// # Errors
/// [`Stopped`].
pub fn compare(
    book: &Book,
    strategies: &[Strategy],
    settings: &JudgeSettings,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Comparison, Stopped> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new((0, vec![None; strategies.len()]));
    progress.begin("strategies", strategies.len() as u64);
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, strategies.len().max(1)) {
            scope.spawn(|| {
                while !progress.stop_requested() {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(strategy) = strategies.get(at) else { return };
                    let result = one(book, strategy, settings, at as u64);
                    let mut held = done.lock().unwrap_or_else(PoisonError::into_inner);
                    held.0 += 1;
                    held.1[at] = Some(result);
                    progress.done(held.0);
                }
            });
        }
    });
    progress.end();
    progress.check()?;
    let (_, done) = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (mut results, tracks): (Vec<_>, Vec<_>) = done.into_iter().flatten().unzip();
    let luck = luck(book, &results, &tracks, settings).map(|(luck, deflated)| {
        let reports = results.iter_mut().filter_map(|result| match result {
            StrategyResult::Ran(report) => Some(report),
            StrategyResult::Refused { .. } => None,
        });
        // Each is deflated by its own profits: the ratio of the best says nothing about the others.
        for (report, own) in reports.zip(&deflated) {
            let verdict = report.verdict.clone();
            let best = if report.name == luck.best { Best::This } else { Best::Other(&luck.best) };
            report.verdict = verdict.among_many(luck.reality_check.as_ref(), Some(own), best);
        }
        luck
    });
    Ok(Comparison { results, tracks, luck })
}

fn one(
    book: &Book,
    strategy: &Strategy,
    settings: &JudgeSettings,
    stream: u64,
) -> (StrategyResult, Option<Track>) {
    match run(book, strategy) {
        Ok(track) => {
            let report = judge(strategy, &track, settings, stream);
            (StrategyResult::Ran(Box::new(report)), Some(track))
        }
        Err(refused) => {
            let (name, reason) = (strategy.name.clone(), refused.to_string());
            (StrategyResult::Refused { name, reason }, None)
        }
    }
}

/// How good the best looks by luck, and the deflated Sharpe ratio of every strategy that ran, in order.
fn luck(
    book: &Book,
    results: &[StrategyResult],
    tracks: &[Option<Track>],
    settings: &JudgeSettings,
) -> Option<(Luck, Vec<DeflatedSharpe>)> {
    let mut days: Vec<i64> = book.matches.iter().map(super::book::BookMatch::day).collect();
    days.dedup();
    let with_bets = || results.iter().zip(tracks).filter_map(|(r, t)| Some((r.report()?, t.as_ref()?)));
    let performances: Vec<Vec<f64>> = with_bets().map(|(_, track)| performance(track, &days)).collect();
    let ratios: Vec<f64> = performances.iter().map(|p| sharpe_ratio(p)).collect::<Result<_, _>>().ok()?;
    let mean = |n: usize| performances[n].iter().sum::<f64>();
    let best = (0..performances.len()).max_by(|a, b| mean(*a).total_cmp(&mean(*b)).then(b.cmp(a)))?;
    let (report, _) = with_bets().nth(best)?;
    // Strategies that were refused were tried too.
    let tried = settings.tried.max(results.len());
    let deflated: Vec<DeflatedSharpe> =
        performances.iter().map(|p| DeflatedSharpe::of(p, &ratios, tried)).collect::<Result<_, _>>().ok()?;
    let reality_check = if performances.len() > 1 {
        let mut rng = SimulationRng::new(settings.seed, STREAM);
        RealityCheck::of(&performances, settings.resamples, BLOCK, &mut rng).ok()
    } else {
        None
    };
    let luck = Luck { tried, best: report.name.clone(), reality_check, deflated: deflated[best] };
    Some((luck, deflated))
}

/// Profit by match day in units of the mean stake of a day, so that its mean is the yield.
fn performance(track: &Track, days: &[i64]) -> Vec<f64> {
    let staked: f64 = track.days.iter().map(|d| d.staked).sum();
    let unit = staked / days.len() as f64;
    let mut performance = vec![0.0; days.len()];
    if unit > 0.0 {
        for total in &track.days {
            if let Ok(at) = days.binary_search(&total.day) {
                performance[at] = total.profit / unit;
            }
        }
    }
    performance
}
