//! What holds for every route: envelope, limits, headers, tags, documentation.

mod shared;
mod sizes;

use crate::ApiConfig;
use crate::testing::{Service, a_match, at};
use axum::Router;
use axum::http::Request;
use axum::routing::get;
use std::sync::Arc;
use std::time::Duration;
use touchline_domain::ports::{LeagueReader, MatchFacts, RosterWriter, SilverChange, SilverWriter};
use touchline_domain::{MatchStatus, NewMatch, NewTeam, Season};
use touchline_store_sqlite::SqliteStore;

async fn with_page(page: Router, timeout: Duration) -> Service {
    let config = ApiConfig { page: Some(page), timeout, ..ApiConfig::default() };
    Service::empty().await.with_config(config)
}

const LONG: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_good_answer_has_data_and_the_time() {
    let answer = Service::empty().await.get("/api/v1/leagues").await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.body["message"], "ok");
    assert_eq!(at(answer.body["timestamp"].as_str().unwrap()), at(crate::testing::NOW));
    assert!(answer.body.get("error").is_none());
}

#[tokio::test]
async fn errors_of_the_layers_come_in_the_envelope_too() {
    let service = Service::empty().await;
    let unknown = service.get("/api/v2/leagues").await;
    assert_eq!((unknown.status, unknown.error_code()), (404, "no_route"));
    let method = service.send(Request::post("/api/v1/leagues")).await;
    assert_eq!((method.status, method.error_code()), (405, "method_not_allowed"));
    assert_eq!(method.header("allow"), "GET,HEAD");
    let long = service.get(&format!("/api/v1/teams?q={}", "x".repeat(3000))).await;
    assert_eq!((long.status, long.error_code()), (414, "uri_too_long"));
    let large = service.send(Request::get("/api/v1/leagues").header("content-length", "1048577")).await;
    assert_eq!((large.status, large.error_code()), (413, "body_too_large"));
    let traversal = service.get("/api/v1/matches/..%2f..%2fetc%2fpasswd").await;
    assert_eq!((traversal.status, traversal.error_code()), (400, "invalid_id"));
}

#[tokio::test]
async fn a_panic_is_an_error_that_tells_nothing_of_the_inside() {
    async fn panics() {
        panic!("secret");
    }
    let service = with_page(Router::new().route("/panics", get(panics)), LONG).await;
    let answer = service.get("/panics").await;
    assert_eq!((answer.status, answer.error_code()), (500, "internal"));
    assert!(!answer.body.to_string().contains("secret"));
    assert_eq!(service.get("/health/live").await.status, 200, "the service goes on");
}

#[tokio::test]
async fn an_answer_that_never_comes_is_a_timeout() {
    let page = Router::new().route("/hangs", get(std::future::pending::<()>));
    let service = with_page(page, Duration::ZERO).await;
    let answer = service.get("/hangs").await;
    assert_eq!((answer.status, answer.error_code()), (504, "timeout"));
}

#[tokio::test]
async fn a_failing_store_is_unavailable_without_its_words() {
    let service = Service::with_matches().await;
    service.store.close().await;
    for path in ["/api/v1/leagues", "/api/v1/teams", "/api/v1/matches", "/api/v1/predictions/1"] {
        let answer = service.get(path).await;
        assert_eq!((answer.status, answer.error_code()), (503, "store_unavailable"), "{path}");
        assert!(!answer.body.to_string().contains("closed"), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn the_page_is_served_beside_the_interface_with_its_protections() {
    let page = Router::new().route("/", get(async || ([("content-type", "text/html")], "<!doctype html>")));
    let service = with_page(page, LONG).await;
    let answer = service.get("/").await;
    assert_eq!((answer.status, &*answer.bytes), (200, &b"<!doctype html>"[..]));
    assert_eq!(answer.header("content-type"), "text/html");
    assert!(answer.header("content-security-policy").contains("default-src 'self'"));
    assert_eq!(service.get("/api/v1/leagues").await.status, 200);
}

#[tokio::test]
async fn every_answer_is_protected_and_open_to_no_other_site() {
    let service = Service::empty().await;
    for path in ["/api/v1/leagues", "/docs/", "/nowhere", "/openapi.json"] {
        let answer = service.send(Request::get(path).header("origin", "https://elsewhere.example")).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(answer.headers.get("access-control-allow-origin").is_none(), "{path}");
    }
}

#[tokio::test]
async fn requests_have_identifiers_and_hostile_ones_are_replaced() {
    let service = Service::empty().await;
    let given = service.send(Request::get("/nowhere").header("x-request-id", "proxy-17.b_2")).await;
    assert_eq!(given.header("x-request-id"), "proxy-17.b_2");
    assert_eq!(given.body["error"]["details"]["request_id"], "proxy-17.b_2");
    let long = "a".repeat(65);
    for hostile in ["", "a b", "\"><script>", &long] {
        let answer = service.send(Request::get("/nowhere").header("x-request-id", hostile)).await;
        let id = answer.header("x-request-id");
        assert!(id != hostile && id.len() == 36, "{hostile:?}: {id}");
    }
    assert_ne!(service.get("/").await.header("x-request-id"), service.get("/").await.header("x-request-id"));
}

#[tokio::test]
async fn data_that_a_client_has_is_not_sent_again_until_it_changes() {
    let service = Service::with_matches().await;
    let path = "/api/v1/matches?league=NOR1&include=prediction";
    let first = service.get(path).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\""));
    assert_eq!(first.header("cache-control"), "no-cache");
    service.clock.advance(chrono::Duration::seconds(5));
    let again = service.send(Request::get(path).header("if-none-match", &tag)).await;
    assert_eq!((again.status, again.bytes.len(), again.header("etag")), (304, 0, &*tag));
    let other = service.send(Request::get(path).header("if-none-match", "\"x\"")).await;
    assert_eq!((other.status, other.header("etag")), (200, &*tag));

    let league = service.league("NOR1", "Nordhavn League", "Nordhavn").await;
    let clubs = service.clubs("Nordhavn", &["Ferrow", "Grisholt"]).await;
    let season = Season::calendar_year(2024).unwrap();
    let m = a_match(league, season, clubs[0], clubs[1], "2024-06-06T18:00:00Z", 0);
    let m = NewMatch { status: MatchStatus::Scheduled, score: None, half_time: None, ..m };
    service.add(vec![(m, MatchFacts::default())]).await.unwrap();
    let changed = service.send(Request::get(path).header("if-none-match", &tag)).await;
    assert_eq!(changed.data()["items"].as_array().unwrap().len(), 2);
    assert_eq!(changed.data()["items"][1]["away"]["name"], "Grisholt", "a club stored since");
}

#[tokio::test]
async fn what_another_process_writes_is_answered_at_once() {
    let service = Service::with_matches().await;
    let paths =
        ["/api/v1/leagues", "/api/v1/matches?league=NOR1", "/api/v1/teams", "/api/v1/teams?q=grisholt"];
    let mut before = Vec::new();
    for path in paths {
        before.push(service.get(path).await.data().clone());
        assert_eq!(service.get(path).await.data(), before.last().unwrap(), "from memory");
    }
    // A store of its own stands for the other process: it shares nothing but the file.
    let file = service.data.path().join("test.db");
    let other = SqliteStore::open(&file, Arc::clone(&service.clock) as _).await.unwrap();
    let league = other.league("NOR1").await.unwrap().unwrap().id;
    let team = |name: &str| NewTeam { name: name.into(), country: "Nordhavn".into() };
    let teams = other.ensure_teams("test", &[team("Ferrow"), team("Grisholt")]).await.unwrap();
    let season = Season::calendar_year(2024).unwrap();
    let m = a_match(league, season, teams[0], teams[1], "2024-03-06T18:00:00Z", 0);
    let new = vec![(m, MatchFacts::default())];
    other.apply(&SilverChange { new, ..SilverChange::default() }).await.unwrap();
    for (path, before) in paths.iter().zip(&before) {
        assert_ne!(service.get(path).await.data(), before, "{path}");
    }
    let page = service.get(paths[1]).await;
    assert_eq!(page.data()["items"][0]["away"]["name"], "Grisholt");
}

#[tokio::test]
async fn errors_have_no_tag_and_head_has_no_body() {
    let service = Service::with_matches().await;
    let missing = service.send(Request::get("/api/v1/teams/999999").header("if-none-match", "*")).await;
    assert_eq!((missing.status, missing.headers.get("etag")), (404, None));
    let whole = service.get("/api/v1/leagues").await;
    let head = service.send(Request::head("/api/v1/leagues")).await;
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    assert_eq!(head.header("etag"), whole.header("etag"));
    assert_eq!(head.header("content-length"), whole.bytes.len().to_string());
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_can_read_it() {
    let service = Service::with_matches().await;
    let request = Request::get("/api/v1/matches?limit=200").header("accept-encoding", "gzip");
    let answer = service.send(request).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert!(answer.bytes.len() < service.get("/api/v1/matches?limit=200").await.bytes.len() / 4);
}

#[tokio::test]
async fn the_documentation_is_served_and_may_be_left_out() {
    let service = Service::empty().await;
    let document = service.get("/openapi.json").await;
    assert_eq!(document.body, serde_json::to_value(crate::openapi()).unwrap());
    let page = service.get("/docs/").await;
    assert_eq!(page.status, 200);
    assert!(String::from_utf8_lossy(&page.bytes).contains("swagger-ui"));
    assert_eq!(service.get("/docs/swagger-ui.css").await.status, 200);
    let none = service.get("/docs/none.css").await;
    assert_eq!((none.status, none.error_code()), (404, "no_route"));

    let service = service.with_config(ApiConfig { docs: false, ..ApiConfig::default() });
    assert_eq!(service.get("/docs/").await.status, 404);
    assert_eq!(service.get("/openapi.json").await.body, document.body);
}

#[tokio::test]
async fn every_documented_path_is_served() {
    let service = Service::with_matches().await;
    // Streams of events end.
    service.state.end_live();
    for (path, item) in &crate::openapi().paths.paths {
        let of_accounts = crate::auth::OWN.contains(&path.as_str())
            || path.starts_with(crate::auth::IMPORTS)
            || path.starts_with("/api/v1/admin/");
        if item.get.is_none() || of_accounts {
            continue;
        }
        let id = service.find("status=scheduled&from=2024-05-05").await.to_string();
        let uri = path.replace("{id}", &id).replace("{match_id}", &id);
        let uri = ["{namespace}", "{dataset}", "{job}", "{run}", "{name}"]
            .iter()
            .fold(uri, |uri, name| uri.replace(name, "x"));
        let uri = match path.as_str() {
            p if p.starts_with("/api/v1/teams/") => "/api/v1/teams/1".to_owned(),
            p if p.starts_with("/api/v1/simulations") => format!("{uri}?league=A&season=2023-24"),
            "/api/v1/lineage" | "/api/v1/column-lineage" => format!("{uri}?nodeId=job:a:b"),
            _ => uri,
        };
        let uri = uri.as_str();
        let answer = service.get(uri).await;
        let is_socket = path == "/ws/live";
        // No model was trained.
        let without = path.ends_with("/{id}/features");
        let nothing_there = path.ends_with("/models/info")
            || path.contains("/predictions/sealed/")
            || path.contains("lineage")
            || path.contains("{namespace}")
            || path.contains("{run}")
            || path.contains("/backtests/")
            || path.contains("/experiments/")
            || path.contains('{') && crate::auth::AUTOMATION.iter().any(|of| path.starts_with(of));
        let expected = if without {
            409
        } else if nothing_there {
            404
        } else if is_socket {
            400
        } else {
            200
        };
        assert_eq!(answer.status, expected, "{uri}: {}", answer.body);
        assert_ne!(answer.body["error"]["code"], "no_route", "{uri}");
    }
}

#[tokio::test]
async fn older_paths_answer_the_same() {
    let service = Service::with_seasons().await;
    service.train().await;
    service.forecasts.refresh().await.unwrap();
    let id = service.first("scheduled").await;
    for (older, now) in [
        (format!("/api/v1/predictions/match/{id}"), format!("/api/v1/predictions/{id}")),
        (format!("/api/v1/features/{id}"), format!("/api/v1/matches/{id}/features")),
        (format!("/api/v1/features/match/{id}"), format!("/api/v1/matches/{id}/features")),
        (format!("/api/v1/data/matches/{id}/features"), format!("/api/v1/matches/{id}/features")),
        ("/api/v1/data/teams/1/recent_stats".to_owned(), "/api/v1/teams/1/recent_stats".to_owned()),
        ("/api/v1/models/active".to_owned(), "/api/v1/models/info".to_owned()),
    ] {
        let (older, now) = (service.get(&older).await, service.get(&now).await);
        assert_eq!((older.status, older.data()), (200, now.data()));
    }
}
