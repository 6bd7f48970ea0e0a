//! Experiments: a challenger beside the champion on the same matches, in the shadow or for a share of the answers.

use crate::auth::Caller;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{JsonBody, Params, limit};
use crate::routes::operations::note;
use crate::state::{ApiState, Operations};
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::ports::{Experiment, ExperimentArm, ExperimentMode};
use touchline_forecasting::experiment::{
    self, ArmScores, ExperimentError, ExperimentReport, NewExperiment, ScoreDifference, Verdict, report,
};
use touchline_forecasting::serving::{AnswerExperiment, Snapshot, TrialFault, TrialState};
use touchline_learning::registry::RegistryError;
use touchline_models::metrics::MeanScore;
use utoipa::ToSchema;

/// What the forecasts of a treatment are for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExperimentModeName {
    /// They are compared; the control answers every match.
    Shadow,
    /// They answer a share of the matches.
    Split,
}

impl From<ExperimentMode> for ExperimentModeName {
    fn from(mode: ExperimentMode) -> Self {
        match mode {
            ExperimentMode::Shadow => Self::Shadow,
            ExperimentMode::Split => Self::Split,
        }
    }
}

impl From<ExperimentModeName> for ExperimentMode {
    fn from(mode: ExperimentModeName) -> Self {
        match mode {
            ExperimentModeName::Shadow => Self::Shadow,
            ExperimentModeName::Split => Self::Split,
        }
    }
}

/// Whose a forecast is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ArmName {
    /// The champion's.
    Control,
    /// The challenger's.
    Treatment,
}

impl From<ExperimentArm> for ArmName {
    fn from(arm: ExperimentArm) -> Self {
        match arm {
            ExperimentArm::Control => Self::Control,
            ExperimentArm::Treatment => Self::Treatment,
        }
    }
}

/// The experiment that a forecast is part of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExperimentRef {
    /// Its name.
    #[schema(example = "autumn")]
    pub id: String,
    /// Whose the forecast is. A match stays with its arm as long as the experiment runs.
    pub arm: ArmName,
}

impl From<AnswerExperiment> for ExperimentRef {
    fn from(experiment: AnswerExperiment) -> Self {
        Self { id: experiment.id, arm: experiment.arm.into() }
    }
}

/// An experiment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExperimentItem {
    /// Its name.
    #[schema(example = "autumn")]
    pub id: String,
    /// Version of the champion when it began.
    pub control: String,
    /// The version that is tried.
    pub treatment: String,
    /// What its forecasts are for.
    pub mode: ExperimentModeName,
    /// Share of the matches that the treatment answers; 0 in the shadow.
    #[schema(example = 0.2)]
    pub share: f64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was ended; null while it runs.
    #[schema(required = true)]
    pub ended_at: Option<DateTime<Utc>>,
}

impl From<Experiment> for ExperimentItem {
    fn from(experiment: Experiment) -> Self {
        let Experiment { id, model: _, control, treatment, mode, share, started_at, ended_at } = experiment;
        Self { id, control, treatment, mode: mode.into(), share, started_at, ended_at }
    }
}

/// A mean over matches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScoreItem {
    /// The mean.
    pub value: f64,
    /// Its standard error; null for fewer than two matches.
    #[schema(required = true)]
    pub standard_error: Option<f64>,
}

impl From<MeanScore> for ScoreItem {
    fn from(score: MeanScore) -> Self {
        Self { value: score.value, standard_error: finite(score.standard_error) }
    }
}

fn finite(error: f64) -> Option<f64> {
    error.is_finite().then_some(error)
}

/// Scores of one version.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ArmItem {
    /// Ranked probability score on all matches of the experiment.
    pub rps: ScoreItem,
    /// Log loss on all matches of the experiment.
    pub log_loss: ScoreItem,
    /// Matches that this version answered.
    pub answered: usize,
}

impl From<ArmScores> for ArmItem {
    fn from(arm: ArmScores) -> Self {
        Self { rps: arm.rps.into(), log_loss: arm.log_loss.into(), answered: arm.answered }
    }
}

/// The score of the treatment minus that of the control on the same matches: below 0 where the treatment is better.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DifferenceItem {
    /// The mean.
    pub value: f64,
    /// Its standard error; null for fewer than two matches.
    #[schema(required = true)]
    pub standard_error: Option<f64>,
    /// Lower end of an interval that holds the true difference in 95 of 100 experiments, however often it is looked at.
    #[schema(required = true)]
    pub low: Option<f64>,
    /// Upper end.
    #[schema(required = true)]
    pub high: Option<f64>,
}

impl From<ScoreDifference> for DifferenceItem {
    fn from(difference: ScoreDifference) -> Self {
        Self {
            value: difference.paired.difference,
            standard_error: finite(difference.paired.standard_error),
            low: difference.interval.map(|interval| interval.low),
            high: difference.interval.map(|interval| interval.high),
        }
    }
}

/// What an experiment has shown.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExperimentVerdict {
    /// Too few matches are over.
    TooEarly,
    /// The interval of the ranked probability score holds 0.
    NoDifference,
    /// The treatment is better.
    TreatmentBetter,
    /// The control is better.
    ControlBetter,
}

impl From<Verdict> for ExperimentVerdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::TooEarly => Self::TooEarly,
            Verdict::NoDifference => Self::NoDifference,
            Verdict::TreatmentBetter => Self::TreatmentBetter,
            Verdict::ControlBetter => Self::ControlBetter,
        }
    }
}

/// An experiment with what it has shown until now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExperimentReportItem {
    /// The experiment.
    pub experiment: ExperimentItem,
    /// Whether this server divides or shadows its answers now: not after the end, while another champion answers than when it
    /// began, or where the treatment cannot forecast.
    pub in_effect: bool,
    /// Why the treatment does not forecast on this server; null where nothing is wrong.
    #[schema(required = true)]
    pub fault: Option<&'static str>,
    /// Matches of which both forecast before the kick-off and that are over.
    pub matches: usize,
    /// Matches of which both forecast and that are not over.
    pub waiting: usize,
    /// The champion of its beginning; null before a match is over.
    #[schema(required = true)]
    pub control: Option<ArmItem>,
    /// The version that is tried.
    #[schema(required = true)]
    pub treatment: Option<ArmItem>,
    /// Ranked probability scores compared.
    #[schema(required = true)]
    pub rps: Option<DifferenceItem>,
    /// Log losses compared.
    #[schema(required = true)]
    pub log_loss: Option<DifferenceItem>,
    /// What follows from the ranked probability scores.
    pub verdict: ExperimentVerdict,
    /// The same in words.
    #[schema(example = "no difference shown after 214 matches")]
    pub words: String,
}

impl ExperimentReportItem {
    fn of(report: ExperimentReport, state: &ApiState) -> Self {
        let snapshot = state.forecasts().status().snapshot;
        let trial = snapshot.as_deref().and_then(Snapshot::trial);
        let trial = trial.filter(|trial| {
            report.experiment.ended_at.is_none() && trial.experiment.id == report.experiment.id
        });
        Self {
            in_effect: trial.is_some_and(TrialState::is_in_effect),
            fault: trial.and_then(TrialState::fault).map(TrialFault::words),
            matches: report.matches,
            waiting: report.waiting,
            control: report.control.map(Into::into),
            treatment: report.treatment.map(Into::into),
            rps: report.rps.map(Into::into),
            log_loss: report.log_loss.map(Into::into),
            verdict: report.verdict.into(),
            words: report.words,
            experiment: report.experiment.into(),
        }
    }
}

/// Which experiments.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExperimentsQuery {
    /// Most experiments: 1 to 200, 20 where none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Experiments.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExperimentList {
    /// Those that began last first. At most one of them runs.
    pub items: Vec<ExperimentItem>,
}

/// Experiments with models, those that began last first.
#[utoipa::path(
    get, operation_id = "list_experiments", path = "/api/v1/experiments", tag = "forecasts", params(ExperimentsQuery),
    responses(
        (status = 200, description = "Experiments", body = Envelope<ExperimentList>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    Params(query): Params<ExperimentsQuery>,
) -> Result<Data<ExperimentList>, ApiError> {
    let limit = limit(query.limit, 20, 1..=200)?;
    let items = state.store().experiments(limit).await?;
    Ok(Data::of(ExperimentList { items: items.into_iter().map(Into::into).collect() }))
}

/// What an experiment has shown: both versions on the same matches, which both forecast at the same time before the kick-off.
#[utoipa::path(
    get, operation_id = "get_experiment", path = "/api/v1/experiments/{name}", tag = "forecasts",
    params(("name" = String, Path, description = "Name of the experiment", max_length = 64)),
    responses(
        (status = 200, description = "The experiment with both samples", body = Envelope<ExperimentReportItem>),
        (status = 404, description = "There is no such experiment", body = Failure),
    )
)]
pub(crate) async fn one(
    State(state): State<ApiState>,
    Path(name): Path<String>,
) -> Result<Data<ExperimentReportItem>, ApiError> {
    let experiment = state.store().experiment(&name).await?;
    let experiment =
        experiment.ok_or_else(|| ApiError::not_found("no_experiment", "no experiment has this name"))?;
    let report = report(state.store(), experiment).await?;
    Ok(Data::of(ExperimentReportItem::of(report, &state)))
}

/// An experiment to begin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExperimentRequest {
    /// Its name, which is never used again.
    #[schema(max_length = 64, pattern = "^[a-z0-9._-]+$", example = "autumn")]
    id: String,
    /// The version to try, or `challenger`.
    #[schema(max_length = 200, example = "challenger")]
    treatment: String,
    /// What its forecasts are for.
    mode: ExperimentModeName,
    /// Share of the matches that it answers, above 0 and at most 1; of no account in the shadow.
    #[schema(minimum = 0.0, maximum = 1.0, example = 0.2)]
    share: Option<f64>,
}

/// Begins an experiment of a version against the champion, if its files can be read. Forecasts follow within moments.
#[utoipa::path(
    post, operation_id = "start_experiment", path = "/api/v1/experiments", tag = "forecasts", request_body = ExperimentRequest,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "It runs", body = Envelope<ExperimentItem>),
        (status = 400, description = "The body, the name or the share cannot be used", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "No such version is registered", body = Failure),
        (status = 409, description = "`experiment_runs`: end it first; `name_used`; `itself`: the version is the champion; `no_model`; `model_unreadable`", body = Failure),
        (status = 503, description = "Not at present", body = Failure),
    )
)]
pub(crate) async fn start(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    JsonBody(body): JsonBody<ExperimentRequest>,
) -> Result<Data<ExperimentItem>, ApiError> {
    let Operations { store, artifacts, data_dir, .. } = state.operations()?;
    let ExperimentRequest { id, treatment, mode, share } = body;
    let new = NewExperiment { id, treatment, mode: mode.into(), share: share.unwrap_or_default() };
    let clock = state.clock();
    let begun = experiment::start(&**store, artifacts.as_deref(), data_dir, new, &*clock).await?;
    note(&state, &caller, "start experiment", begun.id.clone()).await;
    Ok(Data::of_the_moment(begun.into()))
}

/// Ends an experiment: the champion answers every match again, within moments. What was recorded stays.
#[utoipa::path(
    post, operation_id = "stop_experiment", path = "/api/v1/experiments/{name}/stop", tag = "forecasts",
    params(("name" = String, Path, description = "Name of the experiment", max_length = 64)),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "It has ended", body = Envelope<ExperimentItem>),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 409, description = "`not_running`: no experiment of this name runs", body = Failure),
        (status = 503, description = "Not at present", body = Failure),
    )
)]
pub(crate) async fn stop(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Path(name): Path<String>,
) -> Result<Data<ExperimentItem>, ApiError> {
    let ended = experiment::stop(&*state.operations()?.store, Some(&name)).await?;
    note(&state, &caller, "stop experiment", ended.id.clone()).await;
    Ok(Data::of_the_moment(ended.into()))
}

impl From<ExperimentError> for ApiError {
    fn from(error: ExperimentError) -> Self {
        let message = error.to_string();
        match error {
            ExperimentError::Store(error) | ExperimentError::Model(RegistryError::Store(error)) => {
                error.into()
            }
            ExperimentError::Model(error) => error.into(),
            ExperimentError::Name(_) => Self::bad_request("invalid_name", message),
            ExperimentError::Share(_) => Self::bad_request("invalid_share", message),
            ExperimentError::Itself(_) => Self::conflict("itself", message),
            ExperimentError::Runs(_) => Self::conflict("experiment_runs", message),
            ExperimentError::Used(_) => Self::conflict("name_used", message),
            ExperimentError::NotRunning(_) => Self::conflict("not_running", message),
        }
    }
}

#[cfg(test)]
mod tests;
