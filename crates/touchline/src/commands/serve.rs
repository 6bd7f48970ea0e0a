use super::{Ending, secrets, strategies};
use crate::cli::Serve;
use crate::config::{Database, InServer, Role};
use crate::jobs::{self, Parts};
use crate::output;
use crate::server::{self, App};
use crate::wiring::{Session, random};
use anyhow::{Context, Result};
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use headers::{ETag, HeaderMapExt, IfNoneMatch};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use touchline_accounts::Accounts;
use touchline_api::{ApiConfig, ApiState, Exporter, Operations, SharedMemory, Shortcut, router};
use touchline_cache::{Behind, Redis, Seal};
use touchline_domain::ports::Store;
use touchline_forecasting::serving::{ForecastService, ServingSettings};
use touchline_lake::ParquetTables;

/// Longest wait for what happened in running matches to be stored, when the server stops.
const LAST_WRITES: Duration = Duration::from_secs(5);

/// `touchline serve`.
pub async fn run(session: &Session, arguments: &Serve) -> Result<Ending> {
    let server = &session.config.server;
    let host = arguments.host.as_deref().unwrap_or(&server.host);
    serve(session, host, arguments.port.unwrap_or(server.port)).await
}

/// Serves until interrupted.
pub async fn serve(session: &Session, host: &str, port: u16) -> Result<Ending> {
    let listener = TcpListener::bind((host, port)).await.with_context(|| {
        format!("cannot listen on {host}:{port}; choose another with --port, or 0 for any free one")
    })?;
    // What runs by itself reads much, and has a handle of its own.
    let by_itself = session;
    let session = &session.sharing().await?;
    let store: Arc<dyn Store> = session.store(Role::Reader).await?;
    let is_loopback = listener.local_addr()?.ip().is_loopback();
    let shared = shared(session, is_loopback)?;
    let accounts = accounts(session, is_loopback, shared.as_ref()).await?;
    let server_config = &session.config.server;
    let (threads, best) = (session.config.threads(), session.config.models.mode);
    let settings = ServingSettings { threads, best, ..ServingSettings::default() };
    let forecasts = ForecastService::new(
        session.data_dir().to_owned(),
        store.clone(),
        session.artifacts(&store)?,
        session.clock.clone(),
        settings,
    );
    // The first visitor does not wait for the first forecasts.
    forecasts.follow();
    let live = session.config.live.settings()?;
    let (parquet, strategies) = (Arc::new(ParquetTables), strategies::offered(session)?);
    let mut state = ApiState::new(store, forecasts, session.clock.clone())
        .with_live(live)
        .with_parquet(parquet)
        .with_strategies(strategies);
    if let Some(shared) = shared {
        state = state.with_shared(shared);
    }
    if let Some(accounts) = accounts {
        if let Some(identity) = session.config.oidc.login(&session.clock)? {
            state = state.with_identity(identity);
        }
        let written = session.store(Role::Writer).await?;
        let operations = Operations {
            artifacts: session.artifacts(&written)?,
            store: written,
            data_dir: session.data_dir().to_owned(),
            threads,
            sources: jobs::scheduler_settings(session).sources,
            tickets: session.config.tickets.settings(&session.clock)?,
            imports: session.config.imports.settings(),
        };
        state = state.with_accounts(accounts, operations);
    }
    let _upkeep = AbortOnDrop(tokio::spawn(Exporter::installed().keep_up()));
    let _warm = AbortOnDrop(tokio::spawn(state.clone().keep_warm()));
    let shortcut = Shortcut::new(state.clone());
    let config = ApiConfig { page: Some(page()), capacity: server_config.capacity(), ..ApiConfig::default() };
    let app = App { shortcut, router: router(state.clone(), config) };
    let writing = tokio::spawn(state.clone().write_live());
    output::line(format!("touchline is ready at http://{}", listener.local_addr()?));
    let (stop, stopped) = watch::channel(false);
    let automation = runs_automation(by_itself).then(|| {
        let (session, parts) = (by_itself.clone(), Parts { scheduler: true, worker: true });
        tokio::spawn(async move {
            let ran = jobs::run(&session, parts, stopped).await;
            if let Err(error) = &ran {
                tracing::error!("nothing runs by itself: {}", output::told(error.as_ref()));
            }
            ran
        })
    });
    let stopping = async {
        stop_signal().await;
        // Listeners stay until they are sent away.
        state.end_live();
    };
    server::serve(listener, app, &server_config.connection_limits(), stopping).await?;
    stop.send_replace(true);
    if tokio::time::timeout(LAST_WRITES, writing).await.is_err() {
        tracing::error!("some events of running matches could not be stored");
    }
    if let Some(automation) = automation {
        automation.await.context("what runs by itself broke off; the log says where")??;
    }
    Ok(Ending::Done)
}

/// `touchline worker` and `touchline scheduler`.
pub async fn automate(session: &Session, parts: Parts) -> Result<Ending> {
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        stop_signal().await;
        stop.send_replace(true);
    });
    let what = if parts.worker { "worker" } else { "scheduler" };
    output::line(format!("the {what} is at work; Ctrl-C ends it"));
    jobs::run(session, parts, stopped).await?;
    Ok(Ending::Done)
}

/// Whether scheduler and worker live in this process too.
fn runs_automation(session: &Session) -> bool {
    match session.config.jobs.in_server {
        InServer::Always => true,
        InServer::Never => false,
        InServer::Auto => matches!(session.config.database(Role::Writer), Ok(Database::Sqlite(_))),
    }
}

/// The accounts; none on a machine that may only read the database.
async fn accounts(
    session: &Session,
    is_loopback: bool,
    shared: Option<&SharedMemory>,
) -> Result<Option<Arc<Accounts>>> {
    let ring = secrets::key_ring(session, is_loopback)?;
    let settings = session.config.auth.settings();
    if session.config.database(Role::Writer).is_err() && !settings.required {
        tracing::warn!("this server may only read the database: nobody can log in");
        return Ok(None);
    }
    let store = session.account_store(Role::Writer).await?;
    let accounts = Accounts::new(store, ring, settings, session.clock.clone(), random);
    Ok(Some(Arc::new(match shared {
        Some(shared) => accounts.with_coordination(Arc::clone(&shared.coordination)),
        None => accounts,
    })))
}

/// What servers share beside the database, if anything is configured.
fn shared(session: &Session, is_loopback: bool) -> Result<Option<SharedMemory>> {
    let Some((url, settings)) = session.config.cache.redis()? else { return Ok(None) };
    let secret =
        secrets::key_ring(session, is_loopback)?.derived("touchline 2026 entries that servers share");
    let prefix = session.config.cache.prefix.clone();
    // What is measured before it is there is lost.
    let _ = Exporter::installed();
    let redis = Redis::start(url, settings, &prefix);
    let behind = Behind { layer: Arc::new(redis.clone()), seal: Seal::new(secret), prefix };
    Ok(Some(SharedMemory { coordination: Arc::new(redis), behind }))
}

/// Ends a task with the scope that started it.
struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The web page and its files.
fn page() -> Router {
    Router::new()
        .route("/", get(async |headers: HeaderMap| asset("", &headers)))
        .route("/{*path}", get(async |Path(path): Path<String>, headers: HeaderMap| asset(&path, &headers)))
}

fn asset(path: &str, request: &HeaderMap) -> Response {
    let Some(asset) = touchline_ui::asset(path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let cache_control = asset.cache_control();
    let headers = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::ETAG, asset.etag.clone()),
        (header::CACHE_CONTROL, cache_control.to_owned()),
    ];
    let known: Option<IfNoneMatch> = request.typed_get();
    let tag: Result<ETag, _> = asset.etag.parse();
    if tag.is_ok_and(|tag| known.is_some_and(|known| !known.precondition_passes(&tag))) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, asset.bytes).into_response()
}

/// Ctrl-C, or the signal by which service managers stop a process.
async fn stop_signal() {
    let interrupted = async {
        // Without a handler the signal ends the process at once, which loses nothing either.
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    interrupted.await;
}
