//! The model behind the forecasts.

use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use touchline_domain::ports::AssignedAlias;
use touchline_forecasting::serving::Reason;
use touchline_forecasting::verify::{self, Mean, ModelRecord};
use touchline_learning::matrices::Horizon;
use touchline_learning::model::{Holdout, Manifest};
use utoipa::ToSchema;

/// Scores on matches later than those the model was fitted to, before its calibration.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Metrics {
    /// Ranked probability score, lower is better.
    pub rps: f64,
    /// Its standard error.
    pub rps_se: f64,
    /// Log loss.
    pub log_loss: f64,
    /// Brier score.
    pub brier: f64,
    /// Share of matches whose likeliest outcome happened.
    pub accuracy: f64,
    /// Expected calibration error over ten bins of equal size.
    pub calibration_error: f64,
    /// Matches that were scored.
    pub matches: usize,
    /// First and last date of these matches.
    #[schema(example = "2026-08-01 – 2027-05-31")]
    pub window: String,
}

impl From<&Holdout> for Metrics {
    fn from(holdout: &Holdout) -> Self {
        let scores = &holdout.scores;
        Self {
            rps: scores.rps.value,
            rps_se: scores.rps.standard_error,
            log_loss: scores.log_loss.value,
            brier: scores.brier.value,
            accuracy: scores.accuracy.value,
            calibration_error: holdout.calibration_error,
            matches: scores.rps.matches,
            window: format!("{} – {}", holdout.from.date_naive(), holdout.to.date_naive()),
        }
    }
}

/// A trained model.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelInfo {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// When it was trained.
    pub trained_at: DateTime<Utc>,
    /// Results known after this time were not used.
    pub trained_until: DateTime<Utc>,
    /// Matches that it was trained on.
    pub rows: usize,
    /// Features that it uses.
    pub features: usize,
    /// Whether any of these matches was simulated.
    pub simulated: bool,
    /// Scores; null where the data were too few to hold some back.
    #[schema(required = true)]
    pub metrics: Option<Metrics>,
}

impl ModelInfo {
    fn of(manifest: &Manifest) -> Option<Self> {
        let fresh = manifest.variants.iter().find(|v| v.horizon == Horizon::Fresh)?;
        Some(Self {
            name: manifest.name.clone(),
            version: manifest.version.clone(),
            trained_at: manifest.trained_at,
            trained_until: manifest.trained_until,
            rows: fresh.rows,
            features: fresh.features.len(),
            simulated: manifest.simulated,
            metrics: fresh.holdout.as_ref().map(Metrics::from),
        })
    }
}

/// The trained model that answers.
#[utoipa::path(
    get, operation_id = "get_model_info", path = "/api/v1/models/info", tag = "forecasts",
    responses(
        (status = 200, description = "The active model", body = Envelope<ModelInfo>),
        (status = 404, description = "`no_model`: none has been trained yet", body = Failure),
        (status = 503, description = "`model_unreadable`: its files are missing or damaged", body = Failure),
    )
)]
pub(crate) async fn info(State(state): State<ApiState>) -> Result<Data<ModelInfo>, ApiError> {
    let snapshot = state.forecasts().current().await?;
    let Some(model) = snapshot.model() else {
        return Err(match snapshot.reason() {
            Some(reason @ Reason::Unreadable(_)) => {
                ApiError::unavailable("model_unreadable", reason.to_string())
            }
            _ => ApiError::not_found("no_model", Reason::NoModel.to_string()),
        });
    };
    ModelInfo::of(&model.manifest).map(Data::of).ok_or_else(ApiError::internal)
}

/// A registered version of a model.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelVersionItem {
    /// Its name.
    #[schema(example = "touchline")]
    pub name: String,
    /// Its version.
    pub version: String,
    /// `champion`, which answers, `challenger`, which has to prove itself, or `previous`; null for all others.
    #[schema(required = true, example = "champion")]
    pub alias: Option<&'static str>,
    /// When it was trained.
    pub trained_at: DateTime<Utc>,
}

/// Registered models.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelList {
    /// The latest first.
    pub items: Vec<ModelVersionItem>,
}

/// All registered versions of models, and who answers.
#[utoipa::path(
    get, operation_id = "list_models", path = "/api/v1/models", tag = "forecasts",
    responses((status = 200, description = "The versions", body = Envelope<ModelList>))
)]
pub(crate) async fn list(State(state): State<ApiState>) -> Result<Data<ModelList>, ApiError> {
    let (versions, aliases) = (state.store().versions().await?, state.store().model_aliases().await?);
    let items = versions.into_iter().map(|model| {
        let of = |alias: &&AssignedAlias| alias.name == model.name && alias.version == model.version;
        let alias = aliases.iter().find(of).map(|alias| alias.alias.name());
        ModelVersionItem { name: model.name, version: model.version, alias, trained_at: model.trained_at }
    });
    Ok(Data::of(ModelList { items: items.collect() }))
}

/// A mean over matches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeanItem {
    /// The mean.
    pub value: f64,
    /// Its standard error; null for fewer than two matches.
    #[schema(required = true)]
    pub standard_error: Option<f64>,
}

impl From<Mean> for MeanItem {
    fn from(mean: Mean) -> Self {
        Self { value: mean.value, standard_error: mean.standard_error }
    }
}

/// How a version of a model has done: of each match that is over, the forecast that was sealed last.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordItem {
    /// Name of the model.
    pub model_name: String,
    /// Its version.
    pub model_version: String,
    /// Verified matches: the sample of everything below.
    pub matches: u64,
    /// Share whose likeliest outcome happened.
    pub accuracy: MeanItem,
    /// Ranked probability score, lower is better.
    pub rps: MeanItem,
    /// Log loss.
    pub log_loss: MeanItem,
    /// Matches with a closing line.
    pub priced: u64,
    /// On these, RPS minus that of the closing line: below 0 where the model was better.
    #[schema(required = true)]
    pub minus_closing: Option<MeanItem>,
}

impl From<ModelRecord> for RecordItem {
    fn from(record: ModelRecord) -> Self {
        Self {
            model_name: record.model_name,
            model_version: record.model_version,
            matches: record.matches,
            accuracy: record.accuracy.into(),
            rps: record.rps.into(),
            log_loss: record.log_loss.into(),
            priced: record.priced,
            minus_closing: record.minus_closing.map(Into::into),
        }
    }
}

/// What sealed forecasts came to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordList {
    /// By name and version; none before a sealed forecast was verified.
    pub items: Vec<RecordItem>,
}

/// How each version of a model has done on matches that were sealed before their kick-off and verified since.
#[utoipa::path(
    get, operation_id = "get_model_metrics", path = "/api/v1/models/metrics", tag = "forecasts",
    responses((status = 200, description = "Scores with their samples", body = Envelope<RecordList>))
)]
pub(crate) async fn metrics(State(state): State<ApiState>) -> Result<Data<RecordList>, ApiError> {
    let revision = state.revision().await?;
    let read = async {
        let records = verify::records(state.store()).await?;
        Ok(RecordList { items: records.into_iter().map(Into::into).collect() })
    };
    state.kept(revision.as_ref(), "models/metrics", read).await
}

#[cfg(test)]
mod tests {
    use crate::testing::Service;

    #[tokio::test]
    async fn without_a_model_the_answer_says_what_to_run() {
        let service = Service::with_matches().await;
        let answer = service.get("/api/v1/models/info").await;
        assert_eq!((answer.status, answer.error_code()), (404, "no_model"));
        assert!(answer.body["error"]["message"].as_str().unwrap().contains("touchline train"));
    }
}
