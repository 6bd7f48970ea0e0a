use super::{FeatureSet, StoreError};
use crate::{Forecast, Kickoff, MatchId, ScoreGrid};
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
    /// Everything else that the model said; none where it was sealed before stores kept it.
    pub details: Option<Box<SealedDetails>>,
}

/// What a sealed forecast says beside the probabilities of the result, and what it was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct SealedDetails {
    /// The kick-off for which it was made.
    pub kickoff: Kickoff,
    /// Distribution of scores; every market derives from it.
    pub grid: ScoreGrid,
    /// Probability of the likeliest result.
    pub confidence: f64,
    /// The likeliest score, home goals first.
    pub score: (u8, u8),
    /// Probability of three goals or more.
    pub over_2_5: f64,
    /// Probability that both sides score.
    pub both_teams_score: f64,
    /// Hash of the [`FeatureSet`] that was used.
    pub features: String,
    /// Hash of the bundle's manifest, as the model was registered with; the version of the program where no trained
    /// model answered.
    pub bundle: String,
    /// Hash of the facts that the features were computed from.
    pub data: String,
}

impl SealedDetails {
    /// The details that follow from a forecast and its distribution of scores.
    pub fn of(
        forecast: &Forecast,
        grid: ScoreGrid,
        kickoff: Kickoff,
        [features, bundle, data]: [String; 3],
    ) -> Self {
        let (home, away) = grid.likeliest_score();
        let goals = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
        Self {
            kickoff,
            confidence: forecast.probability(forecast.most_likely()),
            score: (goals(home), goals(away)),
            over_2_5: grid.over_2_5(),
            both_teams_score: grid.both_teams_score(),
            grid,
            features,
            bundle,
            data,
        }
    }
}

impl SealedForecast {
    /// Whether another forecast says the same: no probability, expected number of goals or cell of the grid differs by
    /// more than 1e-12. One that holds its grid never repeats one that does not.
    pub fn repeats(&self, other: &Self) -> bool {
        let numbers = |f: &Self| {
            let [home, draw, away] = f.forecast.as_array();
            [home, draw, away, f.expected_goals.0, f.expected_goals.1]
        };
        let close = |(a, b): (f64, f64)| (a - b).abs() <= 1e-12;
        let same_grid = match (&self.details, &other.details) {
            (None, None) => true,
            (Some(mine), Some(theirs)) => {
                let (a, b) = (mine.grid.cells(), theirs.grid.cells());
                a.len() == b.len() && a.iter().copied().zip(b.iter().copied()).all(close)
            }
            _ => false,
        };
        same_grid && numbers(self).into_iter().zip(numbers(other)).all(close)
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
    /// Keeps forecasts, each as the next entry of the ledger in the order given, with the features that they name; one
    /// that repeats the latest of its match and model is skipped. Sealers take turns: the ledger stays one chain
    /// whoever seals at the same time. Returns how many were kept.
    ///
    /// # Errors
    /// The store is not available; a forecast lacks its details or names features that are neither given nor held; or
    /// one is sealed at or after the kick-off known to the store (where only the date is known, after its end).
    async fn seal(&self, forecasts: &[SealedForecast], features: &[FeatureSet]) -> Result<u64, StoreError>;
}
