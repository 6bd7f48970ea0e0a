use crate::testing::{NOW, Service, at};
use chrono::Duration;
use serde_json::{Value, json};
use touchline_domain::ports::{AccountReader, JobReader, KeptCheck, QualityReader, QualityWriter};
use touchline_domain::{FeedPosition, JobFilter, QualityIssue, Severity};

fn issue(cause: &str, severity: Severity) -> QualityIssue {
    QualityIssue {
        table: "odds",
        document: None,
        locator: 0,
        error_type: "price_against_consensus".to_owned(),
        severity,
        message: "prices of BW: the columns are off by one".to_owned(),
        data: cause.to_owned(),
        requires_manual_review: true,
    }
}

/// A check an hour ago, a finding of then and one of two days before.
async fn checked() -> Service {
    let service = Service::with_matches().await;
    let now = at(NOW);
    for (cause, severity, hours) in [("A BW 1x2", Severity::High, 1), ("match 3", Severity::Medium, 48)] {
        service.store.record_issues(&[issue(cause, severity)], now - Duration::hours(hours)).await.unwrap();
    }
    let report = json!({
        "profile": "default", "full": true, "scores": {"odds": 99.5, "overall": 99.75}, "findings": [1],
        "new_findings": 1, "missing_matches": 2, "matches": 19, "quotes": 40,
        "freshness": [{"table": "odds", "latest": "2024-05-04T08:00:00Z", "hours": 1.0}],
    });
    let checked_at = now - Duration::hours(1);
    let check = KeptCheck { checked_at, position: FeedPosition(3), report };
    service.store.keep_quality_check(&check).await.unwrap();
    service
}

#[tokio::test]
async fn scores_and_findings_are_answered() {
    let service = checked().await;
    let overview = service.get("/api/v1/quality?checks=5").await;
    let data = overview.data();
    assert_eq!((data["waiting"].as_u64(), data["waiting_high"].as_u64()), (Some(2), Some(1)));
    let check = &data["checks"][0];
    assert_eq!((check["scores"]["overall"].as_f64(), check["findings"].as_u64()), (Some(99.75), Some(1)));
    assert_eq!(check["freshness_hours"]["odds"], 1.0);
    let listed = async |query: &str| -> Vec<Value> {
        let answer = service.get(&format!("/api/v1/quality/findings{query}")).await;
        answer.data()["items"].as_array().unwrap().iter().map(|item| item["cause"].clone()).collect()
    };
    assert_eq!(listed("").await, ["A BW 1x2", "match 3"]);
    assert_eq!(listed("?hours=24").await, ["A BW 1x2"]);
    assert_eq!(listed("?severity=medium&state=open&table=odds").await, ["match 3"]);
    assert_eq!(listed("?kind=frozen_feed").await, [""; 0]);
    for wrong in ["?severity=awful", "?state=lost", "?hours=0", "?limit=201", "?nothing=1"] {
        let answer = service.get(&format!("/api/v1/quality/findings{wrong}")).await;
        assert_eq!((answer.status, answer.error_code()), (400, "invalid_query"), "{wrong}");
    }
    let summary = service.get("/api/v1/anomalies/summary?hours=24").await;
    let data = summary.data();
    assert_eq!((data["total_anomalies"].as_u64(), data["by_severity"]["high"].as_u64()), (Some(1), Some(1)));
    assert_eq!(data["last_check_at"], "2024-05-04T09:00:00Z");
}

#[tokio::test]
async fn detection_is_late_when_no_check_was_made() {
    let service = Service::empty().await;
    let before = service.get("/health/anomaly-detection").await;
    assert_eq!(before.data()["status"], "never");
    let service = checked().await;
    let health = service.get("/health/anomaly-detection").await;
    assert_eq!((&health.data()["status"], &health.data()["minutes_ago"]), (&"healthy".into(), &60.into()));
    service.clock.advance(Duration::hours(2));
    assert_eq!(service.get("/health/anomaly-detection").await.data()["status"], "late");
}

#[tokio::test]
async fn an_operator_decides_and_asks_for_checks_and_both_are_in_the_audit_log() {
    let (service, token) = checked().await.with_operator().await;
    let post = async |uri: &str, body: Value| service.send_as(&token, "POST", uri, &body).await;
    let id = service.store.issues(10).await.unwrap()[0].id;
    let uri = format!("/api/v1/quality/findings/{id}");
    let decided = post(&uri, json!({"state": "resolved", "notes": "collected again"})).await;
    assert_eq!(decided.data(), &json!({"id": id, "state": "resolved"}));
    let held = service.store.issues(10).await.unwrap().into_iter().find(|issue| issue.id == id).unwrap();
    assert_eq!(held.resolution_notes.as_deref(), Some("collected again"));
    assert!(held.handled_by.unwrap().contains("ben"));
    post(&uri, json!({"state": "open"})).await.data();
    let lost = post("/api/v1/quality/findings/999", json!({"state": "open"})).await;
    assert_eq!((lost.status, lost.error_code()), (404, "no_finding"));
    let wrong = post(&uri, json!({"state": "gone"})).await;
    assert_eq!((wrong.status, wrong.error_code()), (400, "invalid_body"));

    let asked = post("/api/v1/anomalies/detect", json!({"table_name": "odds", "time_window_hours": 4})).await;
    assert_eq!(asked.data()["anomalies"].as_array().unwrap().len(), 1);
    let again = post("/api/v1/anomalies/detect", json!({})).await;
    assert_eq!(again.data()["job"], asked.data()["job"], "the same check");
    let jobs = service.store.jobs(&JobFilter::default(), 10).await.unwrap();
    assert_eq!((jobs.len(), jobs[0].what.name.as_str()), (1, "quality_check"));
    let audit = service.store.audit_log(None, 50).await.unwrap();
    let actions: Vec<_> =
        audit.iter().map(|kept| (kept.record.action.as_str(), kept.record.subject.as_str())).collect();
    assert!(actions.contains(&("decide finding", &format!("finding {id} resolved"))), "{actions:?}");
    assert!(actions.iter().any(|(action, _)| *action == "ask for a quality check"), "{actions:?}");
}
