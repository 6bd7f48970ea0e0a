use crate::testing::{Answer, Service};
use crate::tickets::batch_answer;
use axum::body::Body;
use axum::http::Request;
use chrono::Duration;
use serde_json::{Value, json};
use std::sync::Arc;
use touchline_accounts::AccountSettings;
use touchline_domain::ports::{JobReader, TicketReader, TicketWriter};
use touchline_domain::{AccessRole, Clock, JobFilter, Silent, TicketEnd, TicketNotice};

const PASSWORD: &str = "correct horse battery";
const BATCH: &str = "/api/v1/predictions/batch";
const BY_TICKET: &str = "/api/v1/predictions/batch?async=true";

async fn with_two_viewers() -> (Service, [String; 2]) {
    let service = Service::with_matches().await;
    let accounts = Arc::new(service.accounts(&"0123456789abcdef".repeat(2), AccountSettings::default()));
    let mut tokens = Vec::new();
    for name in ["ann", "ben"] {
        accounts.add_user("test", name, PASSWORD, AccessRole::Viewer).await.unwrap();
        tokens.push(accounts.login(name, PASSWORD, "test").await.unwrap().access);
    }
    (service.with_accounts(accounts), tokens.try_into().unwrap())
}

async fn ask(service: &Service, token: Option<&str>, method: &str, uri: &str, body: Value) -> Answer {
    let mut request = Request::builder().method(method).uri(uri).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    service.ask(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn each_match_of_a_batch_has_its_forecast_or_its_reason() {
    let service = Service::with_matches().await;
    let (coming, played) =
        (service.find("status=scheduled&from=2024-05-05").await, service.first("finished").await);
    let asked = json!({ "match_ids": [coming, 999_999, played, coming] });
    for follows in [false, true] {
        if follows {
            service.follow().await;
        }
        let answer = ask(&service, None, "POST", BATCH, asked.clone()).await;
        let items = answer.data()["items"].as_array().unwrap();
        assert_eq!(items.len(), 4);
        assert_eq!((&items[1]["error"]["code"], &items[1]["prediction"]), (&json!("no_match"), &Value::Null));
        assert_eq!(items[2]["error"]["code"], "not_to_come");
        assert_eq!(items[0], items[3], "in the order in which they were asked for");
        let alone = service.get(&format!("/api/v1/predictions/{coming}")).await;
        let mut expected = alone.data().clone();
        expected["score_grid"] = Value::Null;
        expected["score_grid_reason"] = items[0]["prediction"]["score_grid_reason"].clone();
        assert_eq!(items[0]["prediction"], expected, "what the match alone says, without its grid");
    }
    for wrong in [
        json!({ "match_ids": [] }),
        json!({ "match_ids": vec![coming; 101] }),
        json!({ "match_ids": [0] }),
        json!({ "match_ids": "1" }),
        json!({}),
    ] {
        let answer = ask(&service, None, "POST", BATCH, wrong.clone()).await;
        assert_eq!((answer.status, answer.error_code()), (400, "invalid_body"), "{wrong}");
    }
    let query = ask(&service, None, "POST", &format!("{BATCH}?async=perhaps"), asked).await;
    assert_eq!((query.status, query.error_code()), (400, "invalid_query"));
}

#[tokio::test]
async fn a_ticket_is_its_holders_and_gives_what_the_batch_would_have_given() {
    let (service, [ann, ben]) = with_two_viewers().await;
    let coming = service.find("status=scheduled&from=2024-05-05").await;
    let asked = json!({ "match_ids": [coming, 999_999], "callback_url": "https://example.org/ready" });
    let none = ask(&service, None, "POST", BY_TICKET, asked.clone()).await;
    assert_eq!((none.status, none.error_code()), (401, "unauthorized"));
    let taken = ask(&service, Some(&ann), "POST", BY_TICKET, asked).await;
    assert_eq!((taken.status, &taken.body["success"]), (202, &json!(true)), "{}", taken.body);
    let ticket = &taken.body["data"];
    assert_eq!((&ticket["status"], &ticket["matches"]), (&json!("open"), &json!(2)));
    assert_eq!(ticket["notice"]["state"], "waiting");
    let (id, place) = (ticket["id"].as_str().unwrap(), taken.header("location"));
    assert_eq!(place, format!("/api/v1/predictions/tickets/{id}"));
    let open = ask(&service, Some(&ann), "GET", place, json!({})).await;
    assert_eq!((&open.data()["ticket"]["status"], &open.data()["answer"]), (&json!("open"), &Value::Null));
    let others = ask(&service, Some(&ben), "GET", place, json!({})).await;
    assert_eq!((others.status, others.error_code()), (404, "no_ticket"));
    let jobs = service.store.jobs(&JobFilter::default(), 10).await.unwrap();
    assert_eq!((jobs.len(), jobs[0].what.name.as_str()), (1, "prediction_batch"));
    assert_eq!(jobs[0].what.parameters, json!({ "ticket": id }));

    // What the worker does.
    let now = service.clock.now();
    let body = service.store.ticket_body(id).await.unwrap().unwrap();
    let answer = batch_answer(&service.forecasts, &body, now, &Silent).await.unwrap();
    assert!(service.store.end_ticket(id, TicketEnd::Done(&answer), now).await.unwrap());
    service.store.note_notice(id, TicketNotice::Sent, None, now).await.unwrap();
    let done = ask(&service, Some(&ann), "GET", place, json!({})).await;
    assert_eq!(done.data()["ticket"]["status"], "done");
    assert_eq!(done.data()["ticket"]["notice"]["state"], "sent");
    let direct = ask(&service, None, "POST", BATCH, json!({ "match_ids": [coming, 999_999] })).await;
    assert_eq!(&done.data()["answer"], direct.data());

    let list = async |token: &str, query: &str| {
        let uri = format!("/api/v1/predictions/tickets{query}");
        ask(&service, Some(token), "GET", &uri, json!({})).await.data()["items"].as_array().unwrap().len()
    };
    assert_eq!(
        (list(&ann, "").await, list(&ann, "?ended=true").await, list(&ann, "?ended=false").await),
        (1, 1, 0)
    );
    assert_eq!(list(&ben, "").await, 0);
    service.clock.advance(Duration::minutes(14));
    assert_eq!(list(&ann, "").await, 1);
}

#[tokio::test]
async fn an_expired_ticket_is_gone() {
    let (service, [ann, _]) = with_two_viewers().await;
    let taken = ask(&service, Some(&ann), "POST", BY_TICKET, json!({ "match_ids": [1] })).await;
    let place = taken.header("location").to_owned();
    service.clock.advance(Duration::hours(24));
    let accounts = service.accounts(&"0123456789abcdef".repeat(2), AccountSettings::default());
    let ann = accounts.login("ann", PASSWORD, "test").await.unwrap().access;
    let gone = ask(&service, Some(&ann), "GET", &place, json!({})).await;
    assert_eq!((gone.status, gone.error_code()), (404, "no_ticket"));
}

#[tokio::test]
async fn tickets_have_limits_and_callbacks_are_checked() {
    let (service, [ann, ben]) = with_two_viewers().await;
    let post = async |token: &str, body: Value| ask(&service, Some(token), "POST", BY_TICKET, body).await;
    let many = post(&ann, json!({ "match_ids": vec![1; 5001] })).await;
    assert_eq!((many.status, many.error_code()), (400, "invalid_body"));
    for url in ["https://127.0.0.1/", "http://example.org/", "", "x"] {
        let wrong = post(&ann, json!({ "match_ids": [1], "callback_url": url })).await;
        assert_eq!((wrong.status, wrong.error_code()), (400, "invalid_callback"), "{url:?}");
    }
    let direct = json!({ "match_ids": [1], "callback_url": "https://example.org/" });
    let direct = ask(&service, Some(&ann), "POST", BATCH, direct).await;
    assert_eq!((direct.status, direct.error_code()), (400, "invalid_callback"));
    for _ in 0..10 {
        assert_eq!(post(&ann, json!({ "match_ids": [1] })).await.status, 202);
    }
    let full = post(&ann, json!({ "match_ids": [1] })).await;
    assert_eq!((full.status, full.error_code()), (429, "too_many_tickets"));
    assert_eq!(post(&ben, json!({ "match_ids": [1] })).await.status, 202, "another account");
    for name in ["..%2f", "x", "%00", "a'--"] {
        let gone =
            ask(&service, Some(&ann), "GET", &format!("/api/v1/predictions/tickets/{name}"), json!({})).await;
        assert_eq!((gone.status, gone.error_code()), (404, "no_ticket"), "{name}");
    }
}

#[tokio::test]
async fn the_same_request_for_a_ticket_under_its_key_takes_one() {
    let (service, [ann, _]) = with_two_viewers().await;
    let take = async || {
        let request = Request::post(BY_TICKET)
            .header("authorization", format!("Bearer {ann}"))
            .header("content-type", "application/json")
            .header("idempotency-key", "k1");
        service.ask(request.body(Body::from(json!({ "match_ids": [1] }).to_string())).unwrap()).await
    };
    let (first, again) = (take().await, take().await);
    assert_eq!((first.status, again.status), (202, 202));
    assert_eq!(first.body["data"]["id"], again.body["data"]["id"]);
    assert_eq!(again.header("idempotency-replayed"), "true");
}
