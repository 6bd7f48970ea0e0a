//! What one trained model says of the matches to come, with what it said it from.

use super::snapshot::Loaded;
use crate::predict::{Asked, forecast_from};
use chrono::{DateTime, Duration, Utc};
use std::collections::HashMap;
use std::sync::Arc;
use touchline_domain::MatchId;
use touchline_domain::ports::ModelVersion;
use touchline_features::{Checkpoint, FeatureMatrix, History, Knowledge, MarketView, Settings, resume};
use touchline_learning::matrices::Horizon;
use touchline_learning::model::{ForecastModel, ModelError};
use touchline_learning::predictor::{MatchForecast, ModelLabel, Predictor};

/// The features that trees of one horizon forecast from, and of which matches.
#[derive(Debug)]
pub(super) struct Features {
    pub horizon: Horizon,
    pub rows: HashMap<MatchId, usize>,
    pub matrix: FeatureMatrix,
}

/// Forecasts of a registered version.
#[derive(Debug)]
pub(super) struct ModelForecasts {
    pub version: ModelVersion,
    pub model: Arc<ForecastModel>,
    pub label: ModelLabel,
    forecasts: HashMap<MatchId, MatchForecast>,
    features: Vec<Features>,
}

/// A forecast of a trained model, with what it was made from.
#[derive(Clone, Copy)]
pub(super) struct ModelAnswer<'a> {
    pub model: &'a Arc<ForecastModel>,
    pub label: &'a ModelLabel,
    pub forecast: &'a MatchForecast,
    pub features: &'a [Features],
}

impl ModelForecasts {
    /// Forecasts the matches at some positions, or those of which the prices that the model sees are known.
    ///
    /// # Errors
    /// It was trained on other features, or knows no scores of some of the matches.
    pub fn build(
        (version, model): Loaded,
        (history, positions): (&History, &[u32]),
        prices: MarketView,
        resuming: &mut Resuming<'_>,
    ) -> Result<Self, ModelError> {
        let (as_of, threads) = (resuming.as_of, resuming.threads);
        let mut kept = Vec::new();
        let mut features = |positions: &[u32], knowledge, settings: &Settings| {
            let matrix = resuming.compute(history, positions, knowledge, settings);
            let is_of = |h: &Horizon| model.features(*h).ok().flatten().as_ref() == Some(settings);
            let ids = positions.iter().map(|p| history.ids()[*p as usize]);
            let rows = ids.enumerate().map(|(row, id)| (id, row)).collect();
            let horizon = Horizon::ALL.into_iter().find(is_of);
            kept.extend(horizon.map(|horizon| Features { horizon, rows, matrix: matrix.clone() }));
            matrix
        };
        let asked = Asked { history, positions, as_of, threads, prices };
        let forecasts = forecast_from(&*model, asked, &mut features)?;
        let forecasts = forecasts.into_iter().map(|(p, forecast)| (history.ids()[p as usize], forecast));
        let (forecasts, label) = (forecasts.collect(), model.label());
        Ok(Self { version, model, label, forecasts, features: kept })
    }

    /// The forecast of a match, where it was forecast.
    pub fn of(&self, id: MatchId) -> Option<ModelAnswer<'_>> {
        let forecast = self.forecasts.get(&id)?;
        Some(ModelAnswer { model: &self.model, label: &self.label, forecast, features: &self.features })
    }

    /// The prices that it sees.
    pub fn prices(&self) -> MarketView {
        self.model.view().market
    }

    /// The model, for the next snapshot.
    pub fn loaded(&self) -> Loaded {
        (self.version.clone(), Arc::clone(&self.model))
    }
}

impl<'a> ModelAnswer<'a> {
    /// The features that it was made from, and their row.
    pub fn made_of(self, id: MatchId) -> Option<(&'a Features, usize)> {
        self.features.iter().find_map(|of| Some((of, *of.rows.get(&id)?)))
    }
}

/// Where features go on from: checkpoints of earlier snapshots, to be left a day behind.
pub(super) struct Resuming<'a> {
    pub as_of: DateTime<Utc>,
    pub threads: usize,
    pub checkpoints: &'a mut Vec<Checkpoint>,
}

impl Resuming<'_> {
    /// Features that go on from the checkpoint of the same settings, and leave it a day behind: a match of which only the
    /// date is known sees nothing of its day.
    fn compute(
        &mut self,
        history: &History,
        positions: &[u32],
        knowledge: Knowledge,
        settings: &Settings,
    ) -> FeatureMatrix {
        let until = (self.as_of - Duration::days(1)).timestamp();
        let same = self.checkpoints.iter().position(|c| c.settings() == settings);
        let checkpoint = same.map(|at| self.checkpoints.swap_remove(at));
        let (matrix, checkpoint) = resume(checkpoint, history, positions, knowledge, settings, until);
        self.checkpoints.push(checkpoint);
        matrix
    }
}
