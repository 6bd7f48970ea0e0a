//! The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a write that is sent again under its key is not
//! done again, and is answered as before. Kept for a day, in the memory of this server and in that which servers share.

mod shared;

use crate::auth::Caller;
use crate::error::ApiError;
use crate::once::{Once, Turn};
use crate::payload::Payload;
use crate::state::SharedMemory;
use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::Duration;
use shared::{SharedAnswers, SharedTurn};
use std::sync::Arc;
use touchline_domain::Clock;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that the answer is one that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const LONGEST_KEY: usize = 255;
/// Answers that are kept, and how long.
const MOST: usize = 10_000;
const KEEP: Duration = Duration::hours(24);
/// Largest body that is compared; larger ones are refused by the layers before.
const LARGEST_BODY: usize = 1 << 20;
/// It writes where it asks for a ticket.
const BATCH: &str = "/api/v1/predictions/batch";
const BY_TICKET: &str = "async=true";
/// Writes that may be named: those whose answers hold no secret.
const NAMED: [&str; 5] = [
    "/api/v1/predictions",
    BATCH,
    "/api/v1/models/{version}/promote",
    "/api/v1/models/rollback",
    "/api/v1/admin/users",
];

type Answer = (StatusCode, Payload);

/// Answers by who asked, and under which key.
#[derive(Clone)]
pub(crate) struct Answered {
    once: Arc<Once<Answer>>,
    shared: Option<SharedAnswers>,
    clock: Arc<dyn Clock>,
}

impl Answered {
    pub fn new(clock: Arc<dyn Clock>, memory: Option<&SharedMemory>) -> Self {
        Self { once: Arc::new(Once::new(KEEP, MOST)), shared: memory.map(SharedAnswers::new), clock }
    }
}

/// Does a write once under its key.
pub(crate) async fn once(State(answered): State<Answered>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let query = request.uri().query().unwrap_or_default();
    let is_read = path == BATCH && query.split('&').all(|part| part != BY_TICKET);
    if request.method() != Method::POST || !NAMED.contains(&path) {
        return next.run(request).await;
    }
    let Some(key) = request.headers().get(KEY) else { return next.run(request).await };
    let is_plain = |key: &&str| {
        (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let Some(key) = key.to_str().ok().filter(is_plain) else {
        let message = "Idempotency-Key: 1 to 255 visible ASCII characters are wanted, such as a UUID";
        return ApiError::bad_request("invalid_header", message).into_response();
    };
    if is_read {
        return next.run(request).await;
    }
    let Some(Caller(caller)) = request.extensions().get::<Caller>() else {
        return next.run(request).await;
    };
    let key = format!("{} {key}", caller.actor());
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return ApiError::broken_body().into_response();
    };
    let asked = [parts.uri.path().as_bytes(), b"\n", &body].concat();
    let ticket = match answered.once.turn(&key, &asked, answered.clock.now()) {
        Turn::First(ticket) => ticket,
        Turn::Done(answer) => return replayed(answer),
        Turn::UnderWay => return under_way(),
        Turn::Other => return reused(),
        Turn::Full => return ApiError::overloaded().into_response(),
    };
    let claimed = match &answered.shared {
        None => None,
        Some(shared) => match shared.turn(&key, &asked).await {
            SharedTurn::First(claimed) => claimed,
            SharedTurn::Done(answer) => {
                ticket.done(answer.clone());
                return replayed(answer);
            }
            SharedTurn::UnderWay => return under_way(),
            SharedTurn::Other => return reused(),
        },
    };
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    // What failed here may go better next time.
    if let Some(payload) =
        response.extensions().get::<Payload>().filter(|_| !response.status().is_server_error())
    {
        let answer = (response.status(), payload.clone());
        if let Some(claimed) = claimed {
            claimed.done(&answer).await;
        }
        ticket.done(answer);
    }
    response
}

/// What was answered before.
fn replayed((status, payload): Answer) -> Response {
    let mut response = status.into_response();
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response.extensions_mut().insert(payload);
    response
}

fn under_way() -> Response {
    let message = "the same request is being answered at this moment; ask again";
    ApiError::conflict("under_way", message).into_response()
}

fn reused() -> Response {
    ApiError::reused("another request came under this Idempotency-Key before").into_response()
}

#[cfg(test)]
mod tests {
    use crate::testing::{Answer, Service};
    use axum::body::Body;
    use axum::http::Request;
    use serde_json::{Value, json};
    use std::sync::Arc;
    use touchline_accounts::AccountSettings;
    use touchline_domain::AccessRole;

    const PASSWORD: &str = "correct horse battery";

    async fn add(service: &Service, token: &str, key: &str, body: &Value) -> Answer {
        let request = Request::post("/api/v1/admin/users")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("idempotency-key", key);
        service.ask(request.body(Body::from(body.to_string())).unwrap()).await
    }

    #[tokio::test]
    async fn a_write_is_done_once_under_its_key() {
        let service = Service::empty().await;
        let accounts = Arc::new(service.accounts(&"0123456789abcdef".repeat(2), AccountSettings::default()));
        let mut tokens = Vec::new();
        for name in ["ann", "eve"] {
            accounts.add_user("test", name, PASSWORD, AccessRole::Admin).await.unwrap();
            tokens.push(accounts.login(name, PASSWORD, "test").await.unwrap().access);
        }
        let service = service.with_accounts(accounts);
        let ben = json!({ "name": "ben", "password": PASSWORD, "role": "viewer" });
        let first = add(&service, &tokens[0], "k", &ben).await;
        assert_eq!(first.data()["name"], "ben");
        assert!(first.headers.get("idempotency-replayed").is_none());
        let again = add(&service, &tokens[0], "k", &ben).await;
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.data(), first.data());
        let other = json!({ "name": "cleo", "password": PASSWORD, "role": "viewer" });
        let reused = add(&service, &tokens[0], "k", &other).await;
        assert_eq!((reused.status, reused.error_code()), (422, "key_reused"));
        let without = add(&service, &tokens[0], "another", &ben).await;
        assert_eq!((without.status, without.error_code()), (409, "name_taken"));
        let of_eve = add(&service, &tokens[1], "k", &other).await;
        assert_eq!(of_eve.data()["name"], "cleo", "keys are each account's own");
        let long = add(&service, &tokens[0], &"x".repeat(256), &ben).await;
        assert_eq!((long.status, long.error_code()), (400, "invalid_header"));
        for key in ["two words", "plain"] {
            let batch = Request::post(super::BATCH)
                .header("content-type", "application/json")
                .header("idempotency-key", key);
            let batch = service.ask(batch.body(Body::from(r#"{"match_ids": [1]}"#)).unwrap()).await;
            let is_refused = batch.status == 400 && batch.error_code() == "invalid_header";
            assert_eq!(is_refused, key != "plain", "of a batch without a ticket too: {key}: {}", batch.body);
        }
        let nobody = add(&service, "x.y.z", "k", &ben).await;
        assert_eq!(nobody.status, 401, "who may not is not answered from memory either");
    }
}
