//! What a track is worth: yield and closing-line value with intervals, risk, where the profit came from, and a verdict.

mod parts;
mod verdict;

pub use parts::{Attribution, PartOfBets};
pub(super) use verdict::Best;
pub use verdict::{Verdict, VerdictKind};

use super::strategy::Strategy;
use super::track::{Bet, DayTotal, Refusals, Track};
use serde::{Deserialize, Serialize};
use touchline_models::metrics::{Interval, bootstrap};
use touchline_models::simulation::SimulationRng;
use touchline_models::staking::EquityPaths;

/// How tracks are judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JudgeSettings {
    /// Resamples of every interval.
    pub resamples: usize,
    /// Share of resamples inside an interval.
    pub level: f64,
    /// A bankroll that falls to this share of its start is ruined.
    pub ruin: f64,
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// How many variants were tried in all, those before this run too; at least those of this run count.
    pub tried: usize,
}

impl Default for JudgeSettings {
    fn default() -> Self {
        Self { resamples: 1000, level: 0.95, ruin: 0.1, seed: 0, tried: 0 }
    }
}

/// The bankroll after a match day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EquityPoint {
    /// Match days with bets so far.
    pub days: usize,
    /// The day, counted from 1970.
    pub day: i64,
    /// Money after the bets of the day.
    pub bankroll: f64,
    /// What the same days drawn at random would have given: 5th, 50th and 95th percentile.
    pub drawn: [f64; 3],
}

/// The scorecard of a strategy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StrategyReport {
    /// Its name.
    pub name: String,
    /// What it does.
    pub about: String,
    /// Number of bets.
    pub bets: usize,
    /// Match days with bets.
    pub days: usize,
    /// Money staked.
    pub staked: f64,
    /// Money won or lost.
    pub profit: f64,
    /// Profit over the stakes, with an interval by match days.
    pub yield_on_stakes: Option<Interval>,
    /// Closing-line value per bet, with an interval by match days.
    pub closing_line_value: Option<Interval>,
    /// Bets with a closing-line value.
    pub closing_bets: usize,
    /// Yield that the forecasts expected.
    pub expected_yield: Option<f64>,
    /// Mean of forecast probability minus the bookmaker's own without margin.
    pub edge_after_margin: Option<f64>,
    /// Mean probability that a bet had an edge at all.
    pub confidence: Option<f64>,
    /// Mean price.
    pub mean_odds: Option<f64>,
    /// Share of bets whose price has an imputed time.
    pub imputed: Option<f64>,
    /// Median and 90th percentile of the age of prices, hours.
    pub price_age_hours: Option<[f64; 2]>,
    /// Money at the start.
    pub start: f64,
    /// Money at the end.
    pub end: f64,
    /// Largest fall from a high, as a share of it.
    pub max_drawdown: f64,
    /// The same on the days drawn at random: 5th, 50th and 95th percentile.
    pub drawn_drawdown: Option<[f64; 3]>,
    /// Probability of ruin on the days drawn at random.
    pub ruin: Option<f64>,
    /// Probability that the bankroll falls to half on the days drawn at random.
    pub halving: Option<f64>,
    /// The bankroll over time.
    pub equity: Vec<EquityPoint>,
    /// Where the profit came from.
    pub attribution: Vec<Attribution>,
    /// Bets that it did not get, and prices that it passed over.
    pub refusals: Refusals,
    /// Stakes that caps and limits made smaller.
    pub cut: u64,
    /// When a stop rule ended it, seconds since 1970.
    pub stopped_at: Option<i64>,
    /// What it is worth, in words.
    pub verdict: Verdict,
}

/// Judges a track. `stream` tells strategies of one run apart: the same settings and stream give the same figures.
pub fn judge(strategy: &Strategy, track: &Track, settings: &JudgeSettings, stream: u64) -> StrategyReport {
    let mut rng = SimulationRng::new(settings.seed, stream);
    let days = &track.days;
    let ratio = |above: fn(&DayTotal) -> f64, below: fn(&DayTotal) -> f64| {
        move |days: &[DayTotal]| {
            let (a, b) = days.iter().fold((0.0, 0.0), |(a, b), d| (a + above(d), b + below(d)));
            a / b
        }
    };
    let mut interval = |statistic: &dyn Fn(&[DayTotal]) -> f64| {
        let found = bootstrap(days, statistic, settings.resamples, settings.level, &mut rng).ok();
        found.filter(|interval| interval.estimate.is_finite())
    };
    let yield_on_stakes = interval(&ratio(|d| d.profit, |d| d.staked));
    let closing_line_value = interval(&ratio(|d| d.closing_sum, |d| d.closing_bets as f64));
    let compounds = strategy.stakes.compounds();
    let per_day = |d: &DayTotal| d.profit / if compounds { d.bankroll } else { track.start };
    let profits: Vec<f64> = days.iter().map(per_day).collect();
    let paths = EquityPaths::drawn(&profits, compounds, settings.ruin, settings.resamples, &mut rng).ok();
    let bets = &track.bets;
    let staked: f64 = bets.iter().map(|b| b.stake).sum();
    let mean = |of: &dyn Fn(&Bet) -> Option<f64>| {
        let (sum, n) = bets.iter().filter_map(of).fold((0.0, 0.0), |(sum, n), x| (sum + x, n + 1.0));
        (n > 0.0).then(|| sum / n)
    };
    let expected: f64 = bets.iter().map(|b| b.stake * b.expected_value).sum();
    let verdict = verdict::of(track, yield_on_stakes.as_ref(), closing_line_value.as_ref());
    StrategyReport {
        name: strategy.name.clone(),
        about: strategy.about.clone(),
        bets: bets.len(),
        days: days.len(),
        staked,
        profit: bets.iter().map(|b| b.profit).sum(),
        yield_on_stakes,
        closing_line_value,
        closing_bets: bets.iter().filter(|b| b.closing_line_value.is_some()).count(),
        expected_yield: (staked > 0.0).then(|| expected / staked),
        edge_after_margin: mean(&|b| b.edge_after_margin),
        confidence: mean(&|b| b.confidence),
        mean_odds: mean(&|b| Some(b.odds)),
        imputed: mean(&|b| Some(f64::from(u8::from(b.imputed)))),
        price_age_hours: price_ages(bets),
        start: track.start,
        end: track.end,
        max_drawdown: track.max_drawdown,
        drawn_drawdown: paths.as_ref().map(|p| p.drawdown),
        ruin: paths.as_ref().map(|p| p.ruined),
        halving: paths.as_ref().map(|p| p.halved),
        equity: paths.as_ref().map_or_else(Vec::new, |paths| equity(track, paths)),
        attribution: parts::attribution(bets),
        refusals: track.refusals,
        cut: track.cut,
        stopped_at: track.stopped_at,
        verdict,
    }
}

fn price_ages(bets: &[Bet]) -> Option<[f64; 2]> {
    let mut ages: Vec<f64> = bets.iter().map(|b| b.price_age as f64 / 3600.0).collect();
    ages.sort_by(f64::total_cmp);
    let last = ages.len().checked_sub(1)?;
    Some([0.5, 0.9].map(|q| ages[(q * last as f64).round() as usize]))
}

/// The bankroll at the match days that the bands name.
fn equity(track: &Track, paths: &EquityPaths) -> Vec<EquityPoint> {
    let mut bankrolls = Vec::with_capacity(track.days.len());
    let mut bankroll = track.start;
    for day in &track.days {
        bankroll += day.profit;
        bankrolls.push((day.day, bankroll));
    }
    let point = |(days, drawn): &(usize, [f64; 3])| {
        let (day, bankroll) = bankrolls[days - 1];
        EquityPoint { days: *days, day, bankroll, drawn: drawn.map(|share| share * track.start) }
    };
    paths.bands.iter().map(point).collect()
}
