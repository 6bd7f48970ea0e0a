use super::StoreError;
use crate::{Forecast, MatchId};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// A forecast fixed before kick-off and never rewritten.
#[derive(Debug, Clone, PartialEq)]
pub struct SealedForecast {
    /// The match.
    pub match_id: MatchId,
    /// Name of the model.
    pub model_name: String,
    /// Version of the model.
    pub model_version: String,
    /// Home win, draw, away win.
    pub forecast: Forecast,
    /// Expected goals of the home and the away side.
    pub expected_goals: (f64, f64),
    /// Facts up to this time were used.
    pub as_of: DateTime<Utc>,
    /// When it was fixed.
    pub sealed_at: DateTime<Utc>,
}

impl SealedForecast {
    /// Whether another forecast says the same: probabilities and expected goals differ by no more than 1e-12.
    pub fn repeats(&self, other: &Self) -> bool {
        let numbers = |f: &Self| {
            let [home, draw, away] = f.forecast.as_array();
            [home, draw, away, f.expected_goals.0, f.expected_goals.1]
        };
        numbers(self).iter().zip(numbers(other)).all(|(a, b)| (a - b).abs() <= 1e-12)
    }
}

/// Sealed forecasts.
#[async_trait]
pub trait PredictionReader: Send + Sync {
    /// All sealed forecasts of a match, oldest first.
    ///
    /// # Errors
    /// The store is not available.
    async fn sealed(&self, id: MatchId) -> Result<Vec<SealedForecast>, StoreError>;
}

/// Sealing forecasts.
#[async_trait]
pub trait PredictionWriter: Send + Sync {
    /// Keeps forecasts; one that repeats the latest of its match and model to within 1e-12 is skipped. Returns
    /// how many were kept.
    ///
    /// # Errors
    /// The store is not available, or a forecast is sealed at or after the kick-off known to the store.
    async fn seal(&self, forecasts: &[SealedForecast]) -> Result<u64, StoreError>;
}
