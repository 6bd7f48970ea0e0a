//! The features that the forecast of a match is made from.

use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::Id;
use crate::routes::matches::stored;
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use touchline_domain::MatchId;
use touchline_forecasting::explain::Definition;
use utoipa::ToSchema;

/// One feature of a match.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeatureItem {
    /// Its name.
    #[schema(example = "home_expected_goals")]
    pub name: String,
    /// The family that computes it.
    pub family: String,
    /// Its value; null where it is not known.
    #[schema(required = true)]
    pub value: Option<f32>,
    /// Its unit.
    pub unit: String,
    /// How it is computed.
    pub about: String,
    /// Raised whenever that changes.
    pub version: u16,
    /// What a value that is not known means.
    pub null_meaning: String,
}

impl FeatureItem {
    fn of(definition: &Definition, value: f32) -> Self {
        Self {
            name: definition.name.clone(),
            family: definition.family.clone(),
            value: value.is_finite().then_some(value),
            unit: definition.unit.clone(),
            about: definition.formula.clone(),
            version: definition.version,
            null_meaning: definition.null_meaning.clone(),
        }
    }
}

/// The features of a match.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MatchFeatures {
    /// The match.
    pub match_id: i64,
    /// Facts known up to this time were used.
    pub as_of: DateTime<Utc>,
    /// All features of the model that answers, in its order.
    pub items: Vec<FeatureItem>,
}

/// The features from which the current forecast of a match to come was made.
#[utoipa::path(
    get, operation_id = "list_features", path = "/api/v1/matches/{id}/features", tag = "forecasts",
    params(("id" = i64, Path, description = "Identifier of the match", minimum = 1)),
    responses(
        (status = 200, description = "Its features", body = Envelope<MatchFeatures>),
        (status = 400, description = "Not an identifier", body = Failure),
        (status = 404, description = "There is no such match", body = Failure),
        (status = 409, description = "`no_features`: it is not to come, or no trained model answers", body = Failure),
        (status = 503, description = "Forecasts cannot be computed at present", body = Failure),
    )
)]
pub(crate) async fn list(State(state): State<ApiState>, Id(id): Id) -> Result<Data<MatchFeatures>, ApiError> {
    stored(&state, id).await?;
    let snapshot = state.forecasts().current().await?;
    let Some((values, definitions)) = snapshot.features(MatchId(id)) else {
        return Err(ApiError::conflict(
            "no_features",
            "features are at hand of matches to come that a trained model forecasts; `touchline features show` computes those of any match",
        ));
    };
    let items = definitions.iter().zip(values).map(|(definition, value)| FeatureItem::of(definition, value));
    Ok(Data::of(MatchFeatures { match_id: id, as_of: snapshot.as_of(), items: items.collect() }))
}
