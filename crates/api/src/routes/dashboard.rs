//! What a dashboard shows at a glance.

use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::routes::health::{self, Health};
use crate::routes::matches::{self, MatchItem, ModeName};
use crate::routes::predictions::ModelRef;
use crate::routes::quality::CheckItem;
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Days, NaiveTime, Utc};
use serde::Serialize;
use touchline_domain::ports::MatchFilter;
use utoipa::ToSchema;

/// Most matches of a day.
const MOST: u32 = 200;

/// How forecasts stand.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Forecasts {
    /// What gives them.
    pub model: ModelRef,
    /// How good a stand-in that is for the trained model.
    pub mode: ModeName,
    /// Facts known up to this time were used.
    pub as_of: DateTime<Utc>,
    /// Matches to come that are forecast.
    pub matches: usize,
}

/// What there is to see today.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Dashboard {
    /// Matches of today, UTC, with their forecasts, at most 200.
    pub today_matches: Vec<MatchItem>,
    /// How forecasts stand; null where there are none.
    #[schema(required = true)]
    pub predictions: Option<Forecasts>,
    /// The latest check of the data; null before the first.
    #[schema(required = true)]
    pub data_quality: Option<CheckItem>,
    /// The service and what it depends on.
    pub system_health: Health,
}

/// Today's matches, forecasts, the quality of the data and the health of the service in one answer.
#[utoipa::path(
    get, operation_id = "get_dashboard", path = "/api/v1/dashboard/data", tag = "operations",
    responses(
        (status = 200, description = "What there is to see", body = Envelope<Dashboard>),
        (status = 500, description = "It cannot be put together", body = Failure),
    )
)]
pub(crate) async fn data(State(state): State<ApiState>) -> Result<Data<Dashboard>, ApiError> {
    let midnight = state.clock().now().date_naive().and_time(NaiveTime::MIN).and_utc();
    let tomorrow = midnight.checked_add_days(Days::new(1));
    let filter = MatchFilter { from: Some(midnight), to: tomorrow, ..MatchFilter::default() };
    let today = state.store().page(&filter, None, MOST).await?.matches;
    let snapshot = state.forecasts().current().await.ok();
    let checks = state.store().quality_checks(1).await?;
    Ok(Data::of_the_moment(Dashboard {
        today_matches: matches::items(&state, &today, true, None).await?,
        predictions: snapshot.map(|snapshot| Forecasts {
            model: snapshot.label().into(),
            mode: snapshot.mode().into(),
            as_of: snapshot.as_of(),
            matches: snapshot.len(),
        }),
        data_quality: checks.first().map(CheckItem::from),
        system_health: health::latest(&state).await,
    }))
}
