//! Several servers of one store that share a Redis, a real one.

use crate::SharedMemory;
use crate::testing::{Answer, Service, a_match};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use touchline_accounts::{AccountSettings, Allowance};
use touchline_cache::testing::TestRedis;
use touchline_cache::{Behind, Redis, RedisSettings, RedisUrl, Seal};
use touchline_domain::ports::MatchFacts;
use touchline_domain::{AccessRole, Season};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const PASSWORD: &str = "correct horse battery";

/// What a server shares by a connection of its own.
async fn memory(server: &TestRedis) -> SharedMemory {
    let settings = RedisSettings { call: Duration::from_secs(1), ..RedisSettings::default() };
    let redis = Redis::start(RedisUrl::parse(&server.url()).unwrap(), settings, "test");
    tokio::time::timeout(Duration::from_secs(20), redis.until(true)).await.unwrap();
    let behind =
        Behind { layer: Arc::new(redis.clone()), seal: Seal::new([1; 32]), prefix: "test".to_owned() };
    SharedMemory { coordination: Arc::new(redis), behind }
}

async fn get(server: &Router, path: &str) -> Answer {
    Answer::of(server, Request::get(path).body(Body::empty()).unwrap()).await
}

/// Looks into the server that found something.
fn hits(redis: &TestRedis) -> u64 {
    let said = redis.ask(&["INFO", "stats"]).unwrap();
    said.lines().find_map(|line| line.strip_prefix("keyspace_hits:")).unwrap().parse().unwrap()
}

/// Paths whose answers are shared, and the same of an answer that is "there is none".
const SHARED: [&str; 5] = [
    "/api/v1/matches?limit=5",
    "/api/v1/matches?status=finished&limit=3",
    "/api/v1/teams/1/recent_stats?as_of=2024-05-01",
    "/api/v1/predictions/history?limit=2",
    "/api/v1/predictions/999999",
];

#[tokio::test]
async fn answers_of_one_server_are_those_of_another_and_spoilt_ones_are_nobodys() {
    let (mut redis, service) = (TestRedis::start(), Service::with_matches().await);
    let server = async || service.beside(memory(&redis).await, None);
    let (first, second, third) = (server().await, server().await, server().await);
    let mut expected = Vec::new();
    for path in SHARED {
        let (alone, answer) = (service.get(path).await, get(&first, path).await);
        assert_eq!((answer.status, &answer.body["data"]), (alone.status, &alone.body["data"]), "{path}");
        assert_eq!(answer.headers.get("etag"), alone.headers.get("etag"), "{path}");
        expected.push(alone);
    }
    let keys = redis.keys("test:answer:*");
    assert_eq!((keys.len(), hits(&redis)), (SHARED.len(), 0), "{keys:?}");
    for (path, expected) in SHARED.iter().zip(&expected) {
        let answer = get(&second, path).await;
        assert_eq!(
            (answer.status, &answer.body["data"]),
            (expected.status, &expected.body["data"]),
            "{path}"
        );
        assert_eq!(answer.headers.get("etag"), expected.headers.get("etag"), "{path}");
    }
    assert_eq!(hits(&redis), SHARED.len() as u64, "the second one read nothing");

    for key in &keys {
        redis.ask(&["SETRANGE", key, "7", "spoilt"]).unwrap();
    }
    for (path, expected) in SHARED.iter().zip(&expected) {
        let answer = get(&third, path).await;
        assert_eq!(
            (answer.status, &answer.body["data"]),
            (expected.status, &expected.body["data"]),
            "{path}"
        );
    }

    // Nobody has noticed yet that it is gone.
    redis.kill();
    let (path, data) = ("/api/v1/matches?limit=6", service.get("/api/v1/matches?limit=6").await);
    for server in [&first, &second] {
        assert_eq!(get(server, path).await.data(), data.data());
    }
}

#[tokio::test]
async fn what_is_written_shows_at_once_at_every_server() {
    let (redis, service) = (TestRedis::start(), Service::with_matches().await);
    let (first, second) =
        (service.beside(memory(&redis).await, None), service.beside(memory(&redis).await, None));
    let league = service.league("NEW1", "New League", "Novia").await;
    let clubs = service.clubs("Novia", &["Ash", "Birch"]).await;
    let path = "/api/v1/matches?league=NEW1";
    for count in 0..3 {
        for server in [&first, &second, &first] {
            let answer = get(server, path).await;
            assert_eq!(answer.data()["items"].as_array().unwrap().len(), count);
        }
        let season = Season::cross_year(2010 + count as u16).unwrap();
        let m = a_match(league, season, clubs[0], clubs[1], "2023-08-01T14:00:00Z", count);
        service.add(vec![(m, MatchFacts::default())]).await.unwrap();
    }
}

async fn add(server: &Router, token: &str, key: &str, body: &Value) -> Answer {
    let request = Request::post("/api/v1/admin/users")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .header("idempotency-key", key);
    Answer::of(server, request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn a_write_under_a_key_is_done_once_by_all_servers() {
    let (mut redis, service) = (TestRedis::start(), Service::empty().await);
    let mut servers = Vec::new();
    for _ in 0..2 {
        let accounts = Arc::new(service.accounts(SECRET, AccountSettings::default()));
        let memory = memory(&redis).await;
        servers.push((service.beside(memory, Some(Arc::clone(&accounts))), accounts));
    }
    let (first, accounts) = &servers[0];
    let second = &servers[1].0;
    accounts.add_user("test", "ann", PASSWORD, AccessRole::Admin).await.unwrap();
    let token = accounts.login("ann", PASSWORD, "test").await.unwrap().access;
    let named = |name: &str| json!({ "name": name, "password": PASSWORD, "role": "viewer" });
    let made = add(first, &token, "k", &named("ben")).await;
    assert_eq!(made.data()["name"], "ben");
    let again = add(second, &token, "k", &named("ben")).await;
    assert_eq!((again.header("idempotency-replayed"), again.data()), ("true", made.data()));
    let reused = add(second, &token, "k", &named("cleo")).await;
    assert_eq!((reused.status, reused.error_code()), (422, "key_reused"));
    let refused = add(second, &token, "l", &named("ben")).await;
    let repeated = add(first, &token, "l", &named("ben")).await;
    assert_eq!((repeated.status, repeated.error_code()), (409, "name_taken"), "an error is an answer too");
    assert_eq!(repeated.body["error"]["message"], refused.body["error"]["message"]);
    assert_eq!(repeated.header("idempotency-replayed"), "true");

    for key in redis.keys("test:once:*") {
        redis.ask(&["HSET", &key, "done", "spoilt"]).unwrap();
    }
    let here = add(first, &token, "k", &named("ben")).await;
    assert_eq!(here.header("idempotency-replayed"), "true", "what this server knows itself");

    redis.kill();
    let alone = add(first, &token, "m", &named("dan")).await;
    assert_eq!(alone.data()["name"], "dan");
    assert_eq!(add(first, &token, "m", &named("dan")).await.header("idempotency-replayed"), "true");
}

#[tokio::test]
async fn an_allowance_is_one_for_all_servers_and_failed_logins_count_together() {
    let (redis, service) = (TestRedis::start(), Service::empty().await);
    let allowance = Allowance { per_minute: 10 };
    let mut servers = Vec::new();
    for _ in 0..2 {
        let memory = memory(&redis).await;
        let settings = AccountSettings { allowance, ..AccountSettings::default() };
        let accounts = service.accounts(SECRET, settings).with_coordination(Arc::clone(&memory.coordination));
        let accounts = Arc::new(accounts);
        servers.push((service.beside(memory, Some(Arc::clone(&accounts))), accounts));
    }
    let accounts = [&servers[0].1, &servers[1].1];
    accounts[0].add_user("test", "ann", PASSWORD, AccessRole::Admin).await.unwrap();
    for n in 0..5 {
        assert!(accounts[n % 2].login("ann", "wrong horse battery", "test").await.is_err());
    }
    let token = accounts[0].login("ann", PASSWORD, "test").await.unwrap().access;
    let ask = async |n: usize| {
        let request = Request::get("/api/v1/leagues").header("authorization", format!("Bearer {token}"));
        Answer::of(&servers[n % 2].0, request.body(Body::empty()).unwrap()).await
    };
    for n in 0..10 {
        assert_eq!(ask(n).await.status, 200, "{n}");
    }
    for n in 0..2 {
        let refused = ask(n).await;
        assert_eq!((refused.status, refused.error_code()), (429, "rate_limited"));
        assert!(refused.header("ratelimit").contains("r=0"), "{:?}", refused.headers);
    }
    for n in 0..6 {
        assert!(accounts[n % 2].login("ben", "wrong horse battery", "elsewhere").await.is_err());
    }
    for accounts in accounts {
        let error = accounts.login("ben", PASSWORD, "elsewhere").await.unwrap_err().to_string();
        assert!(error.contains("too many logins"), "{error}");
    }
}

#[tokio::test]
async fn health_says_how_redis_stands_where_there_is_one() {
    let (mut redis, service) = (TestRedis::start(), Service::empty_of_mock_forecasts().await);
    let server = service.beside(memory(&redis).await, None);
    let alone = service.get("/health").await;
    assert!(alone.data()["checks"].get("redis").is_none(), "{}", alone.body);
    let check = get(&server, "/health").await.data()["checks"]["redis"].clone();
    assert_eq!(check["healthy"], true, "{check}");
    assert!(check["details"].as_str().unwrap().contains("version"), "{check}");
    redis.kill();
    // The first look notices; what it found is kept for two seconds.
    service.clock.advance(chrono::Duration::seconds(2));
    get(&server, "/health").await;
    service.clock.advance(chrono::Duration::seconds(2));
    let health = get(&server, "/health").await;
    assert_eq!((health.status, &health.data()["status"]), (200, &"degraded".into()));
    let check = &health.data()["checks"]["redis"];
    assert_eq!(check["healthy"], false);
    assert!(check["details"].as_str().unwrap().contains("each server alone"), "{check}");
    let metrics = get(&server, "/metrics").await;
    let text = String::from_utf8(metrics.bytes).unwrap();
    assert!(text.contains("football_dependency_up{dependency=\"redis\"} 0"), "{text}");
}
