//! What operators do: sealing a forecast on demand, and letting another version of the model answer.

use crate::auth::Caller;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{JsonBody, Params};
use crate::routes::predictions::{ModelRef, ViewName};
use crate::routes::sealed::SealedItem;
use crate::state::{ApiState, Operations};
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use touchline_accounts::Principal;
use touchline_domain::ports::SealedFilter;
use touchline_domain::{MatchId, Silent};
use touchline_forecasting::seal::{Forecasters, SealError, Sealing, forecast_one};
use touchline_forecasting::serving::MarketView;
use touchline_learning::model::name_of;
use touchline_learning::registry::{Assignable, RegistryError, assign};
use utoipa::ToSchema;

/// Which forecast to seal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SealRequest {
    /// A match to come.
    #[schema(minimum = 1, example = 1)]
    match_id: i64,
}

/// A forecast that is sealed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SealedNow {
    /// Whether it was sealed now; false where the one that was sealed last says the same.
    pub sealed_now: bool,
    /// The forecast sealed last.
    pub entry: SealedItem,
}

/// Forecasts a match to come with the model that answers it and seals the forecast. Asking again seals nothing new unless the forecast
/// has changed, so a request may be repeated.
#[utoipa::path(
    post, operation_id = "seal_prediction", path = "/api/v1/predictions", tag = "forecasts", request_body = SealRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same request under the same key is done once", max_length = 255, pattern = "^[!-~]+$")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The sealed forecast", body = Envelope<SealedNow>),
        (status = 400, description = "The body cannot be read", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 422, description = "`key_reused`: another request came under this key", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "There is no such match", body = Failure),
        (status = 409, description = "`not_to_come`: it has started; `no_model`: no trained model is active", body = Failure),
        (status = 503, description = "It cannot be computed at present", body = Failure),
    )
)]
pub(crate) async fn seal(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    JsonBody(body): JsonBody<SealRequest>,
) -> Result<Data<SealedNow>, ApiError> {
    let operations = state.operations()?;
    let id = MatchId(body.match_id);
    let sealing = Sealing { as_of: None, until: None, threads: operations.threads };
    let store = &*operations.store;
    let held = state.forecasts().status().snapshot.and_then(|snapshot| snapshot.champions());
    let artifacts = operations.artifacts.as_deref();
    let forecasters = Forecasters::open(store, artifacts, &operations.data_dir, held.as_ref()).await?;
    let report = forecast_one(store, &forecasters, id, sealing, &*state.clock(), Arc::new(Silent)).await?;
    let last = store.sealed_page(SealedFilter { match_id: Some(id), verified: false }, None, 1).await?.pop();
    let entry = last.map(SealedItem::from).ok_or_else(ApiError::internal)?;
    note(&state, &caller, "seal forecast", format!("match {id}")).await;
    Ok(Data::of_the_moment(SealedNow { sealed_now: report.sealed > 0, entry }))
}

/// Which version answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Promoted {
    /// The version that answers from now on.
    pub champion: ModelRef,
}

/// Lets a registered version answer, if its files can be read. Forecasts follow within moments; until then the version before
/// goes on answering.
#[utoipa::path(
    post, operation_id = "promote_model", path = "/api/v1/models/{version}/promote", tag = "forecasts",
    params(("version" = String, Path, description = "The version, or `challenger`", max_length = 200), ("Idempotency-Key" = Option<String>, Header, description = "The same request under the same key is done once", max_length = 255, pattern = "^[!-~]+$")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "It answers", body = Envelope<Promoted>),
        (status = 401, description = "No account", body = Failure),
        (status = 422, description = "`key_reused`: another request came under this key", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "No such version is registered", body = Failure),
        (status = 409, description = "`model_unreadable`: its files are missing or damaged; the one before goes on answering", body = Failure),
        (status = 503, description = "Not at present", body = Failure),
    )
)]
pub(crate) async fn promote(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Path(wanted): Path<String>,
) -> Result<Data<Promoted>, ApiError> {
    let Operations { store, artifacts, data_dir, .. } = state.operations()?;
    let version = assign(&**store, artifacts.as_deref(), data_dir, &wanted, Assignable::Champion).await?;
    Ok(promoted(&state, &caller, "promote model", version.name, version.version).await)
}

/// Of which model.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RollBackQuery {
    /// Which prices it sees: `none`, the default, `earlier`, `pre-match` or `closing`.
    #[param(inline, example = "none")]
    view: Option<ViewName>,
}

/// Lets the version answer again that did before the last promotion.
#[utoipa::path(
    post, operation_id = "roll_back_model", path = "/api/v1/models/rollback", tag = "forecasts",
    params(RollBackQuery, ("Idempotency-Key" = Option<String>, Header, description = "The same request under the same key is done once", max_length = 255, pattern = "^[!-~]+$")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "It answers", body = Envelope<Promoted>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 422, description = "`key_reused`: another request came under this key", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 409, description = "`no_previous`: no other version answered before", body = Failure),
    )
)]
pub(crate) async fn roll_back(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Params(query): Params<RollBackQuery>,
) -> Result<Data<Promoted>, ApiError> {
    let name = name_of(query.view.map_or(MarketView::None, MarketView::from));
    let back = state.operations()?.store.roll_back(name).await?;
    let version =
        back.ok_or_else(|| ApiError::conflict("no_previous", "no other version answered before"))?;
    Ok(promoted(&state, &caller, "roll back model", name.to_owned(), version).await)
}

async fn promoted(
    state: &ApiState,
    caller: &Principal,
    action: &str,
    name: String,
    version: String,
) -> Data<Promoted> {
    // Forecasts follow the feed of changes.
    note(state, caller, action, format!("{name} {version}")).await;
    Data::of_the_moment(Promoted { champion: ModelRef::named(name, version) })
}

/// Writes down what was done. It is done: a log that cannot be written now is an error of its own.
pub(crate) async fn note(state: &ApiState, caller: &Principal, action: &str, subject: String) {
    let Some(accounts) = state.accounts() else { return };
    if let Err(error) = accounts.record(&caller.actor(), action, &subject, None).await {
        tracing::error!(%error, action, subject, "this was done and could not be recorded");
    }
}

impl From<SealError> for ApiError {
    fn from(error: SealError) -> Self {
        let message = error.to_string();
        match error {
            SealError::Store(error) => error.into(),
            SealError::UnknownMatch(_) => Self::not_found("no_match", message),
            SealError::NotToCome { .. } => Self::conflict("not_to_come", message),
            SealError::Model(_) | SealError::Stopped(_) | SealError::Failed => {
                tracing::error!(%message, "a forecast could not be sealed");
                Self::unavailable(
                    "forecasts_unavailable",
                    "the forecast could not be computed; try again later",
                )
            }
        }
    }
}

impl From<RegistryError> for ApiError {
    fn from(error: RegistryError) -> Self {
        let message = error.to_string();
        match error {
            RegistryError::Store(error) => error.into(),
            RegistryError::NoChampion { .. } => Self::conflict("no_model", message),
            RegistryError::Unknown { .. } => Self::not_found("no_version", message),
            RegistryError::Bundle(_) | RegistryError::Artifact(_) => {
                tracing::error!(%message, "a model cannot be read");
                Self::conflict("model_unreadable", "its files are missing or damaged; the log says more")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Service;
    use axum::body::Body;
    use axum::http::Request;
    use serde_json::{Value, json};
    use std::sync::Arc;
    use touchline_accounts::AccountSettings;
    use touchline_domain::AccessRole;
    use touchline_domain::ports::{LedgerReader, ModelReader, ModelWriter};

    const PASSWORD: &str = "correct horse battery";

    async fn operated() -> (Service, String) {
        let service = Service::with_seasons().await;
        let accounts =
            Arc::new(service.accounts("0123456789abcdef0123456789abcdef", AccountSettings::default()));
        accounts.add_user("test", "ben", PASSWORD, AccessRole::Operator).await.unwrap();
        let token = accounts.login("ben", PASSWORD, "test").await.unwrap().access;
        (service.with_accounts(accounts), token)
    }

    async fn post(service: &Service, token: &str, uri: &str, body: &Value) -> crate::testing::Answer {
        let request = Request::post(uri)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        service.ask(request).await
    }

    #[tokio::test]
    async fn a_forecast_is_sealed_on_demand_and_once() {
        let (service, token) = operated().await;
        let id = service.first("scheduled").await;
        let body = json!({ "match_id": id });
        let none = post(&service, &token, "/api/v1/predictions", &body).await;
        assert_eq!((none.status, none.error_code()), (409, "no_model"));
        service.train().await;
        let sealed = post(&service, &token, "/api/v1/predictions", &body).await;
        assert_eq!(
            (&sealed.data()["sealed_now"], &sealed.data()["entry"]["match_id"]),
            (&json!(true), &json!(id))
        );
        let again = post(&service, &token, "/api/v1/predictions", &body).await;
        assert_eq!(again.data()["sealed_now"], false);
        assert_eq!(again.data()["entry"], sealed.data()["entry"]);
        assert_eq!(service.store.ledger_head().await.unwrap().sequence, 1);
        for (id, status, code) in [
            (json!(999_999), 404, "no_match"),
            (json!(service.first("finished").await), 409, "not_to_come"),
            (json!("1"), 400, "invalid_body"),
        ] {
            let answer = post(&service, &token, "/api/v1/predictions", &json!({ "match_id": id })).await;
            assert_eq!((answer.status, answer.error_code()), (status, code));
        }
    }

    #[tokio::test]
    async fn a_version_is_promoted_and_rolled_back_unless_its_files_are_damaged() {
        let (service, token) = operated().await;
        service.train().await;
        let first = service.store.versions().await.unwrap().remove(0);
        let rollback = "/api/v1/models/rollback";
        let none = post(&service, &token, rollback, &json!({})).await;
        assert_eq!((none.status, none.error_code()), (409, "no_previous"));
        let mut damaged = first.clone();
        damaged.version = "damaged".into();
        damaged.manifest_hash = "0".repeat(64);
        service.store.register(&damaged).await.unwrap();
        let refused = post(&service, &token, "/api/v1/models/damaged/promote", &json!({})).await;
        assert_eq!((refused.status, refused.error_code()), (409, "model_unreadable"));
        let unknown = post(&service, &token, "/api/v1/models/none/promote", &json!({})).await;
        assert_eq!((unknown.status, unknown.error_code()), (404, "no_version"));
        service.store.promote(&damaged.name, "damaged").await.unwrap();
        let uri = format!("/api/v1/models/{}/promote", first.version);
        let promoted = post(&service, &token, &uri, &json!({})).await;
        assert_eq!(promoted.data()["champion"]["version"], first.version);
        let back = post(&service, &token, rollback, &json!({})).await;
        assert_eq!(back.data()["champion"]["version"], "damaged");
        // What follows the feed does in a server.
        service.forecasts.refresh().await.unwrap();
        let info = service.get("/api/v1/models/info").await;
        assert_eq!(info.error_code(), "model_unreadable");
    }
}
