use super::*;
use crate::testing::{Answer, Service};
use axum::body::Body;
use axum::http::Request as HttpRequest;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use touchline_accounts::{AccountSettings, Allowance, TokenPair};
use touchline_domain::AccessRole;

const PASSWORD: &str = "correct horse battery";
const SECRET: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "fedcba9876543210fedcba9876543210";

const FREE: Allowance = Allowance { per_minute: 0 };

/// The interface with an account of each role, which is called as its role.
struct Guarded {
    service: Service,
    accounts: Arc<Accounts>,
}

async fn guarded(settings: AccountSettings) -> Guarded {
    let service = Service::with_matches().await;
    let accounts = Arc::new(service.accounts(SECRET, settings));
    for (role, name) in AccessRole::ALL {
        accounts.add_user("test", name, PASSWORD, role).await.unwrap();
    }
    Guarded { service: service.with_accounts(Arc::clone(&accounts)), accounts }
}

impl Guarded {
    async fn login(&self, name: &str) -> TokenPair {
        self.accounts.login(name, PASSWORD, "test").await.unwrap()
    }

    async fn ask(&self, method: &str, uri: &str, bearer: Option<&str>, body: Option<&Value>) -> Answer {
        let mut request = HttpRequest::builder().method(method).uri(uri);
        if let Some(bearer) = bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.service.ask(request.header("content-type", "application/json").body(body).unwrap()).await
    }
}

/// All operations of the document, with identifiers that name nothing.
fn operations() -> Vec<(String, String)> {
    let document = serde_json::to_value(crate::openapi()).unwrap();
    let mut all = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            all.push((method.to_uppercase(), path.clone()));
        }
    }
    all
}

fn uri_of(path: &str) -> String {
    path.replace("{id}", "999999")
        .replace("{match_id}", "999999")
        .replace("{name}", "nobody")
        .replace("{version}", "none")
}

/// What may come of a request that was let through: anything but a refusal.
fn passed(answer: &Answer) -> bool {
    !matches!(answer.status, 401 | 403)
}

/// The table of the documentation (docs/guides/accounts.md): which roles an operation is for.
fn roles_of(method: &str, path: &str) -> &'static [&'static str] {
    const ALL: &[&str] = &["viewer", "analyst", "operator", "admin"];
    match (method, path) {
        ("GET", "/api/v1/admin/audit") => &ALL[1..],
        ("POST", "/api/v1/predictions" | "/api/v1/models/{version}/promote" | "/api/v1/models/rollback") => {
            &ALL[2..]
        }
        ("POST", path) if path.starts_with(EXPERIMENTS) => &ALL[2..],
        ("POST" | "PATCH" | "DELETE", path) if AUTOMATION.iter().any(|of| path.starts_with(of)) => &ALL[2..],
        (_, path) if path.starts_with(IMPORTS) => &ALL[2..],
        ("POST", "/api/v1/anomalies/detect") => &ALL[2..],
        ("POST" | "DELETE", path) if path.starts_with("/api/v1/quality/") => &ALL[2..],
        (_, path) if path.starts_with("/api/v1/admin/") => &ALL[3..],
        _ => ALL,
    }
}

#[tokio::test]
async fn every_operation_is_for_whom_the_table_says() {
    let settings = AccountSettings { required: true, allowance: FREE, ..AccountSettings::default() };
    let guarded = guarded(settings).await;
    let mut valid = BTreeMap::new();
    for (_, name) in AccessRole::ALL {
        valid.insert(name, guarded.login(name).await);
    }
    // Proofs that do not count, of the administrator.
    let expired = guarded.login("admin").await.access;
    let revoked = guarded.login("admin").await;
    let principal = guarded.accounts.authenticate(&revoked.access).await.unwrap();
    guarded.accounts.logout(&principal).await.unwrap();
    let elsewhere = guarded.service.accounts(OTHER, settings);
    let other_key = elsewhere.login("admin", PASSWORD, "test").await.unwrap().access;
    let claims = expired.split('.').nth(1).unwrap();
    // {"alg":"none","typ":"JWT"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.");
    let gone = guarded
        .accounts
        .create_key("test", "admin", "gone", &[Permission::ManageAccounts], None)
        .await
        .unwrap();
    guarded.accounts.revoke_key("test", gone.id).await.unwrap();

    // Streams of events end.
    guarded.service.state.end_live();
    let open = |path: &str| ANYBODY.contains(&path) || LOGGING_IN.contains(&path) || path == SIGNED;
    let asked: Vec<_> = operations().into_iter().filter(|(_, path)| path != "/api/v1/auth/logout").collect();
    assert!(asked.len() > 30, "{asked:?}");
    for (method, path) in &asked {
        let uri = uri_of(path);
        for (role, pair) in &valid {
            let answer = guarded.ask(method, &uri, Some(&pair.access), None).await;
            let may = open(path) || roles_of(method, path).contains(role);
            if may && !open(path) {
                assert!(passed(&answer), "{method} {path} as {role}: {}", answer.body);
            } else if !may {
                assert_eq!(
                    (answer.status, answer.error_code()),
                    (403, "forbidden"),
                    "{method} {path} as {role}"
                );
            }
        }
        if open(path) {
            continue;
        }
        let none = guarded.ask(method, &uri, None, None).await;
        assert_eq!((none.status, none.error_code()), (401, "unauthorized"), "{method} {path}");
        assert_eq!(none.header("www-authenticate"), "Bearer");
        for (what, proof, code) in [
            ("alg none", &unsigned, "token_invalid"),
            ("another key", &other_key, "token_invalid"),
            ("ended session", &revoked.access, "token_revoked"),
            ("revoked key", &gone.secret, "token_revoked"),
        ] {
            let answer = guarded.ask(method, &uri, Some(proof), None).await;
            assert_eq!((answer.status, answer.error_code()), (401, code), "{method} {path}: {what}");
        }
    }
    guarded.service.clock.advance(chrono::Duration::minutes(15));
    for (method, path) in asked.iter().filter(|(_, path)| !open(path)) {
        let answer = guarded.ask(method, &uri_of(path), Some(&expired), None).await;
        assert_eq!((answer.status, answer.error_code()), (401, "token_expired"), "{method} {path}");
    }
}

#[tokio::test]
async fn reading_is_open_unless_closed_and_writing_never_is() {
    let guarded = guarded(AccountSettings { allowance: FREE, ..AccountSettings::default() }).await;
    assert_eq!(guarded.ask("GET", "/api/v1/leagues", None, None).await.status, 200);
    assert_eq!(guarded.ask("GET", "/api/v1/admin/users", None, None).await.status, 401);
    assert_eq!(guarded.ask("GET", "/api/v1/me", None, None).await.status, 401);
    let bad = guarded.ask("GET", "/api/v1/leagues", Some("x.y.z"), None).await;
    assert_eq!((bad.status, bad.error_code()), (401, "token_invalid"), "a wrong proof is not taken for none");
    let without = Service::with_matches().await;
    assert_eq!(without.get("/api/v1/leagues").await.status, 200);
    let none = without.get("/api/v1/me").await;
    assert_eq!((none.status, none.error_code()), (503, "accounts_unavailable"));
}

#[tokio::test]
async fn a_login_lasts_by_refreshing_and_ends_by_logging_out() {
    let guarded = guarded(AccountSettings::default()).await;
    let body = json!({ "name": "Operator", "password": PASSWORD });
    let login = guarded.ask("POST", "/api/v1/auth/login", None, Some(&body)).await;
    assert_eq!(login.header("cache-control"), "no-store");
    assert_eq!(login.data()["user"]["role"], "operator");
    let refresh = login.data()["refresh_token"].as_str().unwrap().to_owned();
    let again =
        guarded.ask("POST", "/api/v1/auth/refresh", None, Some(&json!({ "refresh_token": refresh }))).await;
    let access = again.data()["access_token"].as_str().unwrap().to_owned();
    let me = guarded.ask("GET", "/api/v1/me", Some(&access), None).await;
    assert_eq!(me.data()["user"]["name"], "operator");
    assert_eq!(
        me.data()["permissions"],
        json!(["read", "read_audit", "seal", "promote", "operate", "review_data", "import"])
    );
    guarded.ask("POST", "/api/v1/auth/logout", Some(&access), None).await.data();
    let ended = guarded.ask("GET", "/api/v1/me", Some(&access), None).await;
    assert_eq!(ended.error_code(), "token_revoked");
    let twice =
        guarded.ask("POST", "/api/v1/auth/refresh", None, Some(&json!({ "refresh_token": refresh }))).await;
    assert_eq!((twice.status, twice.error_code()), (401, "token_revoked"));
    let closed = guarded.ask("POST", "/api/v1/auth/register", None, Some(&body)).await;
    assert_eq!((closed.status, closed.error_code()), (403, "registration_closed"));
    for body in
        [json!({}), json!({"name": "a", "password": 1}), json!([1]), json!({"name":"a","password":"b","x":1})]
    {
        let answer = guarded.ask("POST", "/api/v1/auth/login", None, Some(&body)).await;
        assert_eq!((answer.status, answer.error_code()), (400, "invalid_body"), "{body}");
    }
}

#[tokio::test]
async fn administrators_keep_accounts_and_keys_and_all_of_it_is_written_down() {
    let guarded = guarded(AccountSettings { allowance: FREE, ..AccountSettings::default() }).await;
    let admin = guarded.login("admin").await.access;
    let ask =
        async |method, uri: &str, body: Value| guarded.ask(method, uri, Some(&admin), Some(&body)).await;
    let new = json!({ "name": "ben", "password": PASSWORD, "role": "operator" });
    assert_eq!(ask("POST", "/api/v1/admin/users", new.clone()).await.data()["name"], "ben");
    assert_eq!(ask("POST", "/api/v1/admin/users", new).await.error_code(), "name_taken");
    let weak = json!({ "name": "eve", "password": "short", "role": "viewer" });
    assert_eq!(ask("POST", "/api/v1/admin/users", weak).await.error_code(), "invalid_password");
    let key = json!({ "user": "ben", "name": "nightly", "scopes": ["read"] });
    let made = ask("POST", "/api/v1/admin/keys", key).await;
    let secret = made.data()["key"].as_str().unwrap().to_owned();
    let request = HttpRequest::get("/api/v1/me").header("x-api-key", &secret).body(Body::empty()).unwrap();
    assert_eq!(guarded.service.ask(request).await.data()["permissions"], json!(["read"]));
    let wrong = json!({ "user": "ben", "name": "x", "scopes": ["write"] });
    assert_eq!(ask("POST", "/api/v1/admin/keys", wrong).await.error_code(), "invalid_scope");
    let disabled = ask("PATCH", "/api/v1/admin/users/ben", json!({ "disabled": true })).await;
    assert_eq!(disabled.data()["disabled"], true);
    assert_eq!(guarded.ask("GET", "/api/v1/me", Some(&secret), None).await.error_code(), "token_revoked");
    let last = ask("PATCH", "/api/v1/admin/users/admin", json!({ "role": "viewer" })).await;
    assert_eq!((last.status, last.error_code()), (409, "last_admin"));
    let path = format!("/api/v1/admin/keys/{}", made.data()["id"]);
    assert_eq!(ask("DELETE", &path, json!({})).await.data()["done"], true);
    assert_eq!(ask("DELETE", &path, json!({})).await.error_code(), "no_key");
    let viewer = guarded.login("viewer").await.access;
    guarded.ask("GET", "/api/v1/admin/users", Some(&viewer), None).await;
    let log = ask("GET", "/api/v1/admin/audit?limit=200", json!({})).await;
    let items = log.data()["items"].as_array().unwrap();
    assert_eq!((&items[0]["action"], &items[0]["actor"]), (&json!("refused"), &json!("user viewer")));
    assert_eq!(items[0]["subject"], "GET /api/v1/admin/users");
    let actions: Vec<&str> = items.iter().map(|item| item["action"].as_str().unwrap()).collect();
    for action in ["add user", "create key", "change user", "revoke key", "login"] {
        assert!(actions.contains(&action), "{action}: {actions:?}");
    }
    let text = log.body.to_string();
    assert!(!text.contains(&secret) && !text.contains(PASSWORD) && !text.contains(&admin));
}

#[tokio::test]
async fn whoever_asks_too_often_waits_and_probes_never_do() {
    let settings = AccountSettings {
        required: true,
        allowance: Allowance { per_minute: 5 },
        ..AccountSettings::default()
    };
    let guarded = guarded(settings).await;
    let token = guarded.login("viewer").await.access;
    for left in (0..5).rev() {
        let answer = guarded.ask("GET", "/api/v1/leagues", Some(&token), None).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("ratelimit-policy"), "\"default\";q=5;w=60");
        assert!(answer.header("ratelimit").starts_with(&format!("\"default\";r={left};t=")));
    }
    let refused = guarded.ask("GET", "/api/v1/leagues", Some(&token), None).await;
    assert_eq!((refused.status, refused.error_code()), (429, "rate_limited"));
    assert_eq!(refused.header("retry-after"), "12");
    let other = guarded.login("analyst").await.access;
    assert_eq!(guarded.ask("GET", "/api/v1/leagues", Some(&other), None).await.status, 200);
    for _ in 0..20 {
        assert_eq!(guarded.ask("GET", "/health/live", None, None).await.status, 200);
    }
    guarded.service.clock.advance(chrono::Duration::seconds(12));
    assert_eq!(guarded.ask("GET", "/api/v1/leagues", Some(&token), None).await.status, 200);
}
