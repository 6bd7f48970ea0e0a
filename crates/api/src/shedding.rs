//! Refusing work before it queues: so many requests of each class are answered at a time, and the next one is told at once to
//! come again, rather than to wait until it is too late for all.

use crate::error::ApiError;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How many requests of each class are answered at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// Those that read the store.
    pub reads: usize,
    /// Those that compute or write.
    pub computations: usize,
    /// Those that log in, which hash a password.
    pub logins: usize,
}

impl Default for Capacity {
    fn default() -> Self {
        Self { reads: 256, computations: 16, logins: 16 }
    }
}

/// What kind of work a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Read,
    Computation,
    Login,
}

/// Routes that read, and compute much.
const COMPUTED: [&str; 1] = ["/api/v1/value-bets"];

/// The class of a request; none where it is answered from memory, or is one of a connection that stays.
fn class(method: &Method, path: &str) -> Option<Class> {
    if !path.starts_with("/api/") {
        return None;
    }
    if path.starts_with("/api/v1/auth/") {
        return Some(Class::Login);
    }
    let reads = matches!(*method, Method::GET | Method::HEAD);
    Some(if reads && !COMPUTED.contains(&path) { Class::Read } else { Class::Computation })
}

/// What is free.
#[derive(Debug, Clone)]
pub(crate) struct Places(Arc<[Semaphore; 3]>);

impl Places {
    pub fn new(capacity: Capacity) -> Self {
        let of = |places: usize| Semaphore::new(places.clamp(1, Semaphore::MAX_PERMITS));
        Self(Arc::new([of(capacity.reads), of(capacity.computations), of(capacity.logins)]))
    }

    fn of(&self, class: Class) -> &Semaphore {
        &self.0[class as usize]
    }
}

/// Answers a request while there is a place for it.
pub(crate) async fn shed(State(places): State<Places>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let Some(class) = class(request.method(), path) else { return next.run(request).await };
    match places.of(class).try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => ApiError::overloaded().into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tower::ServiceExt;

    #[test]
    fn work_is_told_apart() {
        let of = |method, path| class(&method, path);
        assert_eq!(of(Method::GET, "/health"), None);
        assert_eq!(of(Method::GET, "/ws/live"), None);
        assert_eq!(of(Method::GET, "/api/v1/matches"), Some(Class::Read));
        assert_eq!(of(Method::GET, "/api/v1/value-bets"), Some(Class::Computation));
        assert_eq!(of(Method::POST, "/api/v1/predictions"), Some(Class::Computation));
        assert_eq!(of(Method::POST, "/api/v1/auth/login"), Some(Class::Login));
    }

    #[tokio::test]
    async fn what_finds_no_place_is_told_at_once_to_come_again() {
        let (entered, leave) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let slow = {
            let (entered, leave) = (Arc::clone(&entered), Arc::clone(&leave));
            async move || {
                entered.add_permits(1);
                leave.acquire().await.unwrap().forget();
            }
        };
        let places = Places::new(Capacity { reads: 2, ..Capacity::default() });
        let router: Router = Router::new()
            .route("/api/slow", get(slow))
            .route("/health/live", get(async || ()))
            .route_layer(from_fn_with_state(places, shed));
        let ask = |path: &str| {
            let request = Request::get(path).body(Body::empty()).unwrap();
            router.clone().oneshot(request)
        };
        let busy = [tokio::spawn(ask("/api/slow")), tokio::spawn(ask("/api/slow"))];
        entered.acquire_many(2).await.unwrap().forget();
        let refused = ask("/api/slow").await.unwrap();
        assert_eq!(
            (refused.status().as_u16(), &refused.headers()["retry-after"]),
            (503, &"1".parse().unwrap())
        );
        assert_eq!(ask("/health/live").await.unwrap().status(), 200, "probes always find a place");
        leave.add_permits(3);
        for asked in busy {
            assert_eq!(asked.await.unwrap().unwrap().status(), 200);
        }
        assert_eq!(ask("/api/slow").await.unwrap().status(), 200, "there is a place again");
    }
}
