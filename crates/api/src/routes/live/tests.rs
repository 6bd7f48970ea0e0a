use crate::testing::{Answer, NOW, Service, at};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use touchline_accounts::{AccountSettings, WebhookSecrets};
use touchline_domain::ports::{AccountReader, EventReader};
use touchline_domain::{AccessRole, MatchId};
use touchline_forecasting::live::Topics;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn secrets() -> WebhookSecrets {
    WebhookSecrets::new([SECRET]).unwrap()
}

/// A message about a match, signed at a time.
fn signed(id: &str, body: &str, seconds: i64) -> Request<Body> {
    let signature = secrets().sign(id, seconds, body.as_bytes()).unwrap();
    Request::post("/webhooks/scores")
        .header("webhook-id", id)
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", signature)
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

fn now() -> i64 {
    at(NOW).timestamp()
}

fn score(id: i64, minute: &str, home: u8, away: u8, said: &str) -> Value {
    json!({
        "data_type": "scores", "source": "test", "timestamp": said, "match_id": id, "match_status": "live",
        "minute": minute, "score": {"home": home, "away": away},
    })
}

async fn listening() -> (Service, i64) {
    let service = Service::with_matches().await;
    let id = service.find("league=MER1&status=scheduled&from=2024-05-05").await;
    let accounts = std::sync::Arc::new(service.accounts(SECRET, AccountSettings::default()));
    (service.with_accounts_and_webhooks(accounts, secrets()), id)
}

async fn send(service: &Service, id: &str, body: &Value) -> Answer {
    service.ask(signed(id, &body.to_string(), now())).await
}

#[tokio::test]
async fn a_score_becomes_probabilities_for_whoever_listens() {
    let (service, id) = listening().await;
    let before = service.get(&format!("/api/v1/predictions/{id}")).await.data()["home_win_prob"].as_f64();
    let topics = Topics::Matches([MatchId(id)].into());
    let (mut listener, _) = service.state.live().feed().listen(topics, None);
    let answer = send(&service, "a", &score(id, "80", 1, 0, "2024-05-04T09:59:00Z")).await;
    assert_eq!(answer.data()["taken"], true);
    let update = listener.next().await.unwrap();
    let told: Value = serde_json::from_str(&update.text).unwrap();
    assert_eq!(told["position"], answer.data()["position"]);
    assert_eq!((&told["minute"], &told["score"]), (&json!("80"), &json!({"home": 1, "away": 0})));
    assert!(told["forecast"]["home_win_prob"].as_f64() > before, "{told}");
    let asked = service.get(&format!("/api/v1/predictions/{id}/in-play?minute=80&score=1-0")).await;
    assert_eq!(told["forecast"]["home_win_prob"], asked.data()["home_win_prob"]);
    assert_eq!(told["forecast"]["remaining_goals"], asked.data()["remaining_goals"]);

    let mut over = score(id, "FT", 1, 1, "2024-05-04T10:00:00Z");
    over["match_status"] = "finished".into();
    send(&service, "b", &over).await;
    let told: Value = serde_json::from_str(&listener.next().await.unwrap().text).unwrap();
    assert!((told["forecast"]["draw_prob"].as_f64().unwrap() - 1.0).abs() < 1e-9, "{told}");
    over["match_status"] = "abandoned".into();
    over["timestamp"] = "2024-05-04T10:01:00Z".into();
    send(&service, "c", &over).await;
    let told: Value = serde_json::from_str(&listener.next().await.unwrap().text).unwrap();
    assert_eq!(told["forecast"], Value::Null);
}

#[tokio::test]
async fn a_message_counts_once_and_an_older_one_changes_nothing() {
    let (service, id) = listening().await;
    let (_listener, _) = service.state.live().feed().listen(Topics::All, None);
    let newer = score(id, "60", 1, 0, "2024-05-04T09:59:00Z");
    let first = send(&service, "a", &newer).await;
    let again = send(&service, "a", &newer).await;
    assert_eq!((&first.data()["repeated"], &again.data()["repeated"]), (&json!(false), &json!(true)));
    assert_eq!(first.data()["position"], again.data()["position"]);
    let other = send(&service, "a", &score(id, "61", 2, 0, "2024-05-04T10:00:00Z")).await;
    assert_eq!((other.status, other.error_code()), (422, "key_reused"));
    let older = send(&service, "b", &score(id, "59", 0, 0, "2024-05-04T09:58:00Z")).await;
    assert_eq!(older.data()["taken"], false);
    assert_eq!(older.data()["position"], first.data()["position"]);
    // What was refused may be sent again, mended.
    let mut wrong = newer.clone();
    wrong["minute"] = "x".into();
    assert_eq!(send(&service, "c", &wrong).await.status, 400);
    assert_eq!(send(&service, "c", &newer).await.data()["taken"], true);
}

#[tokio::test]
async fn what_is_not_signed_now_by_who_may_is_refused() {
    let (service, id) = listening().await;
    let body = score(id, "60", 1, 0, "2024-05-04T09:59:00Z").to_string();
    let refused = async |request: Request<Body>| {
        let answer = service.ask(request).await;
        assert_eq!((answer.status, answer.error_code()), (401, "webhook_refused"), "{}", answer.body);
    };
    refused(Request::post("/webhooks/scores").body(Body::from(body.clone())).unwrap()).await;
    refused(signed("a", &body, now() - 301)).await;
    refused(signed("a", &body, now() + 301)).await;
    let mut changed = signed("a", &body, now());
    *changed.body_mut() = Body::from(body.replace("\"home\":1", "\"home\":2"));
    refused(changed).await;
    let mut renamed = signed("a", &body, now());
    renamed.headers_mut().insert("webhook-id", "b".parse().unwrap());
    refused(renamed).await;
    assert_eq!(service.state.live().feed().position().number, 0);

    let plain = Service::with_matches().await;
    let off = plain.ask(signed("a", &body, now())).await;
    assert_eq!((off.status, off.error_code()), (503, "webhooks_off"));
}

#[tokio::test]
async fn messages_that_cannot_be_are_refused_with_the_reason() {
    let (service, id) = listening().await;
    let good = score(id, "60", 1, 0, "2024-05-04T09:59:00Z");
    let with = |name: &str, value: Value| {
        let mut message = good.clone();
        message[name] = value;
        message
    };
    let player = json!([{"minute": 5, "side": "home", "kind": "goal", "player": "Ann"}]);
    for (n, (message, word)) in [
        (with("minute", json!(null)), "minute"),
        (with("minute", json!("95")), "minute"),
        (with("data_type", json!("odds")), "odds"),
        (with("source", json!(" ")), "source"),
        (with("match_id", json!(0)), "match_id"),
        (with("home_red_cards", json!(6)), "red cards"),
        (with("goals", json!(1)), "goals"),
        (with("events", json!([{"minute": 131, "side": "home", "kind": "goal"}])), "131"),
        (with("events", player), "player_id"),
        (json!([]), "message"),
    ]
    .iter()
    .enumerate()
    {
        let answer = send(&service, &format!("m{n}"), message).await;
        assert_eq!((answer.status, answer.error_code()), (400, "invalid_body"), "{message}: {}", answer.body);
        assert!(answer.body["message"].as_str().unwrap().contains(word), "{}", answer.body);
    }
    let unknown = send(&service, "u", &score(999_999, "60", 1, 0, "2024-05-04T09:59:00Z")).await;
    assert_eq!((unknown.status, unknown.error_code()), (404, "no_match"));
    let large = " ".repeat(65 * 1024);
    assert_eq!(service.ask(signed("l", &large, now())).await.status, 413);
}

#[tokio::test]
async fn what_happened_is_stored_by_one_writer() {
    let (service, id) = listening().await;
    let writing = tokio::spawn(service.state.clone().write_live());
    let mut message = score(id, "60", 1, 0, "2024-05-04T09:59:00Z");
    message["events"] = json!([
        {"minute": 12, "side": "home", "kind": "goal", "player_id": "7", "player": "Ann"},
        {"minute": 45, "stoppage": 2, "side": "away", "kind": "red"},
    ]);
    assert_eq!(send(&service, "a", &message).await.status, 200);
    service.state.end_live();
    writing.await.unwrap();
    let stored = service.store.events_of(&[MatchId(id)]).await.unwrap();
    assert_eq!(stored.len(), 1);
    assert_eq!((stored[0].1.source.as_ref(), stored[0].1.events.len()), ("test", 2));
    assert_eq!(stored[0].1.known_at, at("2024-05-04T09:59:00Z"));
    let late = send(&service, "b", &message).await;
    assert_eq!((late.status, late.error_code()), (503, "overloaded"), "the server stops");
}

#[tokio::test]
async fn events_begin_with_what_is_known_and_go_on_after_a_place() {
    let (service, id) = listening().await;
    let other = service.find("league=NOR1").await;
    send(&service, "a", &score(id, "10", 0, 0, "2024-05-04T09:00:00Z")).await;
    send(&service, "b", &score(other, "11", 0, 1, "2024-05-04T09:01:00Z")).await;
    let last = send(&service, "c", &score(id, "12", 1, 0, "2024-05-04T09:02:00Z")).await;
    let last = last.data()["position"].as_str().unwrap().to_owned();
    // The feed is closed, so that the streams end.
    let heard = async |query: &str, after: Option<&str>| {
        let mut request = Request::get(format!("/live/events{query}"));
        if let Some(after) = after {
            request = request.header("last-event-id", after);
        }
        let answer = service.send(request).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/event-stream"));
        String::from_utf8(answer.bytes).unwrap()
    };
    service.state.end_live();
    let all = heard("", None).await;
    assert_eq!(all.matches("event: update").count(), 2, "the latest of each match: {all}");
    let one = heard(&format!("?matches={id}"), None).await;
    assert!(one.matches("event: update").count() == 1 && one.contains(&format!("id: {last}")), "{one}");
    assert_eq!(heard("", Some(&last)).await.matches("event:").count(), 0);
    let run = last.split('-').next().unwrap();
    assert_eq!(heard("", Some(&format!("{run}-0"))).await.matches("event: update").count(), 3);
    let lost = heard("", Some("0000000000000000-1")).await;
    assert!(lost.contains("event: gap") && lost.matches("event: update").count() == 2, "{lost}");
    for wrong in ["?matches=x", "?matches=0", "?matches=", "?after=1", "?topics=1"] {
        let answer = service.get(&format!("/live/events{wrong}")).await;
        assert_eq!((answer.status, answer.error_code()), (400, "invalid_query"), "{wrong}");
    }
    let plain = service.get("/ws/live").await;
    assert_eq!((plain.status, plain.error_code()), (400, "no_websocket"));
}

/// A server on which reading needs an account, with a viewer's token.
async fn closed() -> (Service, String) {
    let service = Service::with_matches().await;
    let settings = AccountSettings { required: true, ..AccountSettings::default() };
    let accounts = std::sync::Arc::new(service.accounts(SECRET, settings));
    accounts.add_user("test", "ann", "correct horse battery", AccessRole::Viewer).await.unwrap();
    let token = accounts.login("ann", "correct horse battery", "test").await.unwrap().access;
    let service = service.with_accounts_and_webhooks(accounts, secrets());
    // Streams of events end.
    service.state.end_live();
    (service, token)
}

async fn ticket(service: &Service, token: &str) -> String {
    let request = Request::post("/api/v1/live/tickets").header("authorization", format!("Bearer {token}"));
    let answer = service.send(request).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.data()["ticket"].as_str().unwrap().to_owned()
}

async fn events(service: &Service, ticket: &str) -> Answer {
    service.get(&format!("/live/events?ticket={ticket}")).await
}

#[tokio::test]
async fn a_browser_that_is_logged_in_listens_by_a_ticket() {
    let (service, token) = closed().await;
    let none = service.get("/live/events").await;
    assert_eq!((none.status, none.error_code()), (401, "unauthorized"));
    let nobody = service.send(Request::post("/api/v1/live/tickets")).await;
    assert_eq!((nobody.status, nobody.error_code()), (401, "unauthorized"));
    let first = ticket(&service, &token).await;
    assert_eq!(events(&service, &first).await.status, 200);
    let twice = events(&service, &first).await;
    assert_eq!((twice.status, twice.error_code()), (401, "ticket_used"));
    let late = ticket(&service, &token).await;
    service.clock.advance(chrono::Duration::seconds(30));
    let late = events(&service, &late).await;
    assert_eq!((late.status, late.error_code()), (401, "token_expired"));
    let (good, other) = (ticket(&service, &token).await, closed().await);
    let mut changed = good.clone();
    changed.replace_range(8..9, if &good[8..9] == "A" { "B" } else { "A" });
    for forged in [changed.as_str(), token.as_str(), "", "tlw_"] {
        let answer = events(&service, forged).await;
        assert_eq!((answer.status, answer.error_code()), (401, "token_invalid"), "{forged}");
    }
    // Of another server under the same secret: the session is none of this one's.
    let elsewhere = ticket(&other.0, &other.1).await;
    assert_eq!(events(&service, &elsewhere).await.status, 401);
    // It opens these connections and nothing else.
    let reading = service.get(&format!("/api/v1/leagues?ticket={good}")).await;
    assert_eq!((reading.status, reading.error_code()), (401, "unauthorized"));
    let request = Request::get("/api/v1/leagues").header("authorization", format!("Bearer {good}"));
    assert_eq!(service.send(request).await.error_code(), "token_invalid");
    assert_eq!(events(&service, &good).await.status, 200);
    // Refusals are written down, tickets are not.
    let log = service.store.audit_log(None, 200).await.unwrap();
    let written = format!("{log:?}");
    assert!(written.contains("GET /live/events"), "{written}");
    assert!(!written.contains("tlw_") && !written.contains("ticket="), "{written}");
}

#[tokio::test]
async fn a_socket_names_its_ticket_among_the_protocols() {
    let (service, token) = closed().await;
    let open = async |protocols: &str| {
        let request = Request::get("/ws/live").header("sec-websocket-protocol", protocols);
        service.send(request).await
    };
    let good = ticket(&service, &token).await;
    // Let through, and no request for a WebSocket.
    let through = open(&format!("touchline.live, ticket.{good}")).await;
    assert_eq!((through.status, through.error_code()), (400, "no_websocket"));
    let twice = open(&format!("touchline.live, ticket.{good}")).await;
    assert_eq!((twice.status, twice.error_code()), (401, "ticket_used"));
    assert_eq!(open("touchline.live").await.error_code(), "unauthorized");
    assert_eq!(open("touchline.live, ticket.x").await.error_code(), "token_invalid");
}
