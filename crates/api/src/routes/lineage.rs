//! Where forecasts come from, and what came of documents.

use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, Params, limit};
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::DocumentId;
use touchline_domain::ports::MatchOrigin;
use touchline_forecasting::lineage::{self, ClubFacts, DocumentImpact, ForecastLineage, TracedResult};
use utoipa::ToSchema;

/// A line of a document that brought or changed something.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OriginItem {
    /// The document; `/api/v1/lineage/documents/{id}` follows it forward.
    pub document: i64,
    /// Its source.
    #[schema(example = "football-data")]
    pub source: String,
    /// Its name.
    #[schema(example = "2324/E0.csv")]
    pub name: String,
    /// BLAKE3 of its bytes.
    pub hash: String,
    /// When it first came.
    pub collected_at: DateTime<Utc>,
    /// The line, or the number of the record.
    pub line: u32,
}

impl From<MatchOrigin> for OriginItem {
    fn from(origin: MatchOrigin) -> Self {
        let MatchOrigin { document, source, name, hash, collected_at, line, .. } = origin;
        Self { document: document.0, source, name, hash, collected_at, line }
    }
}

fn origins(origins: Vec<MatchOrigin>) -> Vec<OriginItem> {
    origins.into_iter().map(OriginItem::from).collect()
}

/// A result that was known when the forecast was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TracedItem {
    /// The match.
    pub match_id: i64,
    /// Its kick-off.
    pub kickoff: DateTime<Utc>,
    /// The home side.
    pub home: String,
    /// The away side.
    pub away: String,
    /// The score, as it is held now.
    #[schema(example = "2-1")]
    pub score: String,
    /// Where it comes from; empty where that was not kept yet when it came.
    pub origins: Vec<OriginItem>,
}

impl From<TracedResult> for TracedItem {
    fn from(result: TracedResult) -> Self {
        let TracedResult { match_id, kickoff, home, away, score, origins } = result;
        Self { match_id: match_id.0, kickoff, home, away, score, origins: self::origins(origins) }
    }
}

/// A club of the match.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClubItem {
    /// The club.
    pub team_id: i64,
    /// Its name.
    pub name: String,
    /// Its last results known at the time of the forecast, the latest first.
    pub last_results: Vec<TracedItem>,
}

impl From<ClubFacts> for ClubItem {
    fn from(club: ClubFacts) -> Self {
        let last_results = club.last_results.into_iter().map(TracedItem::from).collect();
        Self { team_id: club.team_id.0, name: club.name, last_results }
    }
}

/// The bundle behind a forecast.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BundleItem {
    /// Name of the model.
    #[schema(example = "touchline")]
    pub name: String,
    /// Its version.
    pub version: String,
    /// BLAKE3 of the manifest; the version of the program where no trained model answered.
    pub manifest_hash: String,
    /// When it was trained.
    #[schema(required = true)]
    pub trained_at: Option<DateTime<Utc>>,
    /// Results known after this time were not used.
    #[schema(required = true)]
    pub trained_until: Option<DateTime<Utc>>,
    /// Hash of the facts that it learned from.
    #[schema(required = true)]
    pub data_hash: Option<String>,
    /// How it was trained.
    #[schema(required = true, value_type = Option<Object>)]
    pub recipe: Option<serde_json::Value>,
    /// Why the manifest says nothing here, where it does not.
    #[schema(required = true)]
    pub unread: Option<String>,
}

/// A feature that a forecast was made from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeatureItem {
    /// Its name.
    pub name: String,
    /// The version of its formula.
    pub version: String,
    /// The formula.
    #[schema(required = true)]
    pub formula: Option<String>,
    /// Its unit.
    #[schema(required = true)]
    pub unit: Option<String>,
    /// What a missing value means.
    #[schema(required = true)]
    pub null_meaning: Option<String>,
}

/// What a sealed forecast was made from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ForecastLineageItem {
    /// The forecast.
    pub forecast_id: i64,
    /// Its match.
    pub match_id: i64,
    /// Chance of a home win.
    pub home_win_prob: f64,
    /// Chance of a draw.
    pub draw_prob: f64,
    /// Chance of an away win.
    pub away_win_prob: f64,
    /// Facts up to this time were used.
    pub as_of: DateTime<Utc>,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
    /// Its number in the ledger; null where it was sealed before that began.
    #[schema(required = true)]
    pub ledger_sequence: Option<u64>,
    /// Hash of its entry.
    #[schema(required = true)]
    pub entry_hash: Option<String>,
    /// Hash of the facts that its features were computed from.
    #[schema(required = true)]
    pub facts_hash: Option<String>,
    /// The model.
    pub bundle: BundleItem,
    /// The features, in the order of the model's columns.
    pub features: Vec<FeatureItem>,
    /// Where the match itself comes from.
    pub origins: Vec<OriginItem>,
    /// Home and away.
    pub clubs: Vec<ClubItem>,
}

impl From<ForecastLineage> for ForecastLineageItem {
    fn from(found: ForecastLineage) -> Self {
        let [home_win_prob, draw_prob, away_win_prob] = found.probabilities;
        let (ledger_sequence, entry_hash) = found.ledger.unzip();
        let bundle = found.bundle;
        let features = found.features.into_iter().map(|f| FeatureItem {
            name: f.name,
            version: f.version,
            formula: f.formula,
            unit: f.unit,
            null_meaning: f.null_meaning,
        });
        Self {
            forecast_id: found.forecast_id,
            match_id: found.match_id.0,
            home_win_prob,
            draw_prob,
            away_win_prob,
            as_of: found.as_of,
            sealed_at: found.sealed_at,
            ledger_sequence,
            entry_hash,
            facts_hash: found.facts_hash,
            bundle: BundleItem {
                name: bundle.name,
                version: bundle.version,
                manifest_hash: bundle.manifest_hash,
                trained_at: bundle.trained_at,
                trained_until: bundle.trained_until,
                data_hash: bundle.data_hash,
                recipe: bundle.recipe,
                unread: bundle.unread,
            },
            features: features.collect(),
            origins: origins(found.origins),
            clubs: found.clubs.into_iter().map(ClubItem::from).collect(),
        }
    }
}

/// How much to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ForecastQuery {
    /// Results of each club: 1 to 50, 5 where none is given.
    #[param(minimum = 1, maximum = 50)]
    results: Option<u32>,
}

/// What a sealed forecast was made from: model, features, and the lines of documents behind the last results of both clubs.
#[utoipa::path(
    get, operation_id = "get_forecast_lineage", path = "/api/v1/lineage/forecasts/{id}", tag = "quality",
    params(("id" = i64, Path, description = "Identifier of the sealed forecast", minimum = 1), ForecastQuery),
    responses(
        (status = 200, description = "What it was made from", body = Envelope<ForecastLineageItem>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such forecast", body = Failure),
    )
)]
pub(crate) async fn forecast(
    State(state): State<ApiState>,
    Id(id): Id,
    Params(query): Params<ForecastQuery>,
) -> Result<Data<ForecastLineageItem>, ApiError> {
    let results = limit(query.results, 5, 1..=50)
        .map_err(|_| crate::extract::invalid("results: write a number from 1 to 50"))?;
    let data_dir = state.operations().ok().map(|operations| operations.data_dir.as_path());
    let found = lineage::of_forecast(state.store(), id, data_dir, results).await?;
    let found = found.ok_or_else(|| {
        ApiError::not_found(
            "no_forecast",
            "no forecast is sealed under this number; see /api/v1/predictions/history",
        )
    })?;
    Ok(Data::of(found.into()))
}

/// How much to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DocumentQuery {
    /// Matches and forecasts, each at most so many: 1 to 200, 50 where none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A match that a document brought or changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BroughtItem {
    /// The match.
    pub match_id: i64,
    /// The line.
    pub line: u32,
}

/// A model that was trained since a document came.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TouchedModelItem {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// When it was trained.
    pub trained_at: DateTime<Utc>,
}

/// A sealed forecast that a document may have touched.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TouchedForecastItem {
    /// The forecast; `/api/v1/lineage/forecasts/{id}` follows it back.
    pub id: i64,
    /// Its match.
    pub match_id: i64,
    /// Version of the model.
    pub model_version: String,
    /// Facts up to this time were used.
    pub as_of: DateTime<Utc>,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
}

/// What came of a document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DocumentItem {
    /// The document.
    pub document: i64,
    /// Its source.
    pub source: String,
    /// Its name.
    pub name: String,
    /// BLAKE3 of its bytes.
    pub hash: String,
    /// When it first came.
    pub collected_at: DateTime<Utc>,
    /// Matches of which it brought or changed something.
    pub matches: Vec<BroughtItem>,
    /// Models trained since it came.
    pub models: Vec<TouchedModelItem>,
    /// Sealed forecasts of later matches of the same clubs, made from facts of a time when it was there.
    pub forecasts: Vec<TouchedForecastItem>,
    /// Whether there are more matches or forecasts than are listed.
    pub is_cut: bool,
}

impl From<DocumentImpact> for DocumentItem {
    fn from(found: DocumentImpact) -> Self {
        let matches = found.matches.into_iter().map(|(id, line)| BroughtItem { match_id: id.0, line });
        let models = found.models.into_iter().map(|m| TouchedModelItem {
            name: m.name,
            version: m.version,
            trained_at: m.trained_at,
        });
        let forecasts = found.forecasts.into_iter().map(|f| TouchedForecastItem {
            id: f.id,
            match_id: f.match_id.0,
            model_version: f.model_version,
            as_of: f.as_of,
            sealed_at: f.sealed_at,
        });
        Self {
            document: found.document.0,
            source: found.source,
            name: found.name,
            hash: found.hash,
            collected_at: found.collected_at,
            matches: matches.collect(),
            models: models.collect(),
            forecasts: forecasts.collect(),
            is_cut: found.is_cut,
        }
    }
}

/// What came of a document: matches, models and sealed forecasts.
#[utoipa::path(
    get, operation_id = "get_document_lineage", path = "/api/v1/lineage/documents/{id}", tag = "quality",
    params(("id" = i64, Path, description = "Identifier of the document", minimum = 1), DocumentQuery),
    responses(
        (status = 200, description = "What came of it", body = Envelope<DocumentItem>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such document", body = Failure),
    )
)]
pub(crate) async fn document(
    State(state): State<ApiState>,
    Id(id): Id,
    Params(query): Params<DocumentQuery>,
) -> Result<Data<DocumentItem>, ApiError> {
    let most = limit(query.limit, 50, 1..=200)?;
    let found = lineage::of_document(state.store(), DocumentId(id), most).await?;
    let found = found.ok_or_else(|| ApiError::not_found("no_document", "no document has this number"))?;
    Ok(Data::of(found.into()))
}
