//! The features that the forecast of a match is made from.

use crate::auth::Caller;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, Params};
use crate::routes::matches::stored;
use crate::routes::predictions::{ViewName, known, past};
use crate::state::ApiState;
use axum::Extension;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::MatchId;
use touchline_forecasting::explain::Definition;
use touchline_forecasting::serving::MarketView;
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
    /// All features of the model that answers, or of the view that is asked for, in their order.
    pub items: Vec<FeatureItem>,
}

/// As of when, and with which prices.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FeaturesQuery {
    /// Which prices are seen, of any match; without it and without `as_of`, those that the model sees that answers. Both need an
    /// account: all matches are read.
    #[param(inline, example = json!(null))]
    view: Option<ViewName>,
    /// The features as they stood at this time, before the kick-off of any match. A date, meaning its start in UTC, or RFC 3339.
    #[param(example = json!(null))]
    as_of: Option<String>,
}

/// The features from which the current forecast of a match to come was made; or those of any match as of a time, or of a match to come
/// with a view of prices.
#[utoipa::path(
    get, operation_id = "list_features", path = "/api/v1/matches/{id}/features", tag = "forecasts",
    params(("id" = i64, Path, description = "Identifier of the match", minimum = 1), FeaturesQuery),
    responses(
        (status = 200, description = "Its features", body = Envelope<MatchFeatures>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 401, description = "As of a time, or with a view: no account", body = Failure),
        (status = 404, description = "There is no such match", body = Failure),
        (status = 409, description = "`no_features`: it is not to come, or no trained model answers; `begun`: it had begun at the time that is asked for", body = Failure),
        (status = 503, description = "Forecasts cannot be computed at present", body = Failure),
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    Id(id): Id,
    caller: Option<Extension<Caller>>,
    Params(query): Params<FeaturesQuery>,
) -> Result<Data<MatchFeatures>, ApiError> {
    let as_of = past(&state, query.as_of.as_deref())?;
    if as_of.is_some() || query.view.is_some() {
        known(caller.as_ref())?;
        let view = query.view.map_or(MarketView::None, MarketView::from);
        let as_of = as_of.unwrap_or_else(|| state.clock().now());
        let found = state.forecasts().features_as_of(MatchId(id), as_of, view).await?;
        let items = found.definitions.iter().zip(found.values);
        let items = items.map(|(definition, value)| FeatureItem::of(definition, value)).collect();
        return Ok(Data::of(MatchFeatures { match_id: id, as_of: found.as_of, items }));
    }
    stored(&state, id).await?;
    let snapshot = state.forecasts().current().await?;
    let Some((values, definitions)) = snapshot.features(MatchId(id)) else {
        return Err(ApiError::conflict(
            "no_features",
            "features are at hand of matches to come that a trained model forecasts; with `as_of` those of any match are computed",
        ));
    };
    let items = definitions.iter().zip(values).map(|(definition, value)| FeatureItem::of(definition, value));
    Ok(Data::of(MatchFeatures { match_id: id, as_of: snapshot.as_of(), items: items.collect() }))
}
