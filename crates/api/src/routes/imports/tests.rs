use crate::testing::{Answer, Service};
use axum::body::Body;
use axum::http::Request;
use chrono::Duration;
use serde_json::{Value, json};
use std::sync::Arc;
use touchline_accounts::AccountSettings;
use touchline_domain::ports::{JobReader, TicketReader, TicketWriter};
use touchline_domain::{AccessRole, Clock, JobFilter, TicketEnd};

const PASSWORD: &str = "correct horse battery";
const IMPORTS: &str = "/api/v1/imports";
const BYTES: &[u8] = b"Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\nE0,1/8/22,A,B,1,0,H\n";

struct Bringing {
    service: Service,
    tokens: Vec<String>,
}

impl Bringing {
    async fn new() -> Self {
        let service = Service::empty().await;
        let accounts = Arc::new(service.accounts(&"0123456789abcdef".repeat(2), AccountSettings::default()));
        let mut tokens = Vec::new();
        for (name, role) in
            [("ann", AccessRole::Operator), ("ben", AccessRole::Operator), ("eve", AccessRole::Analyst)]
        {
            accounts.add_user("test", name, PASSWORD, role).await.unwrap();
            tokens.push(accounts.login(name, PASSWORD, "test").await.unwrap().access);
        }
        Self { service: service.with_accounts(accounts), tokens }
    }

    async fn ask(&self, who: usize, method: &str, uri: &str, body: impl Into<Body>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("authorization", format!("Bearer {}", self.tokens[who]))
            .header("content-type", "application/json");
        self.service.ask(request.body(body.into()).unwrap()).await
    }

    async fn begin(&self, who: usize, body: Value) -> Answer {
        self.ask(who, "POST", IMPORTS, body.to_string()).await
    }

    /// The path of an upload that was begun.
    async fn begun(&self, size: usize) -> String {
        let body = json!({ "source": "football-data", "name": "2223/E0.csv", "size": size });
        let answer = self.begin(0, body).await;
        assert_eq!(
            (answer.status, &answer.body["data"]["state"]),
            (201, &json!("uploading")),
            "{}",
            answer.body
        );
        format!("{IMPORTS}/{}", answer.body["data"]["id"].as_str().unwrap())
    }
}

#[tokio::test]
async fn a_document_comes_in_parts_and_waits_for_a_worker() {
    let bringing = Bringing::new().await;
    let path = bringing.begun(BYTES.len()).await;
    let part = |offset: usize| format!("{path}/content?offset={offset}");
    let first = bringing.ask(0, "PUT", &part(0), BYTES[..10].to_vec()).await;
    assert_eq!(first.data()["offset"], 10);
    let again = bringing.ask(0, "PUT", &part(0), BYTES.to_vec()).await;
    assert_eq!((again.status, again.error_code()), (409, "wrong_offset"));
    assert_eq!(again.body["error"]["details"]["offset"], 10, "where it goes on");
    let early = bringing.ask(0, "POST", &format!("{path}/finish"), "").await;
    assert_eq!((early.status, early.error_code()), (409, "incomplete"));
    let larger = bringing.ask(0, "PUT", &part(10), BYTES.to_vec()).await;
    assert_eq!((larger.status, larger.error_code()), (409, "too_much"));
    for (who, status) in [(1, 404), (2, 403)] {
        assert_eq!(bringing.ask(who, "GET", &path, "").await.status, status);
        assert_eq!(bringing.ask(who, "PUT", &part(10), BYTES[10..].to_vec()).await.status, status);
        assert_eq!(bringing.ask(who, "POST", &format!("{path}/finish"), "").await.status, status);
        assert_eq!(bringing.ask(who, "DELETE", &path, "").await.status, status);
    }
    let rest = bringing.ask(0, "PUT", &part(10), BYTES[10..].to_vec()).await;
    assert_eq!(rest.data()["offset"], BYTES.len());
    for _ in 0..2 {
        let done = bringing.ask(0, "POST", &format!("{path}/finish"), "").await;
        assert_eq!((done.status, &done.body["data"]["state"]), (202, &json!("waiting")), "{}", done.body);
    }
    let store = &bringing.service.store;
    let jobs = store.jobs(&JobFilter::default(), 10).await.unwrap();
    assert_eq!((jobs.len(), jobs[0].what.name.as_str()), (1, "import"), "once, however often it is finished");
    let id = path.rsplit('/').next().unwrap();
    assert_eq!(store.ticket_body(id).await.unwrap().unwrap(), BYTES);
    let held = store.ticket(id).await.unwrap().unwrap();
    assert_eq!(held.details["name"], "2223/E0.csv");
    assert_eq!(std::fs::read_dir(bringing.service.data.path().join("uploads")).unwrap().count(), 0);

    // What the worker says.
    let report = json!({
        "read": { "documents": 1, "rows": 1 },
        "written": { "new_matches": 1, "changed_matches": 0, "corrected": 0, "new_facts": 0 },
        "left_out": {
            "unchanged_matches": 0, "unchanged_facts": 0, "conflicting": 0, "waiting_names": 0, "waiting_rows": 0,
            "partial_rows": 0,
        },
        "refused": { "documents": 0, "rows": 0 },
        "findings": [],
    });
    let now = bringing.service.clock.now();
    store.end_ticket(id, TicketEnd::Done(report.to_string().as_bytes()), now).await.unwrap();
    let done = bringing.ask(0, "GET", &path, "").await;
    assert_eq!((&done.data()["state"], &done.data()["report"]), (&json!("done"), &report));
    let list = bringing.ask(0, "GET", IMPORTS, "").await;
    assert_eq!(
        (list.data()["items"].as_array().unwrap().len(), &list.data()["items"][0]["state"]),
        (1, &json!("done"))
    );
    assert_eq!(bringing.ask(1, "GET", IMPORTS, "").await.data()["items"], json!([]));
}

#[tokio::test]
async fn what_is_announced_is_checked() {
    let bringing = Bringing::new().await;
    let valid = json!({ "source": "football-data", "name": "2223/E0.csv", "size": 10 });
    for (field, value) in [
        ("source", json!("somebody")),
        ("name", json!("")),
        ("name", json!("../E0.csv")),
        ("name", json!("/etc/passwd")),
        ("name", json!("a//b")),
        ("name", json!("x".repeat(201))),
        ("name", json!("a\nb")),
        ("size", json!(0)),
        ("hash", json!("AB")),
        ("season", json!("next year")),
        ("map", json!("x".repeat(70_000))),
    ] {
        let mut body = valid.clone();
        body[field] = value.clone();
        let answer = bringing.begin(0, body).await;
        assert_eq!((answer.status, answer.error_code()), (400, "invalid_import"), "{field} {value}");
    }
    let mut large = valid.clone();
    large["size"] = json!((64 << 20) + 1);
    let answer = bringing.begin(0, large).await;
    assert_eq!((answer.status, answer.error_code()), (413, "import_too_large"));
    for _ in 0..5 {
        assert_eq!(bringing.begin(0, valid.clone()).await.status, 201);
    }
    let many = bringing.begin(0, valid.clone()).await;
    assert_eq!((many.status, many.error_code()), (429, "too_many_imports"));
    assert_eq!(bringing.begin(1, valid.clone()).await.status, 201, "another account");
    let list = bringing.ask(0, "GET", IMPORTS, "").await;
    let first = list.data()["items"][0]["id"].as_str().unwrap();
    assert_eq!(bringing.ask(0, "DELETE", &format!("{IMPORTS}/{first}"), "").await.data()["done"], true);
    assert_eq!(bringing.begin(0, valid).await.status, 201, "there is a place again");
}

#[tokio::test]
async fn a_document_that_is_not_the_announced_one_is_refused_and_an_old_upload_goes() {
    let bringing = Bringing::new().await;
    let hash = blake3::hash(b"other").to_hex().to_string();
    let body = json!({ "source": "football-data", "name": "E0.csv", "size": 3, "hash": hash });
    let begun = bringing.begin(0, body).await;
    let path = format!("{IMPORTS}/{}", begun.body["data"]["id"].as_str().unwrap());
    bringing.ask(0, "PUT", &format!("{path}/content?offset=0"), "abc").await.data();
    let wrong = bringing.ask(0, "POST", &format!("{path}/finish"), "").await;
    assert_eq!((wrong.status, wrong.error_code()), (409, "wrong_hash"));
    for name in ["..%2f..%2ftest", "none", "%00"] {
        let gone = bringing.ask(0, "GET", &format!("{IMPORTS}/{name}"), "").await;
        assert_eq!((gone.status, gone.error_code()), (404, "no_import"), "{name}");
    }
    assert_eq!(std::fs::read_dir(bringing.service.data.path().join("uploads")).unwrap().count(), 2);
    bringing.service.clock.advance(Duration::hours(24));
    let accounts = bringing.service.accounts(&"0123456789abcdef".repeat(2), AccountSettings::default());
    let tokens = vec![accounts.login("ben", PASSWORD, "test").await.unwrap().access];
    let bringing = Bringing { tokens, ..bringing };
    assert_eq!(bringing.begin(0, json!({ "source": "table", "name": "a.csv", "size": 1 })).await.status, 201);
    assert_eq!(
        std::fs::read_dir(bringing.service.data.path().join("uploads")).unwrap().count(),
        2,
        "the old one is gone"
    );
}
