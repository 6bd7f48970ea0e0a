//! A backtest of what a store holds: facts are read, matches are forecast walk-forward beside the executor, prices are read, and
//! the strategies run.

mod forecasts;

pub use forecasts::ForecasterChoice;

use super::book::{Book, ForecastError, LateForecast, PricedMatch};
use super::compare::{Comparison, Luck, StrategyResult, compare};
use super::judge::JudgeSettings;
use super::strategy::Strategy;
use super::track::Track;
use crate::dataset::{FactReader, Facts};
use crate::model::{ModelError, Recipe};
use crate::off_executor::off_executor;
use chrono::NaiveDate;
use forecasts::{Forecasts, forecast_before};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use thiserror::Error;
use touchline_domain::ports::{StoreError, StoredQuote};
use touchline_domain::{LeagueId, MatchId, OddsQuote, Progress, Score, Stopped};
use touchline_features::{History, MarketView, MatrixError, Seconds};

const DAY: Seconds = 86_400;

/// What to backtest.
#[derive(Debug, Clone)]
pub struct BacktestRequest {
    /// Folder of the product's files.
    pub data_dir: PathBuf,
    /// Recipe of the model that learns, where it is the one that forecasts.
    pub recipe: Recipe,
    /// Who forecasts.
    pub forecaster: ForecasterChoice,
    /// First day of the matches.
    pub from: NaiveDate,
    /// Last day of the matches.
    pub to: NaiveDate,
    /// Codes of leagues; none takes all.
    pub leagues: Vec<String>,
    /// Days after which the forecaster is fitted anew.
    pub refit_days: u16,
    /// The strategies.
    pub strategies: Vec<Strategy>,
    /// How they are judged.
    pub judge: JudgeSettings,
    /// Threads.
    pub threads: usize,
}

/// Why a backtest ended without a report.
#[derive(Debug, Error)]
pub enum BacktestError {
    /// The period ends before it begins.
    #[error("the first day {from} lies after the last day {to}; exchange --from and --to")]
    Reversed {
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
    },
    /// A league that the store does not hold.
    #[error("the store holds no league {code}; it holds {held}")]
    UnknownLeague {
        /// What was asked for.
        code: String,
        /// What there is.
        held: String,
    },
    /// A forecaster that learns from closing prices cannot forecast before they are known.
    #[error(
        "a model that sees closing prices cannot forecast before they are known; take --odds pre-match, earlier or none"
    )]
    ClosingView,
    /// Nothing to bet on.
    #[error(
        "there is no finished match of these leagues in these days; `touchline doctor` shows what the store holds"
    )]
    NoMatches,
    /// No prices.
    #[error("the store holds no prices of these matches; football-data.co.uk files bring some")]
    NoPrices,
    /// A forecast knows too much.
    #[error(transparent)]
    Late(#[from] LateForecast),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The features could not be kept.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
    /// A training failed.
    #[error(transparent)]
    Model(ModelError),
    /// It was asked to stop.
    #[error("{0}")]
    Stopped(#[from] Stopped),
}

impl From<ModelError> for BacktestError {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::Stopped(stopped) => Self::Stopped(stopped),
            error => Self::Model(error),
        }
    }
}

/// A backtest of some strategies.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BacktestReport {
    /// First day of the matches.
    pub from: NaiveDate,
    /// Last day of the matches.
    pub to: NaiveDate,
    /// Codes of the leagues with matches.
    pub leagues: Vec<String>,
    /// Finished matches that were forecast.
    pub matches: usize,
    /// Those with prices of a bookmaker that takes bets.
    pub priced: usize,
    /// Who forecast.
    pub forecaster: String,
    /// Days after which it was fitted anew.
    pub refit_days: u16,
    /// Forecasts know nothing that happened later than so many minutes before kick-off.
    pub forecast_lead_minutes: i64,
    /// How far forecasts lie from closing lines.
    pub forecast_error: Option<ForecastError>,
    /// Whether matches are simulated.
    pub simulated: bool,
    /// One per strategy.
    pub strategies: Vec<StrategyResult>,
    /// How good the best would look by luck.
    pub luck: Option<Luck>,
    /// The bets of each strategy that ran.
    #[serde(skip)]
    pub tracks: Vec<Option<Track>>,
}

/// Runs strategies on a store's matches.
///
/// # Errors
/// [`BacktestError`].
pub async fn backtest<S: FactReader + ?Sized>(
    store: &S,
    request: BacktestRequest,
    progress: Arc<dyn Progress>,
) -> Result<BacktestReport, BacktestError> {
    let BacktestRequest { from, to, .. } = request;
    if from > to {
        return Err(BacktestError::Reversed { from, to });
    }
    if request.recipe.market == MarketView::Closing {
        return Err(BacktestError::ClosingView);
    }
    let facts = Facts::load_seen(store, request.recipe.view()).await?;
    let leagues = leagues(&facts, &request.leagues)?;
    let simulated = facts.simulated();
    let (forecasts, facts, request, history) = {
        let progress = progress.clone();
        off_executor(move || {
            let history = facts.history(&[]);
            let lead = forecast_lead(&request.strategies);
            let forecasts = forecast_before(&history, &request, &leagues, lead, progress.as_ref())?;
            Ok::<_, BacktestError>((forecasts, facts, request, history))
        })
        .await?
    };
    let ids: HashSet<MatchId> = forecasts.positions.iter().map(|p| history.ids()[*p as usize]).collect();
    progress.begin("prices", 0);
    let quotes = store.odds_of(&facts.seasons_of(&ids)).await?;
    progress.end();
    off_executor(move || {
        let codes: HashMap<LeagueId, Arc<str>> =
            facts.leagues.iter().map(|l| (l.id, Arc::from(l.details.code.as_str()))).collect();
        let lead = forecasts.lead;
        let matches = priced(forecasts, &history, &codes, quotes, &ids)?;
        let book = Book::new(matches);
        if book.priced() == 0 {
            return Err(BacktestError::NoPrices);
        }
        let Comparison { results, tracks, luck } =
            compare(&book, &request.strategies, &request.judge, request.threads, progress.as_ref())?;
        let mut leagues: Vec<String> = book.leagues.iter().map(ToString::to_string).collect();
        leagues.sort_unstable();
        Ok(BacktestReport {
            from,
            to,
            leagues,
            matches: book.len(),
            priced: book.priced(),
            forecaster: request.forecaster.name().to_owned(),
            refit_days: request.refit_days,
            forecast_lead_minutes: lead / 60,
            forecast_error: book.forecast_error(),
            simulated,
            strategies: results,
            luck,
            tracks,
        })
    })
    .await
}

/// Seconds before kick-off after which forecasts know nothing: no later than any strategy decides. A slip is decided before the
/// first match of its day, at most a day before the others.
fn forecast_lead(strategies: &[Strategy]) -> Seconds {
    let lead = |s: &Strategy| s.prices.lead + if s.by_slip() { DAY } else { 0 };
    // Even who decides at kick-off forecasts before it.
    strategies.iter().map(lead).max().unwrap_or(0).max(60)
}

fn leagues(facts: &Facts, wanted: &[String]) -> Result<HashSet<LeagueId>, BacktestError> {
    if wanted.is_empty() {
        return Ok(facts.leagues.iter().map(|l| l.id).collect());
    }
    let of = |code: &String| {
        let found = facts.leagues.iter().find(|l| l.details.code == *code);
        found.map(|l| l.id).ok_or_else(|| {
            let mut held: Vec<&str> = facts.leagues.iter().map(|l| l.details.code.as_str()).collect();
            held.sort_unstable();
            let rest = held.len().saturating_sub(40);
            held.truncate(40);
            let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
            let held = if held.is_empty() { "none".to_owned() } else { held.join(", ") + &more };
            BacktestError::UnknownLeague { code: code.clone(), held }
        })
    };
    wanted.iter().map(of).collect()
}

fn priced(
    forecasts: Forecasts,
    history: &History,
    codes: &HashMap<LeagueId, Arc<str>>,
    quotes: Vec<StoredQuote>,
    ids: &HashSet<MatchId>,
) -> Result<Vec<PricedMatch>, LateForecast> {
    let mut by_match: HashMap<MatchId, Vec<OddsQuote>> = HashMap::with_capacity(ids.len());
    for StoredQuote { match_id, quote } in quotes {
        if ids.contains(&match_id) {
            by_match.entry(match_id).or_default().push(quote);
        }
    }
    let mut matches = Vec::with_capacity(forecasts.positions.len());
    for (position, grid) in forecasts.positions.into_iter().zip(forecasts.grids) {
        let at = position as usize;
        let (Some(grid), Some([home, away])) = (grid, history.goals(at)) else { continue };
        let (id, kickoff) = (history.ids()[at], history.kickoffs()[at]);
        let league = history.leagues()[history.fixtures()[at].league as usize];
        matches.push(PricedMatch {
            id,
            league: codes.get(&league).cloned().unwrap_or_else(|| Arc::from("")),
            kickoff,
            settled_at: history.known_at(at),
            score: Score { home, away },
            forecast: super::PointInTimeForecast::new(grid, kickoff - forecasts.lead, id, kickoff)?,
            quotes: by_match.remove(&id).unwrap_or_default(),
        });
    }
    Ok(matches)
}
