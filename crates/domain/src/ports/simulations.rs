//! Simulations of the rest of a season, kept so that chances can be followed through it.

use super::StoreError;
use crate::Season;
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// A simulation as it was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptSimulation {
    /// Code of the league.
    pub league: String,
    /// The season.
    pub season: Season,
    /// Results known later were not used.
    pub as_of: DateTime<Utc>,
    /// Name of the model behind the forecasts.
    pub model_name: String,
    /// Its version.
    pub model_version: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Everything that it says, as JSON.
    pub report: serde_json::Value,
}

/// A season of a league of which simulations are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedSeason {
    /// Code of the league.
    pub league: String,
    /// The season.
    pub season: Season,
    /// How many are kept.
    pub simulations: u32,
    /// The latest time of which there is one.
    pub latest: DateTime<Utc>,
}

/// Reading simulations.
#[async_trait]
pub trait SimulationReader: Send + Sync {
    /// The latest simulations of a season of a league by the time of which they are, at most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn simulations(
        &self,
        league: &str,
        season: Season,
        limit: u32,
    ) -> Result<Vec<KeptSimulation>, StoreError>;

    /// The seasons of which simulations are kept, by league and season, the latest season of a league first, at most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn simulated_seasons(&self, limit: u32) -> Result<Vec<SimulatedSeason>, StoreError>;
}

/// Keeping simulations.
#[async_trait]
pub trait SimulationWriter: Send + Sync {
    /// Keeps a simulation; one of the same league, season, time and model is replaced.
    ///
    /// # Errors
    /// The store is not available.
    async fn keep_simulation(&self, simulation: &KeptSimulation) -> Result<(), StoreError>;
}
