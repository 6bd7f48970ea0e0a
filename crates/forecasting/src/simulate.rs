//! The rest of a season, played out many times: chances of every final position, of title, promotion and relegation, and
//! what one result would change.
//!
//! Every match to come has the forecast of a model as of one time. Matches of one team are not independent: how strong it
//! really is remains uncertain, so seasons are played under many draws of all strengths ([`strengths`]), which leave the mean
//! of every forecast where it was. Tie-breaks and places are those of the competition ([`places`]); deductions, splits and
//! play-offs those that the store holds.

mod calendar;
mod kept;
mod places;
mod play;
mod play_offs;
mod report;
mod strengths;

pub use kept::{Chance, keep, kept};
pub use places::{Competition, Place};
pub use report::{MatchImpact, OutcomeImpact, PointsNeeded, SimulationReport, TeamChances};

use calendar::Calendar;
use chrono::{DateTime, Utc};
use play::Work;
use std::collections::HashMap;
use std::sync::Arc;
use thiserror::Error;
use touchline_domain::ports::{StoreError, TeamReader};
use touchline_domain::{CompetitionKind, MatchId, Outcome, Progress, Season, Stopped};
use touchline_features::View;
use touchline_learning::dataset::{FactReader, Facts};
use touchline_learning::model::ModelError;
use touchline_learning::predictor::Predictor;
use touchline_models::simulation::SimulationError;

/// What a simulation asks of a store.
pub trait SimulationStore: FactReader + TeamReader {}

impl<T: FactReader + TeamReader + ?Sized> SimulationStore for T {}

/// Why a season was not simulated.
#[derive(Debug, Error)]
pub enum SimulateError {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The model could not be applied.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The season cannot be played.
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    /// The work was asked to stop.
    #[error("{0}")]
    Stopped(#[from] Stopped),
    /// There is no such league.
    #[error("no league has the code {code:?}{}", if .known.is_empty() { "; the store holds none".to_owned() } else { format!("; the store holds {}", .known.join(", ")) })]
    League {
        /// What was asked for.
        code: String,
        /// Codes that there are.
        known: Vec<String>,
    },
    /// A competition without a table.
    #[error("{0} is a {1}, which has no table to simulate")]
    NoTable(String, &'static str),
    /// The league has no matches in the season.
    #[error("{league} has no matches of {season}{}", .latest.map_or(String::new(), |s| format!("; its latest season is {s}")))]
    Season {
        /// The league.
        league: String,
        /// What was asked for.
        season: String,
        /// The latest season that there is.
        latest: Option<Season>,
    },
    /// A result is supposed of a match that is over, or of another season.
    #[error("match {0} is not one that is still to come in this season")]
    NotToCome(MatchId),
    /// The computation broke off; what went wrong is in the log.
    #[error("the season could not be simulated; the log says what went wrong")]
    Failed,
}

/// What to simulate, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulationRequest {
    /// Code of the league.
    pub league: String,
    /// The season; none: the league's latest.
    pub season: Option<Season>,
    /// Results known after this time are not used, and their matches count as still to come.
    pub as_of: DateTime<Utc>,
    /// Seasons to play.
    pub runs: u64,
    /// Draws of the strengths under which they are played; 0 takes the strengths for certain.
    pub draws: u32,
    /// Seed of everything random.
    pub seed: u64,
    /// Threads to use.
    pub threads: usize,
    /// Results to suppose.
    pub suppose: Vec<(MatchId, Outcome)>,
    /// For how many of the next matches to show what each outcome would change.
    pub impact: usize,
    /// Places to show beside those of the competition, or instead of them under the same name.
    pub places: Vec<Place>,
    /// Whether pairings of a double round robin that the store does not hold are added although the season before
    /// was not one.
    pub complete: bool,
}

/// Draws of the strengths that are played under by default.
pub const DEFAULT_DRAWS: u32 = 100;
/// The most matches whose outcomes are compared.
pub const MOST_IMPACT: usize = 50;

/// Simulates the rest of a season from forecasts of a model, which sees of a match what its view says.
///
/// # Errors
/// [`SimulateError`], which says what is missing.
pub async fn simulate<S: SimulationStore + ?Sized>(
    store: &S,
    model: Arc<dyn Predictor + Send + Sync>,
    view: View,
    request: SimulationRequest,
    progress: Arc<dyn Progress>,
) -> Result<SimulationReport, SimulateError> {
    progress.check()?;
    let leagues = store.leagues().await?;
    let league = leagues.iter().find(|l| l.code == request.league).ok_or_else(|| SimulateError::League {
        code: request.league.clone(),
        known: leagues.iter().map(|l| l.code.clone()).collect(),
    })?;
    if league.kind != CompetitionKind::League {
        return Err(SimulateError::NoTable(league.name.clone(), league.kind.name()));
    }
    let mut facts = Facts::load(store).await?;
    let rules = store.rules_in_force().await?;
    let calendar = Calendar::of(league, &facts, &rules, &request)?;
    if view != View::default() {
        let to_come = calendar.to_come.iter().map(|row| row.id).collect();
        facts = Facts::load_to_forecast(store, view, &to_come).await?;
    }
    let names: HashMap<_, _> = store.teams().await?.into_iter().map(|team| (team.id, team.name)).collect();
    let names = calendar.teams.iter().map(|id| names.get(id).cloned().unwrap_or_default()).collect();
    let work = Work { league: league.clone(), facts, calendar, names, request, model };
    tokio::task::spawn_blocking(move || work.run(progress.as_ref()))
        .await
        .map_err(|_| SimulateError::Failed)?
}
