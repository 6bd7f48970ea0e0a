//! Jobs, flows, the timetable and alerts, as operators see and change them.

use crate::testing::{Answer, Service};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use std::sync::Arc;
use touchline_accounts::AccountSettings;
use touchline_domain::ports::{AlertReader, AlertWriter, JobReader};
use touchline_domain::{AccessRole, AlertFilter, Clock, Condition, JobFilter, Severity};

const PASSWORD: &str = "correct horse battery";

struct Operated {
    service: Service,
    token: String,
}

async fn operated() -> Operated {
    let service = Service::with_matches().await;
    let accounts = Arc::new(service.accounts("0123456789abcdef0123456789abcdef", AccountSettings::default()));
    accounts.add_user("test", "ben", PASSWORD, AccessRole::Operator).await.unwrap();
    let token = accounts.login("ben", PASSWORD, "test").await.unwrap().access;
    Operated { service: service.with_accounts(accounts), token }
}

impl Operated {
    async fn ask(&self, method: &str, uri: &str, body: &Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json");
        self.service.ask(request.body(Body::from(body.to_string())).unwrap()).await
    }

    async fn get(&self, uri: &str) -> Answer {
        self.service.get(uri).await
    }
}

#[tokio::test]
async fn a_job_is_asked_for_seen_called_off_and_tried_again() {
    let op = operated().await;
    let asked = op
        .ask(
            "POST",
            "/api/v1/tasks",
            &json!({ "kind": "quality_check_task", "parameters": { "full": true } }),
        )
        .await;
    let job = asked.data();
    assert_eq!((&job["kind"], &job["status"]), (&json!("quality_check"), &json!("waiting")), "{job}");
    let uri = format!("/api/v1/tasks/{}", job["id"]);
    assert_eq!(op.get(&uri).await.data()["parameters"], json!({ "full": true }));
    let cancelled = op.ask("POST", &format!("{uri}/cancel"), &json!({})).await;
    assert_eq!(cancelled.data()["status"], "cancelled");
    let again = op.ask("POST", &format!("{uri}/cancel"), &json!({})).await;
    assert_eq!(again.data()["status"], "cancelled", "it is what was asked for");
    assert_eq!(op.ask("POST", &format!("{uri}/retry"), &json!({})).await.data()["status"], "waiting");
    let twice = op.ask("POST", &format!("{uri}/retry"), &json!({})).await;
    assert_eq!((twice.status, twice.error_code()), (409, "not_again"));

    let id = op.service.first("scheduled").await;
    let sealing = op.ask("POST", "/api/v1/tasks", &json!({ "kind": "prediction", "match_id": id })).await;
    assert!(sealing.data()["deadline"].is_string(), "{}", sealing.body);
    for (body, status, code) in [
        (json!({ "kind": "none" }), 404, "no_kind"),
        (json!({ "kind": "prediction", "match_id": 999_999 }), 404, "no_match"),
        (json!({ "kind": "prediction", "parameters": [] }), 400, "invalid_body"),
        (json!({ "kind": "prediction", "wish": 1 }), 400, "invalid_body"),
    ] {
        let refused = op.ask("POST", "/api/v1/tasks", &body).await;
        assert_eq!((refused.status, refused.error_code()), (status, code), "{body}");
    }

    // Pages neither repeat nor omit, and filters hold.
    let first = op.get("/api/v1/tasks?limit=1").await;
    assert_eq!(first.data()["items"][0]["kind"], "prediction");
    let cursor = first.data()["next_cursor"].as_str().unwrap().to_owned();
    let second = op.get(&format!("/api/v1/tasks?limit=1&cursor={cursor}")).await;
    assert_eq!(second.data()["items"][0]["kind"], "quality_check");
    let waiting = op.get("/api/v1/tasks?status=waiting&queue=maintenance&kind=hourly-quality-check").await;
    assert_eq!(waiting.data()["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        op.get(&format!("/api/v1/tasks?match_id={id}")).await.data()["items"].as_array().unwrap().len(),
        1
    );
    for wrong in ["status=lost", "queue=none", "kind=none", "match_id=0", "cursor=zz", "limit=0"] {
        assert_eq!(op.get(&format!("/api/v1/tasks?{wrong}")).await.status, 400, "{wrong}");
    }
    assert_eq!(op.get("/api/v1/tasks/999999").await.error_code(), "no_task");
    let kinds = op.get("/api/v1/tasks/kinds").await;
    assert!(kinds.data()["items"].as_array().unwrap().iter().any(|kind| kind["name"] == "backup_full"));
    let health = op.get("/api/v1/tasks/health").await;
    assert_eq!(health.data()["healthy"], false, "jobs wait and nobody works");
    assert_eq!(health.data()["leader"], Value::Null);
}

#[tokio::test]
async fn a_flow_is_started_and_seen_step_by_step() {
    let op = operated().await;
    let flows = op.get("/api/v1/flows").await;
    assert!(
        flows.data()["items"].as_array().unwrap().iter().any(|flow| flow["name"] == "daily_data_collection")
    );
    let asked = op.ask("POST", "/api/v1/flows", &json!({ "flow": "quality-check" })).await;
    let run = asked.data()["flow"].as_str().unwrap().to_owned();
    let steps = op.get(&format!("/api/v1/flows/{run}")).await;
    let steps = steps.data()["steps"].as_array().unwrap().clone();
    assert_eq!(asked.data()["jobs"], steps.len());
    assert_eq!(steps[0]["flow"], json!(run));
    assert_eq!(op.get("/api/v1/flows/none").await.error_code(), "no_run");
    assert_eq!(op.ask("POST", "/api/v1/flows", &json!({ "flow": "none" })).await.error_code(), "no_flow");
}

#[tokio::test]
async fn a_line_of_the_timetable_is_changed_paused_run_and_added() {
    let op = operated().await;
    let all = op.get("/api/v1/schedules").await;
    assert!(all.data()["items"].as_array().unwrap().len() > 10);
    let uri = "/api/v1/schedules/collect-odds-regular";
    let changed = op.ask("PATCH", uri, &json!({ "cron": "*/10 * * * *" })).await;
    assert_eq!((&changed.data()["cron"], &changed.data()["edited"]), (&json!("*/10 * * * *"), &json!(true)));
    assert_eq!(changed.data()["next"].as_array().unwrap().len(), 10);
    let paused = op.ask("PATCH", uri, &json!({ "enabled": false })).await;
    assert_eq!((&paused.data()["enabled"], &paused.data()["next"]), (&json!(false), &json!([])));
    assert_eq!(op.get(uri).await.data()["cron"], "*/10 * * * *", "what is absent stays");
    let ran = op.ask("POST", &format!("{uri}/run"), &json!({})).await;
    assert_eq!(ran.data()["jobs"], 1);
    assert_eq!(op.service.store.jobs(&JobFilter::default(), 10).await.unwrap().len(), 1);
    let added = op
        .ask(
            "PATCH",
            "/api/v1/schedules/mine",
            &json!({ "job": "quality_check", "cron": "0 7 * * *", "parameters": { "full": true } }),
        )
        .await;
    assert_eq!(added.data()["parameters"], json!({ "full": true }));
    for (name, body, status, code) in [
        ("mine", json!({ "job": "backup_full" }), 409, "other_job"),
        ("mine", json!({ "cron": "at noon" }), 400, "invalid_times"),
        ("none", json!({ "cron": "* * * * *" }), 404, "no_schedule"),
        ("none", json!({ "cron": "* * * * *", "job": "none" }), 404, "no_work"),
        ("match-triggers", json!({ "cron": "* * * * *" }), 409, "no_times"),
    ] {
        let refused = op.ask("PATCH", &format!("/api/v1/schedules/{name}"), &body).await;
        assert_eq!((refused.status, refused.error_code()), (status, code), "{name} {body}");
    }
    let triggers = op.ask("POST", "/api/v1/schedules/match-triggers/run", &json!({})).await;
    assert_eq!(triggers.error_code(), "no_times");
}

#[tokio::test]
async fn an_alert_is_listed_taken_up_and_silenced() {
    let op = operated().await;
    let condition = Condition {
        name: "BackupFailure".to_owned(),
        component: "backup".to_owned(),
        subject: "backup_full".to_owned(),
        severity: Severity::Critical,
        summary: "backup_full failed".to_owned(),
        details: "disk full".to_owned(),
        advice: vec!["Make room.".to_owned()],
    };
    let now = op.service.clock.now();
    op.service.store.record_alerts(&[condition], &[], now).await.unwrap();
    let listed = op.get("/api/v1/alerts?open=true&severity=critical&component=backup").await;
    let alert = &listed.data()["items"][0];
    assert_eq!((&alert["name"], &alert["advice"]), (&json!("BackupFailure"), &json!(["Make room."])));
    assert_eq!(op.get("/api/v1/alerts?open=false").await.data()["items"], json!([]));
    assert_eq!(op.get("/api/v1/alerts?severity=bad").await.status, 400);
    let uri = format!("/api/v1/alerts/{}", alert["id"]);
    let taken = op.ask("POST", &format!("{uri}/acknowledge"), &json!({})).await;
    assert_eq!(taken.data()["acknowledged_by"], "user ben");
    assert_eq!(op.get(&uri).await.data()["notices"], json!([]));
    let id = op.service.store.alerts(&AlertFilter::default(), 1).await.unwrap()[0].id;
    op.service.store.record_alerts(&[], &[id], now).await.unwrap();
    let over = op.ask("POST", &format!("{uri}/acknowledge"), &json!({})).await;
    assert_eq!((over.status, over.error_code()), (409, "is_over"));
    assert_eq!(op.get("/api/v1/alerts/999999").await.error_code(), "no_alert");

    let silences = "/api/v1/alerts/silences";
    let silence = op
        .ask("POST", silences, &json!({ "component": "backup", "minutes": 90, "reason": "a new disk" }))
        .await;
    let held = op.get(silences).await;
    assert_eq!(held.data()["items"][0]["id"], silence.data()["id"]);
    for wrong in [
        json!({ "minutes": 90, "reason": "everything" }),
        json!({ "name": "X", "minutes": 0, "reason": "no time" }),
        json!({ "name": "X", "minutes": 90, "reason": "" }),
        json!({ "name": "X", "minutes": 90 }),
    ] {
        assert_eq!(op.ask("POST", silences, &wrong).await.error_code(), "invalid_body", "{wrong}");
    }
    let end = format!("{silences}/{}", silence.data()["id"]);
    assert_eq!(op.ask("DELETE", &end, &json!({})).await.status, 200);
    assert_eq!(op.ask("DELETE", &end, &json!({})).await.error_code(), "no_silence");
    assert_eq!(op.get(silences).await.data()["items"], json!([]));
}
