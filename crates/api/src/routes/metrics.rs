//! What the process measures of itself.

use super::health::{database, model, redis};
use crate::exporter::Exporter;
use crate::state::ApiState;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use touchline_domain::telemetry::DEPENDENCY_UP;

/// The version of Prometheus' text format that is written.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// All metrics, in Prometheus' text format. Also at `/monitoring/metrics`.
#[utoipa::path(
    get, operation_id = "get_metrics", path = "/metrics", tag = "operations",
    responses((status = 200, description = "Metrics, one sample a line", body = String, content_type = "text/plain"))
)]
pub(crate) async fn text(State(state): State<ApiState>) -> impl IntoResponse {
    for (name, check) in [("database", database(&state).await), ("model", model(&state))] {
        metrics::gauge!(DEPENDENCY_UP.name, "dependency" => name).set(f64::from(u8::from(check.healthy)));
    }
    if let Some(check) = redis(&state).await {
        metrics::gauge!(DEPENDENCY_UP.name, "dependency" => "redis").set(f64::from(u8::from(check.healthy)));
    }
    state.measure_caches();
    if let Err(error) = state.measure_freshness().await {
        tracing::warn!(%error, "the age of the data cannot be read");
    }
    let headers = [(header::CONTENT_TYPE, TEXT_FORMAT), (header::CACHE_CONTROL, "no-store")];
    (headers, Exporter::installed().text())
}
