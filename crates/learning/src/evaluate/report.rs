//! What a [`Scoreboard`] says: levels with their standard errors, paired differences, tables by fold, year and
//! league, calibration, and errors of score forecasts. One value, so that JSON, tables and charts agree.

use super::board::{Answered, Scoreboard};
use super::market::MarketComparison;
use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use touchline_domain::{League, Outcome};
use touchline_models::metrics::{
    Binning, Comparison, Corp, CorpScore, DieboldMariano, Evaluation, GoalErrors, MeanScore, MetricError,
    ReliabilityBin, ReliabilityCurve, ScoringRule, squared_goal_errors,
};

/// Bins of the reliability curves and of the calibration error, of equal size.
const BINS: usize = 10;

/// What an evaluation found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvaluationReport {
    /// What was evaluated.
    pub name: String,
    /// Whether any match was simulated.
    pub simulated: bool,
    /// Day of the first match forecast.
    pub from: NaiveDate,
    /// Day of the last one.
    pub to: NaiveDate,
    /// Matches scored.
    pub matches: usize,
    /// One per forecaster; the first is the one that the others are compared with.
    pub forecasters: Vec<ForecasterReport>,
    /// By fold, in order of time.
    pub folds: Vec<GroupReport>,
    /// By calendar year of kick-off.
    pub years: Vec<GroupReport>,
    /// By league, the one with most matches first.
    pub leagues: Vec<GroupReport>,
    /// Against bookmakers' prices; empty where these were not asked for.
    pub market: Vec<MarketComparison>,
}

/// One forecaster over all matches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ForecasterReport {
    /// Its name.
    pub name: String,
    /// Pooled scores with standard errors.
    pub scores: Evaluation,
    /// Expected calibration error over ten bins of equal size, mean of the three outcomes.
    pub calibration_error: f64,
    /// The first forecaster compared with this one; none for the first itself.
    pub first_minus_this: Option<Versus>,
    /// Home win, draw, away win.
    pub reliability: Vec<Reliability>,
    /// Errors of its score forecasts, where it makes some.
    pub goals: Option<GoalsReport>,
}

/// Two forecasters on the same matches; negative differences mean that the first is better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Versus {
    /// Difference in RPS.
    pub rps: Comparison,
    /// Difference in log loss.
    pub log_loss: Comparison,
    /// Test of equal RPS that lets matches of neighbouring kick-offs share luck: its horizon is the mean number
    /// of matches a day.
    pub diebold_mariano: Option<DieboldMariano>,
}

/// Do events forecast with a probability happen that often?
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reliability {
    /// The event.
    pub outcome: Outcome,
    /// Mean forecast against observed share, ten bins of equal size, with counts.
    pub bins: Vec<ReliabilityBin>,
    /// Mean absolute gap of these bins.
    pub calibration_error: f64,
    /// Brier score of the event.
    pub score: f64,
    /// What perfect recalibration would take off that score (CORP).
    pub miscalibration: f64,
    /// What the forecasts know beyond the base rate (CORP).
    pub discrimination: f64,
    /// Score of the constant base rate (CORP).
    pub uncertainty: f64,
    /// Corners of the isotonic recalibration: forecast probability, recalibrated probability.
    pub recalibrated: Vec<(f64, f64)>,
}

/// Errors of score forecasts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GoalsReport {
    /// Root mean squared error and biases, in goals.
    pub errors: GoalErrors,
    /// Squared error of the first forecaster minus this one's; none for the first itself.
    pub first_minus_this: Option<Comparison>,
}

/// A part of the matches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupReport {
    /// Which part.
    pub name: String,
    /// Matches in it.
    pub matches: usize,
    /// Matches that the first forecaster learned from; for folds alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub learned_from: Option<usize>,
    /// One per forecaster, in the order of the report.
    pub forecasters: Vec<GroupScores>,
}

/// One forecaster over a part of the matches.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GroupScores {
    /// Ranked probability score.
    pub rps: MeanScore,
    /// Log loss.
    pub log_loss: MeanScore,
    /// Share of matches whose likeliest outcome happened.
    pub accuracy: MeanScore,
    /// RPS of the first forecaster minus this one's.
    pub first_minus_this: Comparison,
}

/// Scores match by match, by forecaster.
struct Points {
    rps: Vec<f64>,
    log_loss: Vec<f64>,
    accuracy: Vec<f64>,
}

impl EvaluationReport {
    /// Sums up a board; `leagues` names them, and tells whether matches were simulated.
    ///
    /// # Errors
    /// A board without matches or forecasters.
    pub fn of(
        name: &str,
        board: &Scoreboard,
        leagues: &[League],
        simulated: bool,
    ) -> Result<Self, MetricError> {
        let outcomes = board.outcomes();
        let points = board
            .answered
            .iter()
            .map(|a| {
                let score = |rule: ScoringRule| rule.score_all(&a.forecasts, &outcomes);
                Ok(Points {
                    rps: score(ScoringRule::Rps)?,
                    log_loss: score(ScoringRule::LogLoss)?,
                    accuracy: score(ScoringRule::Accuracy)?,
                })
            })
            .collect::<Result<Vec<_>, MetricError>>()?;
        let days: HashSet<NaiveDate> = board.matches.iter().map(|m| m.kickoff.date_naive()).collect();
        let (Some(from), Some(to), Some(first)) = (days.iter().min(), days.iter().max(), points.first())
        else {
            return Err(MetricError::TooFew { needed: 1 });
        };
        let a_day = outcomes.len().div_ceil(days.len());
        let forecasters = board
            .answered
            .iter()
            .zip(&points)
            .enumerate()
            .map(|(i, (answered, these))| {
                let versus = (i > 0).then(|| Versus::of(first, these, a_day)).transpose()?;
                ForecasterReport::of(answered, versus, board, &outcomes)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            name: name.to_owned(),
            simulated,
            from: *from,
            to: *to,
            matches: outcomes.len(),
            forecasters,
            folds: by_fold(board, &points)?,
            years: by_year(board, &points)?,
            leagues: by_league(board, &points, leagues)?,
            market: Vec::new(),
        })
    }

    /// Forecasters whose accuracy no honest pre-match forecast reaches, with the book that says so.
    pub fn leakage_alarms(&self) -> impl Iterator<Item = (&MarketComparison, &str)> {
        let of_book = |book: &MarketComparison| book.forecasters.iter().filter(|f| f.leakage_alarm).count();
        self.market.iter().filter(move |b| of_book(b) > 0).flat_map(|book| {
            book.forecasters.iter().filter(|f| f.leakage_alarm).map(move |f| (book, f.name.as_str()))
        })
    }
}

impl Versus {
    fn of(first: &Points, this: &Points, a_day: usize) -> Result<Self, MetricError> {
        // A test across most of the sample would say nothing.
        let horizon = a_day.min(first.rps.len() / 4).max(1);
        Ok(Self {
            rps: Comparison::of(&first.rps, &this.rps)?,
            log_loss: Comparison::of(&first.log_loss, &this.log_loss)?,
            diebold_mariano: DieboldMariano::test(&first.rps, &this.rps, horizon).ok(),
        })
    }
}

impl ForecasterReport {
    fn of(
        answered: &Answered,
        first_minus_this: Option<Versus>,
        board: &Scoreboard,
        outcomes: &[Outcome],
    ) -> Result<Self, MetricError> {
        let reliability = Outcome::ALL
            .into_iter()
            .map(|outcome| Reliability::of(outcome, answered, outcomes))
            .collect::<Result<Vec<_>, _>>()?;
        let errors = reliability.iter().map(|r| r.calibration_error);
        Ok(Self {
            name: answered.name.clone(),
            scores: Evaluation::of(&answered.forecasts, outcomes)?,
            calibration_error: errors.sum::<f64>() / Outcome::ALL.len() as f64,
            goals: goals(answered, board, first_minus_this.is_some())?,
            first_minus_this,
            reliability,
        })
    }
}

impl Reliability {
    fn of(outcome: Outcome, answered: &Answered, outcomes: &[Outcome]) -> Result<Self, MetricError> {
        let p: Vec<f64> = answered.forecasts.iter().map(|f| f.probability(outcome)).collect();
        let happened: Vec<bool> = outcomes.iter().map(|o| *o == outcome).collect();
        let curve = ReliabilityCurve::of(&p, &happened, Binning::EqualCount(BINS))?;
        let corp = Corp::of(&p, &happened, CorpScore::Brier)?;
        // Isotonic regression is constant between corners: their ends draw the whole line.
        let steps = corp.curve.chunk_by(|a, b| a.1.total_cmp(&b.1).is_eq());
        let recalibrated = steps
            .flat_map(|step| match step {
                [only] => vec![*only],
                [first, .., last] => vec![*first, *last],
                [] => Vec::new(),
            })
            .collect();
        Ok(Self {
            outcome,
            calibration_error: curve.expected_calibration_error(),
            bins: curve.bins,
            score: corp.score,
            miscalibration: corp.miscalibration,
            discrimination: corp.discrimination,
            uncertainty: corp.uncertainty,
            recalibrated,
        })
    }
}

fn goals(answered: &Answered, board: &Scoreboard, paired: bool) -> Result<Option<GoalsReport>, MetricError> {
    let Some(forecasts) = &answered.goals else { return Ok(None) };
    let scored: Vec<[u8; 2]> = board.matches.iter().map(|m| m.goals).collect();
    let first = board.answered.first().and_then(|a| a.goals.as_ref()).filter(|_| paired);
    let first_minus_this = match first {
        None => None,
        Some(first) => Some(Comparison::of(
            &squared_goal_errors(first, &scored)?,
            &squared_goal_errors(forecasts, &scored)?,
        )?),
    };
    Ok(Some(GoalsReport { errors: GoalErrors::of(forecasts, &scored)?, first_minus_this }))
}

/// Scores of the matches at some positions of the board.
fn group(name: String, positions: &[usize], points: &[Points]) -> Result<GroupReport, MetricError> {
    let pick = |values: &[f64]| positions.iter().map(|p| values[*p]).collect::<Vec<f64>>();
    let first = points.first().map(|p| pick(&p.rps)).unwrap_or_default();
    let forecasters = points
        .iter()
        .map(|p| {
            let rps = pick(&p.rps);
            Ok(GroupScores {
                log_loss: MeanScore::of(&pick(&p.log_loss))?,
                accuracy: MeanScore::of(&pick(&p.accuracy))?,
                first_minus_this: Comparison::of(&first, &rps)?,
                rps: MeanScore::of(&rps)?,
            })
        })
        .collect::<Result<_, MetricError>>()?;
    Ok(GroupReport { name, matches: positions.len(), learned_from: None, forecasters })
}

/// Positions of the board by a key, in order of the key.
fn positions_by<K: Ord>(board: &Scoreboard, key: impl Fn(usize) -> K) -> BTreeMap<K, Vec<usize>> {
    let mut groups: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for position in 0..board.matches.len() {
        groups.entry(key(position)).or_default().push(position);
    }
    groups
}

fn by_fold(board: &Scoreboard, points: &[Points]) -> Result<Vec<GroupReport>, MetricError> {
    positions_by(board, |p| board.matches[p].fold)
        .into_iter()
        .map(|(fold, positions)| {
            let (name, learned_from) = &board.folds[fold];
            let group = group(name.clone(), &positions, points)?;
            Ok(GroupReport { learned_from: Some(*learned_from), ..group })
        })
        .collect()
}

fn by_year(board: &Scoreboard, points: &[Points]) -> Result<Vec<GroupReport>, MetricError> {
    positions_by(board, |p| board.matches[p].kickoff.year())
        .into_iter()
        .map(|(year, positions)| group(year.to_string(), &positions, points))
        .collect()
}

fn by_league(
    board: &Scoreboard,
    points: &[Points],
    leagues: &[League],
) -> Result<Vec<GroupReport>, MetricError> {
    let names: HashMap<_, &League> = leagues.iter().map(|l| (l.id, l)).collect();
    let mut groups = positions_by(board, |p| board.matches[p].league)
        .into_iter()
        .map(|(id, positions)| {
            let name = names.get(&id).map_or_else(|| id.0.to_string(), |l| l.code.clone());
            group(name, &positions, points)
        })
        .collect::<Result<Vec<_>, _>>()?;
    groups.sort_by(|a, b| b.matches.cmp(&a.matches).then_with(|| a.name.cmp(&b.name)));
    Ok(groups)
}

#[cfg(test)]
mod tests;
