//! Health of the service and of what it depends on.

use crate::envelope::{Data, Envelope, Failure, Report};
use crate::error::ApiError;
use crate::state::ApiState;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use touchline_forecasting::serving::Mode;
use utoipa::ToSchema;

/// How long a report holds.
const HOLDS: TimeDelta = TimeDelta::seconds(2);
/// A dependency that takes longer does not answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// How a service stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// Everything works.
    Healthy,
    /// It answers, with less than it should.
    Degraded,
    /// It cannot answer.
    Unhealthy,
}

/// Health of the service.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Health {
    /// The whole.
    pub status: Status,
    /// Version of the program.
    pub version: &'static str,
    /// What it depends on.
    pub checks: Checks,
}

/// What the service depends on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Checks {
    /// The store; nothing works without it.
    pub database: Check,
    /// The forecasts; a simpler model stands in where the trained one cannot answer.
    pub model: Check,
    /// Listeners to running matches. It never fails by itself.
    pub live: Check,
    /// What servers share in Redis; absent where none is configured. Without it answers come from the database, and limits hold
    /// for each server alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub redis: Option<Check>,
}

/// One dependency.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Check {
    /// Whether it works.
    pub healthy: bool,
    /// How long it took to say so.
    pub response_time_ms: f64,
    /// What it says.
    pub details: String,
}

/// The report that was made last, and when. Held while one is made, so that many who ask make one.
#[derive(Debug, Default)]
pub(crate) struct LatestHealth(Mutex<Option<(DateTime<Utc>, Health)>>);

/// Health of the service and of each thing it depends on, looked up every two seconds at most.
#[utoipa::path(
    get, operation_id = "get_health", path = "/health", tag = "operations",
    responses(
        (status = 200, description = "It answers, perhaps with less", body = Envelope<Health>),
        (status = 503, description = "It cannot answer; `data` is the same report", body = Failure),
    )
)]
pub(crate) async fn report(State(state): State<ApiState>) -> Response {
    let health = latest(&state).await;
    if health.status == Status::Unhealthy {
        let error = ApiError::unavailable("unhealthy", "the database does not answer");
        return Report { error, data: health }.into_response();
    }
    Data::of_the_moment(health).into_response()
}

/// The report, at most two seconds old.
pub(crate) async fn latest(state: &ApiState) -> Health {
    let now = state.clock().now();
    let mut latest = state.health().0.lock().await;
    if let Some((_, health)) = latest.as_ref().filter(|(at, _)| (now - *at).abs() < HOLDS) {
        return health.clone();
    }
    let (database, redis) = tokio::join!(database(state), redis(state));
    let (model, live) = (model(state), live_feed(state));
    let is_whole = model.healthy && redis.as_ref().is_none_or(|redis| redis.healthy);
    let status = match (database.healthy, is_whole) {
        (true, true) => Status::Healthy,
        (true, false) => Status::Degraded,
        (false, _) => Status::Unhealthy,
    };
    let checks = Checks { database, model, live, redis };
    let health = Health { status, version: env!("CARGO_PKG_VERSION"), checks };
    *latest = Some((now, health.clone()));
    health
}

/// Whether the process runs: restart it when this does not answer.
#[utoipa::path(
    get, operation_id = "get_liveness", path = "/health/live", tag = "operations",
    responses((status = 200, description = "It runs", body = Envelope<Liveness>))
)]
pub(crate) async fn live() -> Data<Liveness> {
    Data::of_the_moment(Liveness::ALIVE)
}

/// That the process runs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Liveness {
    /// Always `alive`.
    #[schema(example = "alive")]
    pub status: &'static str,
}

impl Liveness {
    /// It runs: it can say so.
    pub const ALIVE: Self = Self { status: "alive" };
}

/// Whether requests can be answered now: the store answers and forecasts have been computed once. Also at
/// `/ready`.
#[utoipa::path(
    get, operation_id = "get_readiness", path = "/health/ready", tag = "operations",
    responses(
        (status = 200, description = "Send requests", body = Envelope<Readiness>),
        (status = 503, description = "Not yet, or not now", body = Failure),
    )
)]
pub(crate) async fn ready(State(state): State<ApiState>) -> Result<Data<Readiness>, ApiError> {
    if !database(&state).await.healthy {
        return Err(ApiError::unavailable("not_ready", "the database does not answer"));
    }
    let Some(snapshot) = state.forecasts().status().snapshot else {
        state.forecasts().refresh_behind();
        return Err(ApiError::unavailable("not_ready", "the first forecasts are being computed"));
    };
    Ok(Data::of_the_moment(Readiness { status: "ready", mode: snapshot.mode().name() }))
}

/// That requests can be answered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Readiness {
    /// Always `ready`.
    #[schema(example = "ready")]
    pub status: &'static str,
    /// What forecasts come from: `real`, `fallback` or `mock`.
    #[schema(example = "real")]
    pub mode: &'static str,
}

pub(super) async fn database(state: &ApiState) -> Check {
    let started = Instant::now();
    let answer = tokio::time::timeout(PATIENCE, state.store().check()).await;
    let (healthy, details) = match answer {
        Ok(Ok(details)) => (true, details),
        Ok(Err(error)) => {
            tracing::error!(%error, "the database is not healthy");
            (false, "does not answer".to_owned())
        }
        Err(_) => (false, format!("no answer within {} s", PATIENCE.as_secs())),
    };
    Check { healthy, response_time_ms: started.elapsed().as_secs_f64() * 1000.0, details }
}

pub(super) fn model(state: &ApiState) -> Check {
    let started = Instant::now();
    let status = state.forecasts().status();
    let (healthy, details) = match &status.snapshot {
        None if status.failed => (false, "the forecasts could not be computed".to_owned()),
        None => (true, "nothing has been asked for yet".to_owned()),
        Some(snapshot) => {
            let mut details =
                format!("{} forecasts by {} as of {}", snapshot.len(), snapshot.label(), snapshot.as_of());
            if let Some(reason) = snapshot.reason() {
                details = format!("{details}; {reason}");
            }
            for reason in snapshot.silent() {
                details = format!("{details}; {reason}");
            }
            if status.failed {
                details.push_str("; renewing them failed");
            }
            let answers = snapshot.mode() == Mode::Real && snapshot.silent().is_empty();
            (answers && !status.failed, details)
        }
    };
    Check { healthy, response_time_ms: started.elapsed().as_secs_f64() * 1000.0, details }
}

/// What servers share, where they share anything.
pub(super) async fn redis(state: &ApiState) -> Option<Check> {
    let shared = state.shared()?;
    let started = Instant::now();
    let health = shared.coordination.health().await;
    let response_time_ms = started.elapsed().as_secs_f64() * 1000.0;
    Some(Check { healthy: health.answers, response_time_ms, details: health.details })
}

fn live_feed(state: &ApiState) -> Check {
    let started = Instant::now();
    let feed = state.live().feed();
    let details =
        format!("{} listeners, {} updates since the start", feed.listeners(), feed.position().number);
    Check { healthy: !feed.is_closed(), response_time_ms: started.elapsed().as_secs_f64() * 1000.0, details }
}

#[cfg(test)]
mod tests {
    use crate::testing::Service;

    #[tokio::test]
    async fn a_report_holds_for_two_seconds() {
        let service = Service::empty().await;
        let healthy = |answer: &crate::testing::Answer| answer.body["data"]["checks"]["database"].clone();
        let first = service.get("/health").await;
        assert_eq!(first.data()["checks"]["live"]["healthy"], true);
        service.store.close().await;
        assert_eq!(healthy(&service.get("/health").await), healthy(&first));
        service.clock.advance(chrono::Duration::seconds(2));
        assert_eq!(service.get("/health").await.status, 503);
    }

    #[tokio::test]
    async fn a_service_without_a_model_is_degraded_and_says_why() {
        let service = Service::with_matches().await;
        service.get("/api/v1/matches?include=prediction").await;
        let health = service.get("/health").await;
        assert_eq!(health.status, 200);
        assert_eq!(health.data()["status"], "degraded");
        assert_eq!(health.data()["checks"]["database"]["healthy"], true);
        assert!(health.data()["checks"]["database"]["response_time_ms"].as_f64().unwrap() >= 0.0);
        assert_eq!(health.data()["checks"]["model"]["healthy"], false);
        let details = health.data()["checks"]["model"]["details"].as_str().unwrap();
        assert!(details.contains("touchline train"), "{details}");
        assert_eq!(health.header("cache-control"), "no-store");
        assert!(health.headers.get("etag").is_none(), "health is never kept");
    }

    #[tokio::test]
    async fn a_closed_store_is_unhealthy_but_alive() {
        let service = Service::with_matches().await;
        service.store.close().await;
        let health = service.get("/health").await;
        assert_eq!(health.status, 503);
        assert_eq!(health.error_code(), "unhealthy");
        assert_eq!(health.body["data"]["status"], "unhealthy");
        assert_eq!(health.body["data"]["checks"]["database"]["healthy"], false);
        assert_eq!(service.get("/health/live").await.status, 200);
        for path in ["/health/ready", "/ready"] {
            let ready = service.get(path).await;
            assert_eq!((ready.status, ready.error_code()), (503, "not_ready"), "{path}");
        }
    }

    #[tokio::test]
    async fn a_service_is_ready_once_forecasts_were_computed() {
        let service = Service::with_matches().await;
        let early = service.get("/ready").await;
        assert_eq!((early.status, early.error_code()), (503, "not_ready"));
        service.forecasts.refresh().await.unwrap();
        for path in ["/health/ready", "/ready"] {
            let ready = service.get(path).await;
            assert_eq!((ready.status, &ready.data()["mode"]), (200, &"fallback".into()), "{path}");
        }
    }
}
