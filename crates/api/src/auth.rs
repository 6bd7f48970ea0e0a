//! Who may ask what, decided in one place before any handler runs: the table of routes ([`needed`]), the proof that a request
//! carries, and how often somebody may ask. What each role has stands in the domain's table
//! ([`AccessRole::permissions`](touchline_domain::AccessRole::permissions)).

use crate::error::ApiError;
use crate::state::ApiState;
use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;
use touchline_accounts::{AccountError, Accounts, IdentityError, NotAlone, Principal, Verdict};
use touchline_domain::Permission;
use utoipa::openapi::PathItem;

/// What a route asks of whoever comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing, and it is never limited: probes and metrics, and what is signed.
    Nothing,
    /// Nothing but patience: logging in.
    Patience,
    /// An account, whatever its role.
    Account,
    /// A permission.
    Permission(Permission),
}

const ANYBODY: [&str; 9] = [
    "/health",
    "/health/anomaly-detection",
    "/health/live",
    "/health/ready",
    "/ready",
    "/metrics",
    "/monitoring/metrics",
    "/openapi.json",
    "/api/v1/auth/methods",
];
/// What proves itself by its signature.
const SIGNED: &str = "/webhooks/scores";
/// Connections that browsers open.
const SOCKET: &str = "/ws/live";
const EVENTS: &str = "/live/events";
/// How a ticket is written among the protocols of a WebSocket.
const TICKET_PROTOCOL: &str = "ticket.";
const LOGGING_IN: [&str; 5] = [
    "/api/v1/auth/login",
    "/api/v1/auth/refresh",
    "/api/v1/auth/register",
    "/api/v1/auth/provider/begin",
    "/api/v1/auth/provider/end",
];
/// What runs by itself: to change it is an operator's.
pub(crate) const AUTOMATION: [&str; 4] =
    ["/api/v1/tasks", "/api/v1/flows", "/api/v1/schedules", "/api/v1/alerts"];
/// What comes in, and what came of it.
pub(crate) const IMPORTS: &str = "/api/v1/imports";
/// Who answers while a challenger is tried.
pub(crate) const EXPERIMENTS: &str = "/api/v1/experiments";
/// What belongs to whoever asks.
pub(crate) const OWN: [&str; 5] = [
    "/api/v1/auth/logout",
    "/api/v1/me",
    "/api/v1/predictions/tickets",
    "/api/v1/predictions/tickets/{id}",
    "/api/v1/live/tickets",
];

/// The table of routes: what a request needs, by method and path as it is declared. A write that is not listed is an
/// administrator's.
pub(crate) fn needed(method: &Method, path: &str) -> Needs {
    if ANYBODY.contains(&path) || path == SIGNED {
        return Needs::Nothing;
    }
    if LOGGING_IN.contains(&path) {
        return Needs::Patience;
    }
    if OWN.contains(&path) {
        return Needs::Account;
    }
    let reads = matches!(*method, Method::GET | Method::HEAD);
    Needs::Permission(match path {
        "/api/v1/admin/audit" if reads => Permission::ReadAudit,
        path if path.starts_with("/api/v1/admin/") => Permission::ManageAccounts,
        path if path.starts_with(IMPORTS) => Permission::Import,
        _ if reads => Permission::Read,
        // It writes nothing but its ticket, which needs an account.
        "/api/v1/predictions/batch" => Permission::Read,
        "/api/v1/predictions" => Permission::Seal,
        "/api/v1/models/{version}/promote" | "/api/v1/models/rollback" => Permission::Promote,
        path if path.starts_with(EXPERIMENTS) => Permission::Promote,
        path if AUTOMATION.iter().any(|of| path.starts_with(of)) => Permission::Operate,
        "/api/v1/anomalies/detect" => Permission::ReviewData,
        path if path.starts_with("/api/v1/quality/") => Permission::ReviewData,
        _ => Permission::ManageAccounts,
    })
}

/// Methods of each path of the interface, as its document declares them, and of the older paths. What neither declares is not served, so that no
/// route is open because it was forgotten here.
fn methods() -> &'static HashMap<String, Vec<&'static str>> {
    static METHODS: LazyLock<HashMap<String, Vec<&'static str>>> = LazyLock::new(|| {
        let of = |item: &PathItem| {
            let all: [(bool, &[&str]); 5] = [
                (item.get.is_some(), &["GET", "HEAD"]),
                (item.post.is_some(), &["POST"]),
                (item.put.is_some(), &["PUT"]),
                (item.patch.is_some(), &["PATCH"]),
                (item.delete.is_some(), &["DELETE"]),
            ];
            all.iter()
                .filter(|(is_there, _)| *is_there)
                .flat_map(|(_, names)| names.iter().copied())
                .collect()
        };
        let older = crate::routes::OLDER.iter().map(|path| ((*path).to_owned(), vec!["GET", "HEAD"]));
        let document = crate::openapi();
        document.paths.paths.iter().map(|(path, item)| (path.clone(), of(item))).chain(older).collect()
    });
    &METHODS
}

/// The answer to a method that a path does not have.
fn unknown_method(method: &Method, path: &str) -> Option<Response> {
    let allowed = methods().get(path).map_or(&[][..], Vec::as_slice);
    if allowed.contains(&method.as_str()) {
        return None;
    }
    let mut response = ApiError::of_status(StatusCode::METHOD_NOT_ALLOWED).into_response();
    if let Ok(allowed) = HeaderValue::try_from(allowed.join(",")) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    Some(response)
}

/// Where a request comes from, for limits and the audit log.
#[derive(Debug, Clone)]
pub(crate) struct Address(pub String);

impl Address {
    fn of(request: &Request) -> (Self, bool) {
        match request.extensions().get::<ConnectInfo<SocketAddr>>() {
            Some(ConnectInfo(address)) => {
                let ip = address.ip().to_canonical();
                (Self(ip.to_string()), ip.is_loopback())
            }
            None => (Self("this machine".to_owned()), true),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(ApiError::internal)
    }
}

/// Whoever asks, where the route needs an account.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub Principal);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(ApiError::internal)
    }
}

/// The token or key of a request: `Authorization: Bearer`, or `X-API-Key`.
fn proof(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let key = headers.get(HeaderName::from_static("x-api-key"));
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(key.map(|key| key.to_str().unwrap_or_default()));
    };
    let bearer = value.to_str().ok().and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    bearer.map(Some).ok_or_else(|| {
        ApiError::unauthorized("token_invalid", "write the header as Authorization: Bearer TOKEN")
    })
}

/// The ticket of a request that opens a connection, where it has one: browsers can send no token then. A WebSocket names it among
/// its protocols, where addresses that are logged do not hold it; an `EventSource` knows no other place than the query.
fn ticket<'r>(request: &'r Request, path: &str) -> Option<&'r str> {
    match path {
        SOCKET => {
            let protocols = request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
            let mut names =
                protocols.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
            names.find_map(|name| name.trim().strip_prefix(TICKET_PROTOCOL))
        }
        EVENTS => request.uri().query()?.split('&').find_map(|part| part.strip_prefix("ticket=")),
        _ => None,
    }
}

/// Lets a request through to its handler, or answers why not.
pub(crate) async fn authorise(State(state): State<ApiState>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let needs = needed(request.method(), path);
    if needs == Needs::Nothing {
        return next.run(request).await;
    }
    if let Some(response) = unknown_method(request.method(), path) {
        return response;
    }
    let (address, is_local) = Address::of(&request);
    let Some(accounts) = state.accounts() else {
        // Without accounts there is nobody who could write.
        return match needs {
            Needs::Permission(Permission::Read) => next.run(request).await,
            _ => {
                ApiError::unavailable("accounts_unavailable", "this server keeps no accounts").into_response()
            }
        };
    };
    let caller = match proof(request.headers()) {
        Ok(None) => match ticket(&request, path) {
            Some(ticket) => accounts.redeem_live_ticket(ticket).await.map(Some).map_err(ApiError::from),
            None => Ok(None),
        },
        Ok(Some(proof)) => accounts.authenticate(proof).await.map(Some).map_err(ApiError::from),
        Err(error) => Err(error),
    };
    // Whoever works on this machine, with reading open, is not limited: that is the page and the demo.
    let is_free =
        is_local && !accounts.settings().required && matches!(caller, Ok(None)) && needs != Needs::Patience;
    let who = match &caller {
        Ok(Some(principal)) => principal.actor(),
        _ => format!("address {}", address.0),
    };
    let verdict = if is_free { None } else { accounts.take(&who).await };
    if let Some(verdict) = verdict.filter(|verdict| !verdict.allowed) {
        let error = ApiError::too_many("rate_limited", "too many requests; wait", verdict.reset_seconds);
        return with_limits(error.into_response(), verdict);
    }
    let decided = decide(accounts, caller, needs);
    let response = match decided {
        Ok(caller) => {
            request.extensions_mut().insert(address);
            if let Some(principal) = caller {
                request.extensions_mut().insert(Caller(principal));
            }
            next.run(request).await
        }
        Err((error, actor)) => {
            let actor = actor.unwrap_or_else(|| format!("anonymous at {}", address.0));
            let subject = format!("{} {}", request.method(), request.uri().path());
            if let Err(failed) =
                accounts.record(&actor, "refused", &subject, Some(error.code().to_owned())).await
            {
                tracing::error!(error = %failed, "a refusal could not be recorded");
            }
            error.into_response()
        }
    };
    match verdict {
        Some(verdict) => with_limits(response, verdict),
        None => response,
    }
}

type Refusal = (ApiError, Option<String>);

/// Whether whoever asks may; an error with the name of who was refused.
fn decide(
    accounts: &Accounts,
    caller: Result<Option<Principal>, ApiError>,
    needs: Needs,
) -> Result<Option<Principal>, Refusal> {
    let caller = match (caller, needs) {
        (Ok(caller), _) => caller,
        // Whoever logs in anew may still carry an old token.
        (Err(_), Needs::Patience) => None,
        (Err(error), _) => return Err((error, None)),
    };
    let permission = match needs {
        Needs::Nothing | Needs::Patience => return Ok(caller),
        Needs::Account if caller.is_some() => return Ok(caller),
        Needs::Account => None,
        Needs::Permission(permission) => Some(permission),
    };
    match (&caller, permission) {
        (Some(principal), Some(permission)) if principal.allows(permission) => Ok(caller),
        (None, Some(Permission::Read)) if !accounts.settings().required => Ok(None),
        (Some(principal), _) => {
            let error = ApiError::forbidden("forbidden", "this account or key may not do that");
            Err((error, Some(principal.actor())))
        }
        (None, _) => {
            let error =
                ApiError::unauthorized("unauthorized", "log in, or send a key: Authorization: Bearer TOKEN");
            Err((error, None))
        }
    }
}

/// How somebody passes who says nothing of himself and reads.
pub(crate) enum Passage {
    /// He may, with what his allowance says.
    Open(Option<Verdict>),
    /// He has to take the long way, to be let through or refused there.
    Closed,
}

/// Whether somebody at an address may read without saying who he is.
pub(crate) fn passage(accounts: Option<&Accounts>, from: IpAddr) -> Passage {
    let Some(accounts) = accounts else { return Passage::Open(None) };
    if accounts.settings().required {
        return Passage::Closed;
    }
    let from = from.to_canonical();
    if from.is_loopback() {
        return Passage::Open(None);
    }
    match accounts.take_at_once(&format!("address {from}")) {
        // Other servers are asked on the long way.
        Err(NotAlone) => Passage::Closed,
        Ok(Some(verdict)) if !verdict.allowed => Passage::Closed,
        Ok(verdict) => Passage::Open(verdict),
    }
}

fn with_limits(mut response: Response, verdict: Verdict) -> Response {
    limits(response.headers_mut(), verdict);
    response
}

/// The headers of draft-ietf-httpapi-ratelimit-headers-10.
pub(crate) fn limits(headers: &mut HeaderMap, verdict: Verdict) {
    let mut put = |name, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    put("ratelimit-policy", format!("\"default\";q={};w=60", verdict.limit));
    put("ratelimit", format!("\"default\";r={};t={}", verdict.remaining, verdict.reset_seconds));
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        use touchline_accounts::TokenFault;
        let message = error.to_string();
        match error {
            AccountError::Store(error) => error.into(),
            AccountError::WrongLogin => Self::unauthorized("wrong_login", message),
            AccountError::Wait(seconds) => Self::too_many("too_many_logins", message, seconds),
            AccountError::Token(TokenFault::Expired) => Self::unauthorized("token_expired", message),
            AccountError::Token(TokenFault::Forged) => Self::unauthorized("token_invalid", message),
            AccountError::Revoked => Self::unauthorized("token_revoked", message),
            AccountError::Reused => Self::unauthorized("token_reused", message),
            AccountError::TicketUsed => Self::unauthorized("ticket_used", message),
            AccountError::NameTaken => Self::conflict("name_taken", message),
            AccountError::LastAdmin => Self::conflict("last_admin", message),
            AccountError::Name => Self::bad_request("invalid_name", message),
            AccountError::Password(_) => Self::bad_request("invalid_password", message),
            AccountError::Scope { .. } => Self::bad_request("scope_not_allowed", message),
            AccountError::NoUser => Self::not_found("no_account", message),
            AccountError::NoKey => Self::not_found("no_key", message),
            AccountError::RegistrationClosed => Self::forbidden("registration_closed", message),
            AccountError::NoIdentity => Self::forbidden("no_identity", message),
            AccountError::NoRole => Self::forbidden("no_role", message),
            AccountError::IdentityTaken => Self::conflict("identity_taken", message),
            AccountError::Identity(IdentityError::Refused(_)) => {
                Self::unauthorized("identity_refused", message)
            }
            AccountError::Identity(IdentityError::Unavailable(_)) => {
                tracing::error!(message, "a login by a provider of identities failed");
                Self::unavailable(
                    "identity_unavailable",
                    "the provider of identities does not answer; try again later",
                )
            }
            AccountError::Failed => Self::internal(),
        }
    }
}

#[cfg(test)]
mod tests;
