//! Two registered models on matches that neither has learned from.

use crate::dataset::Facts;
use crate::matrices::Horizon;
use crate::model::{ForecastModel, Holdout, ModelError};
use crate::predictor::{FeatureRows, MatchBatch, Predictor, even_chances};
use chrono::{DateTime, Utc};
use serde::Serialize;
use touchline_domain::{Forecast, Outcome, Progress};
use touchline_features::{History, Knowledge, LineupView, MarketView, View, compute};
use touchline_models::metrics::{Comparison, Evaluation, ScoringRule};

/// What is known of two models.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelComparison {
    /// The first model.
    pub first: ComparedModel,
    /// The second.
    pub second: ComparedModel,
    /// Both on the same matches, played after both were trained; none where no such match is finished.
    pub paired: Option<Paired>,
}

/// One of two models.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedModel {
    /// Its version.
    pub version: String,
    /// Results known after this time were not learned from.
    pub trained_until: DateTime<Utc>,
    /// Whether it learned from simulated matches.
    pub simulated: bool,
    /// Scores on the matches that its own training held out: of other matches than the other model's.
    pub holdout: Option<Holdout>,
}

/// Two models on the same matches, each forecast from what was known at its kick-off.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Paired {
    /// First kick-off.
    pub from: DateTime<Utc>,
    /// Last kick-off.
    pub to: DateTime<Utc>,
    /// Scores of the first model.
    pub first: Evaluation,
    /// Scores of the second.
    pub second: Evaluation,
    /// RPS of the first minus the second: negative where the first is better.
    pub rps: Comparison,
    /// Log loss likewise.
    pub log_loss: Comparison,
}

/// Compares two models on all finished matches that kicked off after both were trained.
///
/// # Errors
/// A model was trained on other features than this program computes.
pub fn compare_models(
    facts: &Facts,
    [first, second]: [&ForecastModel; 2],
    threads: usize,
    progress: &dyn Progress,
) -> Result<ModelComparison, ModelError> {
    let history = facts.history(&[]);
    let since = first.manifest.trained_until.max(second.manifest.trained_until).timestamp();
    let positions: Vec<u32> = (history.position_at(since)..history.len())
        .filter(|position| history.goals(*position).is_some())
        .map(|position| position as u32)
        .collect();
    let outcomes: Vec<Outcome> = positions.iter().filter_map(|p| history.outcome(*p as usize)).collect();
    let forecasts = |model: &ForecastModel| -> Result<Vec<Forecast>, ModelError> {
        progress.begin(&format!("model {}", model.manifest.version), 0);
        let forecasts = outcomes_at_kickoff(model, &history, &positions, threads);
        progress.end();
        forecasts
    };
    let paired = match positions.as_slice() {
        [] => None,
        [start, ..] => {
            let end = positions.last().unwrap_or(start);
            let (ours, theirs) = (forecasts(first)?, forecasts(second)?);
            let difference = |rule: ScoringRule| {
                Comparison::of(&rule.score_all(&ours, &outcomes)?, &rule.score_all(&theirs, &outcomes)?)
            };
            let time = |position: u32| {
                DateTime::from_timestamp(history.kickoffs()[position as usize], 0).unwrap_or_default()
            };
            Some(Paired {
                from: time(*start),
                to: time(*end),
                first: Evaluation::of(&ours, &outcomes)?,
                second: Evaluation::of(&theirs, &outcomes)?,
                rps: difference(ScoringRule::Rps)?,
                log_loss: difference(ScoringRule::LogLoss)?,
            })
        }
    };
    Ok(ModelComparison { first: side(first), second: side(second), paired })
}

/// Outcome probabilities of some matches, each from what was known at its kick-off.
fn outcomes_at_kickoff(
    predictor: &dyn Predictor,
    history: &History,
    positions: &[u32],
    threads: usize,
) -> Result<Vec<Forecast>, ModelError> {
    let horizon = predictor.horizon_for(Horizon::Fresh);
    let settings = predictor.features(horizon)?;
    let matrix =
        settings.map(|settings| compute(history, positions, Knowledge::AT_KICKOFF, &settings, threads));
    let rows: Vec<usize> = (0..positions.len()).collect();
    let features = matrix.as_ref().map(|matrix| FeatureRows { matrix, rows: &rows });
    let outcomes =
        predictor.predict_outcomes(&MatchBatch { history, positions, horizon, features, threads })?;
    // A pair is compared on all matches: saying nothing of one counts as an even chance.
    Ok(outcomes.into_iter().map(|forecast| forecast.unwrap_or_else(even_chances)).collect())
}

/// What must be loaded for both models: [`Facts::load_seen`] reads the prices of all matches for any view that sees some, and
/// [`Facts::load_to_forecast`] where prices of earlier matches are seen.
pub fn joint_view(first: View, second: View) -> View {
    let is_second = first.market == MarketView::None || second.market.sees_earlier();
    let market = if is_second { second.market } else { first.market };
    let lineups = if first.lineups == LineupView::None { second.lineups } else { first.lineups };
    View { market, lineups }
}

fn side(model: &ForecastModel) -> ComparedModel {
    let manifest = &model.manifest;
    ComparedModel {
        version: manifest.version.clone(),
        trained_until: manifest.trained_until,
        simulated: manifest.simulated,
        holdout: manifest.variants[Horizon::Fresh as usize].holdout,
    }
}
