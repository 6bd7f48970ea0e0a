//! Forecasts of matches.

pub(crate) mod explanation;

use crate::answers::HISTORY;
use crate::auth::Caller;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, Params, invalid, time};
use crate::routes::experiments::ExperimentRef;
use crate::routes::matches::{ExpectedGoals, ModeName, OutcomeName, missing};
use crate::state::ApiState;
use axum::Extension;
use axum::extract::State;
use chrono::{DateTime, Utc};
use metrics::{Counter, Histogram};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use touchline_domain::telemetry::{CONFIDENCE, PREDICTIONS};
use touchline_domain::{MatchId, Outcome, ScoreGrid};
use touchline_forecasting::serving::{Answer, MarketView, ServingError};
use touchline_learning::model::view_of;
use touchline_learning::predictor::ModelLabel;
use touchline_models::markets::Markets;
use utoipa::ToSchema;

/// Probabilities of more and of fewer goals than a line.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OverUnder {
    /// Goals.
    #[schema(example = 2.5)]
    pub line: f64,
    /// More.
    pub over: f64,
    /// Fewer.
    pub under: f64,
}

/// Whether both sides score.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BothTeamsToScore {
    /// They do.
    pub yes: f64,
    /// At least one does not.
    pub no: f64,
}

/// The probability of one score.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CorrectScore {
    /// Home goals.
    pub home: usize,
    /// Away goals.
    pub away: usize,
    /// Its probability.
    pub probability: f64,
}

/// Markets, all derived from the one distribution of scores.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MarketsItem {
    /// Lines from 0.5 to 5.5.
    pub over_under: Vec<OverUnder>,
    /// Whether both sides score.
    pub both_teams_to_score: BothTeamsToScore,
    /// The ten likeliest scores.
    pub correct_scores: Vec<CorrectScore>,
}

impl MarketsItem {
    pub fn of(grid: &ScoreGrid) -> Self {
        let overview = Markets::of(grid).overview();
        let totals = overview.totals.iter();
        let yes = overview.both_teams_to_score;
        let scores = overview.top_scores.iter();
        Self {
            over_under: totals
                .map(|t| OverUnder { line: t.line.value(), over: t.over, under: t.under })
                .collect(),
            both_teams_to_score: BothTeamsToScore { yes, no: 1.0 - yes },
            correct_scores: scores
                .map(|s| CorrectScore { home: s.home, away: s.away, probability: s.probability })
                .collect(),
        }
    }
}

/// The distribution of scores, whole: 0-0 to 15-15. It sums to 1, so a page that shows a part of it can say how
/// much it leaves out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScoreGridItem {
    /// Most goals of a side.
    pub max_goals: usize,
    /// `probabilities[home][away]`.
    pub probabilities: Vec<Vec<f64>>,
}

impl ScoreGridItem {
    pub fn of(grid: &ScoreGrid) -> Self {
        Self { max_goals: grid.max_goals(), probabilities: grid.rows().map(<[f64]>::to_vec).collect() }
    }
}

/// Which of the bookmakers' prices a model sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ViewName {
    /// None: results and statistics alone.
    None,
    /// Prices of earlier matches, none of the match itself.
    Earlier,
    /// Prices of some time before kick-off.
    PreMatch,
    /// Closing prices too.
    Closing,
}

impl From<MarketView> for ViewName {
    fn from(view: MarketView) -> Self {
        match view {
            MarketView::None => Self::None,
            MarketView::Earlier => Self::Earlier,
            MarketView::PreMatch => Self::PreMatch,
            MarketView::Closing => Self::Closing,
        }
    }
}

impl From<ViewName> for MarketView {
    fn from(view: ViewName) -> Self {
        match view {
            ViewName::None => Self::None,
            ViewName::Earlier => Self::Earlier,
            ViewName::PreMatch => Self::PreMatch,
            ViewName::Closing => Self::Closing,
        }
    }
}

/// A model by name and version.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelRef {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Which prices it sees; null of what stands in for a trained model.
    #[schema(required = true)]
    pub view: Option<ViewName>,
}

impl ModelRef {
    /// Of a model whose name tells what it sees.
    pub fn named(name: String, version: String) -> Self {
        let view = view_of(&name).map(Into::into);
        Self { name, version, view }
    }

    /// Of what gave an answer.
    pub fn of(answer: &Answer) -> Self {
        let ModelLabel { name, version } = answer.model.clone();
        Self { name, version, view: answer.view.map(Into::into) }
    }
}

impl From<&ModelLabel> for ModelRef {
    fn from(label: &ModelLabel) -> Self {
        Self::named(label.name.clone(), label.version.clone())
    }
}

/// Why an old sealed forecast has no score grid.
const NOT_KEPT: &str = "this forecast was sealed before score grids were kept with it; only its probabilities and expected goals are known";

/// The forecast of a match.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "both names are part of the contract")]
pub(crate) struct Prediction {
    /// The match.
    pub match_id: i64,
    /// The same as `predicted_outcome`.
    pub prediction: OutcomeName,
    /// The likeliest outcome.
    pub predicted_outcome: OutcomeName,
    /// Probability of a home win.
    pub home_win_prob: f64,
    /// Probability of a draw.
    pub draw_prob: f64,
    /// Probability of an away win.
    pub away_win_prob: f64,
    /// Mean goals.
    pub expected_goals: ExpectedGoals,
    /// Markets; null where the score grid is.
    #[schema(required = true)]
    pub markets: Option<MarketsItem>,
    /// Distribution of scores; null where the forecast was sealed before these were kept.
    #[schema(required = true)]
    pub score_grid: Option<ScoreGridItem>,
    /// Why there are no markets and no score grid; null where there are.
    #[schema(required = true)]
    pub score_grid_reason: Option<String>,
    /// Probability of the likeliest outcome.
    pub confidence: f64,
    /// What gave the forecast: of the models that know enough of the match the one that knows most, unless `view` asks for another.
    pub model: ModelRef,
    /// The views by which the match is forecast, the one that knows most first: each may be asked for as `view`.
    pub views: Vec<ViewName>,
    /// How good a stand-in that is for the trained model.
    pub mode: ModeName,
    /// Why the trained model did not answer; null where it did.
    #[schema(required = true)]
    pub mock_reason: Option<String>,
    /// Facts known up to this time were used.
    pub as_of: DateTime<Utc>,
    /// Whether the forecast was sealed before kick-off; a current one is not.
    pub sealed: bool,
    /// When it was sealed.
    #[schema(required = true)]
    pub sealed_at: Option<DateTime<Utc>>,
    /// The experiment that the forecast is part of; null while none is in effect.
    #[schema(required = true)]
    pub experiment: Option<ExperimentRef>,
    /// Always true.
    #[schema(example = true)]
    pub success: bool,
}

impl From<Answer> for Prediction {
    fn from(answer: Answer) -> Self {
        let forecast = answer.forecast;
        let grid = answer.grid.as_ref();
        let outcome = forecast.most_likely();
        let model = ModelRef::of(&answer);
        Self {
            match_id: answer.match_id.0,
            prediction: outcome.into(),
            predicted_outcome: outcome.into(),
            home_win_prob: forecast.home(),
            draw_prob: forecast.draw(),
            away_win_prob: forecast.away(),
            expected_goals: answer.expected_goals.into(),
            markets: grid.map(MarketsItem::of),
            score_grid: grid.map(ScoreGridItem::of),
            score_grid_reason: grid.is_none().then(|| NOT_KEPT.to_owned()),
            confidence: forecast.probability(outcome),
            model,
            views: answer.views.into_iter().map(Into::into).collect(),
            mode: answer.mode.into(),
            mock_reason: answer.reason,
            as_of: answer.as_of,
            sealed: answer.sealed_at.is_some(),
            sealed_at: answer.sealed_at,
            experiment: answer.experiment.map(Into::into),
            success: true,
        }
    }
}

/// Whose forecast.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PredictionQuery {
    /// Which prices the model sees; the one that knows most of the match, where none is given.
    #[param(inline, example = "none")]
    view: Option<ViewName>,
    /// The forecast as it could have been made at this time, before the kick-off of any match: from what was known then, by a model
    /// that had not learned from later results, else by the strength filter. A date, meaning its start in UTC, or RFC 3339. It reads all
    /// matches, and so needs an account.
    #[param(example = json!(null))]
    as_of: Option<String>,
}

/// Asks for an account where all matches are read: one such answer is computed at a time, and nobody unknown is to fill the queue.
pub(crate) fn known(caller: Option<&Extension<Caller>>) -> Result<(), ApiError> {
    let message =
        "this reads all matches and needs an account: log in, or send a key: Authorization: Bearer TOKEN";
    caller.map(drop).ok_or_else(|| ApiError::unauthorized("unauthorized", message))
}

/// A time that is over; none where none is given.
pub(crate) fn past(state: &ApiState, given: Option<&str>) -> Result<Option<DateTime<Utc>>, ApiError> {
    let as_of = time("as_of", given)?;
    if as_of.is_some_and(|as_of| as_of > state.clock().now()) {
        return Err(invalid("as_of: write a time that is over; without it, everything known now is used"));
    }
    Ok(as_of)
}

/// The forecast of a match: the current one of a match to come, else the last one sealed before its kick-off. Of the trained models
/// the one answers that knows most of the match: closing prices, prices of some time before, prices of earlier matches, or none.
#[utoipa::path(
    get, operation_id = "get_prediction", path = "/api/v1/predictions/{match_id}", tag = "forecasts",
    params(("match_id" = i64, Path, description = "Identifier of the match", minimum = 1), PredictionQuery),
    responses(
        (status = 200, description = "The forecast", body = Envelope<Prediction>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 401, description = "As of a time: no account", body = Failure),
        (status = 404, description = "There is no such match", body = Failure),
        (status = 409, description = "`not_to_come`: it has started or will not be played as scheduled, and no forecast of it was sealed; `no_such_view`: it is not forecast by the view that is asked for; `begun`: it had begun at the time that is asked for", body = Failure),
        (status = 503, description = "Forecasts cannot be computed at present", body = Failure),
    )
)]
pub(crate) async fn one(
    State(state): State<ApiState>,
    Id(id): Id,
    caller: Option<Extension<Caller>>,
    Params(query): Params<PredictionQuery>,
) -> Result<Data<Prediction>, ApiError> {
    let view = query.view.map(MarketView::from);
    let as_of = past(&state, query.as_of.as_deref())?;
    if as_of.is_some() {
        known(caller.as_ref())?;
    }
    let asked_for = match (as_of, view) {
        (Some(as_of), view) => Some(state.forecasts().forecast_as_of(MatchId(id), as_of, view).await?),
        (None, Some(view)) => Some(state.forecasts().forecast_by(MatchId(id), view).await?),
        (None, None) => None,
    };
    if let Some(answer) = asked_for {
        Counted::of(&answer).count();
        return Ok(Data::of(Prediction::from(answer)));
    }
    if let Some(finished) = state.finished(MatchId(id)) {
        return Ok(Data::Finished(finished));
    }
    let revision = state.revision().await?;
    let read = async {
        // Which experiment a forecast is part of is said by this server's forecasts: an answer is kept for others only where
        // these know all that the store does.
        let latest = state.store().latest().await?;
        let status = state.forecasts().status();
        let knows_all = !status.failed && status.snapshot.is_some() && status.position >= Some(latest);
        match state.forecasts().forecast(MatchId(id)).await {
            // What was sealed is answered from the kick-off on, whatever the time.
            Ok(answer) => {
                let is_over = answer.sealed_at.is_some();
                Ok((Some(Prediction::from(answer)), is_over && knows_all))
            }
            Err(ServingError::UnknownMatch(_)) => Ok((None, true)),
            Err(error) => Err(error.into()),
        }
    };
    let asked = format!("predictions/{id}");
    let kept = state.kept_for_all(revision.as_ref(), &asked, HISTORY, read).await?;
    let kept = kept.ok_or_else(|| missing(id))?;
    if let Some(counted) = Counted::read(&kept.data) {
        counted.count();
    }
    Ok(Data::Written(kept))
}

/// How answers of a forecast are counted.
pub(crate) struct Counted {
    answers: Counter,
    confidence: Histogram,
    likeliest: f64,
}

impl Counted {
    pub fn of(answer: &Answer) -> Self {
        let outcome = answer.forecast.most_likely();
        let result = match outcome {
            Outcome::HomeWin => "home_win",
            Outcome::Draw => "draw",
            Outcome::AwayWin => "away_win",
        };
        Self::with(answer.model.clone(), result, answer.forecast.probability(outcome))
    }

    /// Those of an answer as JSON; none where it is none of a forecast.
    fn read(answer: &RawValue) -> Option<Self> {
        #[derive(Deserialize)]
        struct Brief<'a> {
            predicted_outcome: &'a str,
            confidence: f64,
            model: Model,
        }
        #[derive(Deserialize)]
        struct Model {
            name: String,
            version: String,
        }
        let Brief { predicted_outcome, confidence, model } = serde_json::from_str(answer.get()).ok()?;
        let result =
            ["home_win", "draw", "away_win"].into_iter().find(|result| *result == predicted_outcome)?;
        Some(Self::with(ModelLabel { name: model.name, version: model.version }, result, confidence))
    }

    fn with(model: ModelLabel, result: &'static str, likeliest: f64) -> Self {
        let ModelLabel { name, version } = model;
        let confidence = metrics::histogram!(CONFIDENCE.name, "model_name" => name.clone(), "model_version" => version.clone());
        let answers = metrics::counter!(
            PREDICTIONS.name, "model_name" => name, "model_version" => version, "predicted_result" => result
        );
        Self { answers, confidence, likeliest }
    }

    /// Notes that it was answered.
    pub fn count(&self) {
        self.confidence.record(self.likeliest);
        self.answers.increment(1);
    }
}

#[cfg(test)]
mod tests;
