//! Simulations that are kept, and the chances of a place through a season.

use super::{Place, SimulationReport};
use chrono::{DateTime, Utc};
use serde::Serialize;
use touchline_domain::ports::{KeptSimulation, SimulationReader, SimulationWriter, StoreError};
use touchline_domain::{Season, TeamId};

/// Keeps a simulation; one of the same league, season, time and model is replaced.
///
/// # Errors
/// The store is not available.
pub async fn keep<S: SimulationWriter + ?Sized>(
    store: &S,
    report: &SimulationReport,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let corrupt = |error: &dyn std::fmt::Display| StoreError::Corrupt(format!("a simulation: {error}"));
    let kept = KeptSimulation {
        league: report.league.clone(),
        season: report.season.parse().map_err(|e| corrupt(&e))?,
        as_of: report.as_of,
        model_name: report.model_name.clone(),
        model_version: report.model_version.clone(),
        made_at: now,
        report: serde_json::to_value(report).map_err(|e| corrupt(&e))?,
    };
    store.keep_simulation(&kept).await
}

/// The latest simulations of a season that are kept, the latest first. One that another version of the program wrote and
/// this one cannot read is left out.
///
/// # Errors
/// The store is not available.
pub async fn kept<S: SimulationReader + ?Sized>(
    store: &S,
    league: &str,
    season: Season,
    limit: u32,
) -> Result<Vec<SimulationReport>, StoreError> {
    let kept = store.simulations(league, season, limit).await?;
    let read = |kept: KeptSimulation| match serde_json::from_value(kept.report) {
        Ok(report) => Some(report),
        Err(error) => {
            tracing::warn!(league, %season, %error, "a kept simulation cannot be read");
            None
        }
    };
    Ok(kept.into_iter().filter_map(read).collect())
}

/// A team's chance of a place at one time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chance {
    /// The team.
    pub team_id: TeamId,
    /// Its name.
    pub team: String,
    /// The chance.
    pub probability: f64,
    /// Mean final points.
    pub expected_points: f64,
}

impl SimulationReport {
    /// The chance of each team to end within a place, or to win a play-off, by name; none where the simulation did not look at
    /// such a place. A place goes before a play-off of the same name.
    pub fn chances_of(&self, place: &str) -> Option<Vec<Chance>> {
        let at = self.places.iter().position(|p: &Place| p.name == place);
        let of_play_off = || self.play_offs.iter().position(|p| p.name == place);
        let (at, is_place) = at.map(|at| (at, true)).or_else(|| Some((of_play_off()?, false)))?;
        let chance = |team: &super::TeamChances| Chance {
            team_id: team.team_id,
            team: team.team.clone(),
            probability: if is_place { &team.places } else { &team.play_offs }
                .get(at)
                .copied()
                .unwrap_or_default(),
            expected_points: team.expected_points,
        };
        Some(self.teams.iter().map(chance).collect())
    }
}
