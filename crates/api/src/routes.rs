//! One file per resource.

pub(crate) mod accounts;
pub(crate) mod alerts;
pub(crate) mod backtests;
pub(crate) mod batch;
pub(crate) mod dashboard;
pub(crate) mod experiments;
pub(crate) mod exports;
pub(crate) mod health;
pub(crate) mod identity;
pub(crate) mod imports;
pub(crate) mod in_play;
pub(crate) mod leagues;
pub(crate) mod lineage;
pub(crate) mod live;
pub(crate) mod marquez;
pub(crate) mod match_features;
pub(crate) mod matches;
pub(crate) mod metrics;
pub(crate) mod models;
pub(crate) mod odds;
pub(crate) mod odds_trends;
pub(crate) mod operations;
pub(crate) mod paper;
pub(crate) mod predictions;
pub(crate) mod prices;
pub(crate) mod quality;
pub(crate) mod recent_stats;
pub(crate) mod schedules;
pub(crate) mod sealed;
pub(crate) mod simulations;
pub(crate) mod squads;
pub(crate) mod strategies;
pub(crate) mod surroundings;
pub(crate) mod tasks;
pub(crate) mod teams;
pub(crate) mod value_bets;

use crate::openapi::{Document, completed};
use crate::state::ApiState;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All routes with their documentation.
pub(crate) fn all() -> OpenApiRouter<ApiState> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(health::report))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .route("/ready", axum::routing::get(health::ready))
        .routes(routes!(metrics::text))
        .route("/monitoring/metrics", axum::routing::get(metrics::text))
        .routes(routes!(leagues::list))
        .routes(routes!(teams::list))
        .routes(routes!(teams::one))
        .routes(routes!(recent_stats::one))
        .routes(routes!(matches::list))
        .routes(routes!(matches::one))
        .routes(routes!(odds::list))
        .routes(routes!(odds_trends::list))
        .routes(routes!(prices::one))
        .routes(routes!(squads::one))
        .routes(routes!(match_features::list))
        .routes(routes!(surroundings::weather))
        .routes(routes!(surroundings::ratings))
        .routes(routes!(surroundings::news))
        .routes(routes!(predictions::one))
        .routes(routes!(predictions::explanation::one))
        .routes(routes!(sealed::history))
        .routes(routes!(sealed::one))
        .routes(routes!(in_play::one))
        .routes(routes!(live::receive))
        .routes(routes!(live::socket::open))
        .routes(routes!(live::events::stream))
        .routes(routes!(simulations::latest))
        .routes(routes!(simulations::history))
        .routes(routes!(value_bets::list))
        .routes(routes!(strategies::list))
        .routes(routes!(backtests::list))
        .routes(routes!(backtests::one))
        .routes(routes!(paper::list))
        .routes(routes!(quality::overview))
        .routes(routes!(quality::findings))
        .routes(routes!(quality::decide))
        .routes(routes!(quality::held::list))
        .routes(routes!(quality::held::decide))
        .routes(routes!(quality::held::take_back))
        .routes(routes!(quality::summary))
        .routes(routes!(quality::detect))
        .routes(routes!(quality::health))
        .routes(routes!(lineage::forecast))
        .routes(routes!(lineage::document))
        .routes(routes!(marquez::lineage))
        .routes(routes!(marquez::column_lineage))
        .routes(routes!(marquez::namespaces))
        .routes(routes!(marquez::datasets))
        .routes(routes!(marquez::dataset))
        .routes(routes!(marquez::jobs))
        .routes(routes!(marquez::job))
        .routes(routes!(marquez::runs))
        .routes(routes!(marquez::run))
        .routes(routes!(models::info))
        .routes(routes!(models::list))
        .routes(routes!(models::metrics))
        .routes(routes!(dashboard::data))
        .merge(operated())
        .merge(in_bulk())
        .merge(older())
}

/// What operators and administrators do: models, all that runs by itself, alerts and accounts.
fn operated() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(operations::seal))
        .routes(routes!(operations::promote))
        .routes(routes!(operations::roll_back))
        .routes(routes!(live::tickets::give))
        .routes(routes!(experiments::list, experiments::start))
        .routes(routes!(experiments::one))
        .routes(routes!(experiments::stop))
        .routes(routes!(tasks::list, tasks::run))
        .routes(routes!(tasks::kinds))
        .routes(routes!(tasks::health))
        .routes(routes!(tasks::one))
        .routes(routes!(tasks::cancel))
        .routes(routes!(tasks::retry))
        .routes(routes!(schedules::flows, schedules::run_flow))
        .routes(routes!(schedules::flow_run))
        .routes(routes!(schedules::list))
        .routes(routes!(schedules::one, schedules::change))
        .routes(routes!(schedules::run))
        .routes(routes!(alerts::list))
        .routes(routes!(alerts::silences, alerts::add_silence))
        .routes(routes!(alerts::end_silence))
        .routes(routes!(alerts::one))
        .routes(routes!(alerts::acknowledge))
        .routes(routes!(accounts::register))
        .routes(routes!(accounts::login))
        .routes(routes!(accounts::refresh))
        .routes(routes!(accounts::logout))
        .routes(routes!(accounts::me))
        .routes(routes!(accounts::users, accounts::add_user))
        .routes(routes!(accounts::change_user))
        .routes(routes!(accounts::keys, accounts::create_key))
        .routes(routes!(accounts::revoke_key))
        .routes(routes!(accounts::audit))
}

/// Many forecasts at once, data in and out, and logging in elsewhere.
fn in_bulk() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(batch::make))
        .routes(routes!(batch::tickets))
        .routes(routes!(batch::ticket))
        .routes(routes!(exports::forecasts))
        .routes(routes!(exports::results))
        .routes(routes!(imports::list, imports::begin))
        .routes(routes!(imports::one, imports::cancel))
        .routes(routes!(imports::content))
        .routes(routes!(imports::finish))
        .routes(routes!(identity::methods))
        .routes(routes!(identity::begin))
        .routes(routes!(identity::end))
}

/// Paths under which programs of earlier days ask for the same; the document does not list them.
fn older() -> OpenApiRouter<ApiState> {
    let [of_match, features, features_of_match, data_of_match, data_of_team, active] = OLDER;
    OpenApiRouter::new()
        .route(of_match, axum::routing::get(predictions::one))
        .route(features, axum::routing::get(match_features::list))
        .route(features_of_match, axum::routing::get(match_features::list))
        .route(data_of_match, axum::routing::get(match_features::list))
        .route(data_of_team, axum::routing::get(recent_stats::one))
        .route(active, axum::routing::get(models::info))
}

/// The paths of [`older`]: they are read, and in no document.
pub(crate) const OLDER: [&str; 6] = [
    "/api/v1/predictions/match/{id}",
    "/api/v1/features/{id}",
    "/api/v1/features/match/{id}",
    "/api/v1/data/matches/{id}/features",
    "/api/v1/data/teams/{id}/recent_stats",
    "/api/v1/models/active",
];

/// The OpenAPI document of the interface: what `/openapi.json` answers.
pub fn openapi() -> utoipa::openapi::OpenApi {
    completed(all().into_openapi())
}
