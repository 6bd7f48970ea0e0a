//! The REST interface: [`router`] answers requests from the ports of the domain and a [`ForecastService`]. It listens
//! nowhere; the binary serves it.
//!
//! One file per resource under `routes/` holds its documentation, its data transfer objects, a short handler and
//! its tests. Handlers return data or an [`error`](mod@error); [`envelope`] wraps both, tags and compares data,
//! and gives every error of the layers around the same shape.
//!
//! [`ForecastService`]: touchline_forecasting::serving::ForecastService

mod answers;
mod auth;
mod cursor;
mod envelope;
mod error;
mod exporter;
mod extract;
mod finished;
mod freshness;
mod idempotency;
pub mod imports;
mod layers;
mod live_writer;
mod names;
mod once;
mod openapi;
mod payload;
mod request_id;
mod revisions;
mod routes;
mod shedding;
mod shortcut;
mod state;
mod tables;
#[cfg(test)]
mod testing;
pub mod tickets;
mod uploads;

pub use exporter::Exporter;
pub use routes::live::{ConnectionPlace, LiveSettings};
pub use routes::openapi;
pub use shedding::Capacity;
pub use shortcut::Shortcut;
pub use state::{ApiState, IdentityLogin, Operations, SharedMemory};

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use idempotency::Answered;
use shedding::Places;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// Limits of the interface, and what else is served beside it.
#[derive(Debug, Clone)]
pub struct ApiConfig {
    /// A request that takes longer is answered with 504.
    pub timeout: Duration,
    /// Largest body of a request, bytes; more is answered with 413.
    pub body_limit: usize,
    /// Whether `/docs` serves the Swagger UI. `/openapi.json` is always there.
    pub docs: bool,
    /// How much is answered at a time.
    pub capacity: Capacity,
    /// Routes beside the interface, such as the web page: they get the same security headers, compression,
    /// request identifiers and shape of errors. Its answers carry entity tags of their own. It may also be
    /// merged into the finished router, and then gets none of these.
    pub page: Option<Router>,
}

impl Default for ApiConfig {
    fn default() -> Self {
        let capacity = Capacity::default();
        Self { timeout: Duration::from_secs(30), body_limit: 1 << 20, docs: true, capacity, page: None }
    }
}

/// All routes of the interface, ready to be served.
///
/// # Panics
/// The page has a route that the interface has too.
pub fn router(state: ApiState, config: ApiConfig) -> Router {
    let clock = state.clock();
    Exporter::installed().started_at(clock.now().timestamp());
    let (api, document) = routes::all().split_for_parts();
    let document = openapi::completed(document);
    let answered = Answered::new(Arc::clone(&clock), state.shared());
    // The last one is asked first.
    let mut router = api
        .route_layer(from_fn_with_state(answered, idempotency::once))
        .route_layer(from_fn_with_state(state.clone(), auth::authorise))
        .route_layer(from_fn_with_state(Places::new(config.capacity), shedding::shed))
        .with_state(state);
    router = if config.docs {
        let settings = Config::default().validator_url("none").try_it_out_enabled(true);
        router.merge(SwaggerUi::new("/docs").url("/openapi.json", document).config(settings))
    } else {
        router.route("/openapi.json", axum::routing::get(async || axum::Json(document)))
    };
    if let Some(page) = config.page {
        router = router.merge(page);
    }
    router.layer(
        ServiceBuilder::new()
            .layer(from_fn(layers::observe))
            .layer(from_fn(layers::secure))
            .layer(CompressionLayer::new())
            .layer(from_fn_with_state(clock, envelope::wrap))
            .layer(CatchPanicLayer::new())
            .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, config.timeout))
            .layer(from_fn(layers::limit_uri))
            .layer(RequestBodyLimitLayer::new(config.body_limit)),
    )
}

#[cfg(test)]
mod tests;
