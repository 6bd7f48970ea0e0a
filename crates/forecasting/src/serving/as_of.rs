//! Forecasts and features of a match as they could have been had at a time: from facts known then, by models that had not learned
//! from later results.

use super::{Answer, ForecastService, Mode, Reason, ServingError};
use crate::predict::{Asked, Horizons, forecast_from, forecast_positions};
use crate::to_come::known_until;
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use touchline_domain::{Kickoff, MatchId};
use touchline_features::{Definition, History, Knowledge, LineupView, MarketView, Settings, View, compute};
use touchline_learning::dataset::Facts;
use touchline_learning::model::ForecastModel;
use touchline_learning::predictor::{BaseRates, MatchForecast, ModelLabel, Predictor, StrengthFilter};
use touchline_learning::registry::joint_view;

/// Each such answer reads all matches, so that one is computed at a time; who waits longer is asked to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// Features of a match, from facts known at a time.
#[derive(Debug, Clone)]
pub struct FeaturesAsOf {
    /// Facts known up to this time were used.
    pub as_of: DateTime<Utc>,
    /// The values, in the order of the definitions.
    pub values: Vec<f32>,
    /// What they mean.
    pub definitions: Vec<Definition>,
}

/// What a time and a match have to do with each other.
struct Past {
    id: MatchId,
    kickoff: Kickoff,
    as_of: DateTime<Utc>,
}

impl ForecastService {
    /// The forecast of any match as it could have been made at a time before its kick-off: of the champions that learned from no
    /// later result the one that knows most of the match, or the one with a view of prices that is asked for. Where there is none,
    /// the strength filter stands in, which learns from nothing but the results before.
    ///
    /// # Errors
    /// The match is not known, it had begun, it is not forecast by the view that is asked for, or the store is not available.
    pub async fn forecast_as_of(
        &self,
        id: MatchId,
        as_of: DateTime<Utc>,
        view: Option<MarketView>,
    ) -> Result<Answer, ServingError> {
        let past = self.past(id, as_of).await?;
        let snapshot = self.current().await?;
        let honest = |model: &&Arc<ForecastModel>| model.manifest.trained_until <= as_of;
        let models: Vec<Arc<ForecastModel>> = snapshot.models().filter(honest).cloned().collect();
        let reason = match (snapshot.model(), snapshot.reason()) {
            (Some(default), None) if honest(&default) => Reason::ModelFailed(default.label()),
            (Some(default), None) => Reason::LearnedLater(default.label()),
            (_, reason) => reason.cloned().unwrap_or(Reason::NoModel),
        };
        let seen = models.iter().map(|model| model.view()).fold(View::default(), joint_view);
        let threads = self.inner.settings.threads;
        let is_mock = snapshot.mode() == Mode::Mock;
        self.with_history(&past, seen, move |history, position, past| {
            let said: Vec<(Arc<ForecastModel>, MatchForecast)> = models
                .into_iter()
                .filter_map(|model| {
                    Some((Arc::clone(&model), by_model(&model, history, position, past, threads)?))
                })
                .collect();
            let views: Vec<MarketView> = said.iter().map(|(model, _)| model.view().market).collect();
            let wanted =
                |(model, _): &&(Arc<ForecastModel>, _)| view.is_none_or(|view| model.view().market == view);
            let answer = |forecast: &MatchForecast, model: ModelLabel, of: Option<MarketView>| Answer {
                match_id: past.id,
                forecast: forecast.forecast,
                expected_goals: forecast.expected_goals,
                grid: Some(forecast.grid.clone()),
                model,
                view: of,
                views: views.clone(),
                mode: Mode::Real,
                reason: None,
                as_of: known_until(past.kickoff, past.as_of),
                sealed_at: None,
                experiment: None,
            };
            if let Some((model, forecast)) = said.iter().find(wanted) {
                return Ok(answer(forecast, model.label(), Some(model.view().market)));
            }
            if let Some(view) = view {
                return Err(ServingError::NotByView { id: past.id, view, known: views });
            }
            let (mode, predictor): (Mode, &dyn Predictor) =
                if is_mock { (Mode::Mock, &BaseRates) } else { (Mode::Fallback, &StrengthFilter::OverGrid) };
            let forecasts = forecast_positions(predictor, history, &[position], past.as_of, 1);
            let forecasts = forecasts.map_err(|error| {
                tracing::error!(%error, "nothing can be said of a match as of a time");
                ServingError::Failed
            })?;
            let (_, forecast) = forecasts.into_iter().next().ok_or(ServingError::Failed)?;
            let reason = Some(reason.to_string());
            Ok(Answer { mode, reason, ..answer(&forecast, predictor.label(), None) })
        })
        .await
    }

    /// The features of any match as they stood at a time before its kick-off, with a view of prices.
    ///
    /// # Errors
    /// The match is not known, it had begun, or the store is not available.
    pub async fn features_as_of(
        &self,
        id: MatchId,
        as_of: DateTime<Utc>,
        market: MarketView,
    ) -> Result<FeaturesAsOf, ServingError> {
        let past = self.past(id, as_of).await?;
        let view = View { market, lineups: LineupView::None };
        self.with_history(&past, view, move |history, position, past| {
            let settings = Horizons::at(history, past.as_of).of(history, position).settings().with_view(view);
            let knowledge = Knowledge { lag: 0, as_of: Some(past.as_of.timestamp()) };
            let matrix = compute(history, &[position], knowledge, &settings, 1);
            let as_of = known_until(past.kickoff, past.as_of);
            Ok(FeaturesAsOf { as_of, values: matrix.row(0), definitions: matrix.definitions().to_vec() })
        })
        .await
    }

    async fn past(&self, id: MatchId, as_of: DateTime<Utc>) -> Result<Past, ServingError> {
        let m = self.inner.store.get_match(id).await?.ok_or(ServingError::UnknownMatch(id))?;
        if as_of >= m.kickoff.latest() {
            return Err(ServingError::Begun { id, as_of, kickoff: m.kickoff });
        }
        Ok(Past { id, kickoff: m.kickoff, as_of })
    }

    /// Loads what a view sees of a match and those before it, and computes off the executor; one at a time.
    async fn with_history<T: Send + 'static>(
        &self,
        past: &Past,
        view: View,
        work: impl FnOnce(&History, u32, &Past) -> Result<T, ServingError> + Send + 'static,
    ) -> Result<T, ServingError> {
        let turn = tokio::time::timeout(PATIENCE, self.inner.past.acquire()).await;
        let _turn = turn.map_err(|_| ServingError::Busy)?.map_err(|_| ServingError::Failed)?;
        let facts = Facts::load_to_forecast(&*self.inner.store, view, &HashSet::from([past.id])).await?;
        let past = Past { ..*past };
        let work = move || {
            let history = facts.history(&[]);
            let position = history.ids().iter().position(|id| *id == past.id);
            work(&history, position.ok_or(ServingError::UnknownMatch(past.id))? as u32, &past)
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| ServingError::Failed)?
    }
}

/// The forecast of a model; none where it sees prices and none is known, or where it cannot be applied.
fn by_model(
    model: &ForecastModel,
    history: &History,
    position: u32,
    past: &Past,
    threads: usize,
) -> Option<MatchForecast> {
    let asked =
        Asked { history, positions: &[position], as_of: past.as_of, threads, prices: model.view().market };
    let mut features = |positions: &[u32], knowledge, settings: &Settings| {
        compute(history, positions, knowledge, settings, threads)
    };
    match forecast_from(model, asked, &mut features) {
        Ok(forecasts) => forecasts.into_iter().next().map(|(_, forecast)| forecast),
        Err(error) => {
            tracing::error!(%error, model = %model.label(), "a champion cannot be applied as of a time");
            None
        }
    }
}
