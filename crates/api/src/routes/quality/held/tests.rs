use crate::testing::{NOW, Service, at};
use serde_json::{Value, json};
use touchline_domain::ports::{
    AccountReader, BronzeWriter, HeldFilter, JobReader, QualityReader, SilverChange, SilverWriter,
};
use touchline_domain::{HeldState, JobFilter, NewDocument, NewHeldRow};

/// An operator's service with two rows: one is held, one has passed since.
async fn held() -> (Service, String) {
    let (service, token) = Service::empty().await.with_operator().await;
    let bytes = b"Div,Date";
    let document = NewDocument {
        source: "football-data",
        name: "E0.csv",
        bytes,
        hash: "8b4bde26463e034a0d24e198a191a9926c236c8b8c77fa5763e6810e87041226",
        collected_at: at(NOW),
        records: &[],
    };
    let document = service.store.store_document(&document).await;
    let document = document.map_or_else(|error| panic!("{error}"), |stored| stored.id);
    let row = |line: u32, state: HeldState| NewHeldRow {
        line,
        rule: "improbable_score".to_owned(),
        rule_version: 1,
        reason: "17-0 has a chance of 1 in 10 billion".to_owned(),
        fingerprint: format!("f{line}"),
        says: format!("match {line}"),
        state,
    };
    let held = vec![(document, row(2, HeldState::Held)), (document, row(3, HeldState::Passed))];
    service.store.apply(&SilverChange { held, ..SilverChange::default() }).await.unwrap();
    (service, token)
}

async fn listed(service: &Service, query: &str) -> Vec<Value> {
    let answer = service.get(&format!("/api/v1/quality/held{query}")).await;
    answer.data()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn held_rows_are_listed_by_state() {
    let (service, _) = held().await;
    assert_eq!(listed(&service, "").await.len(), 2);
    let [item] = &listed(&service, "?state=held&limit=5").await[..] else { panic!("one row is held") };
    let of = |field: &str| item[field].clone();
    assert_eq!(
        [of("document"), of("line"), of("rule")],
        [json!("E0.csv"), json!(2), json!("improbable_score")]
    );
    assert_eq!(of("decisions"), json!([]));
    for wrong in ["?state=lost", "?limit=0", "?limit=201", "?nothing=1"] {
        let answer = service.get(&format!("/api/v1/quality/held{wrong}")).await;
        assert_eq!((answer.status, answer.error_code()), (400, "invalid_query"), "{wrong}");
    }
}

#[tokio::test]
async fn an_operator_decides_about_held_rows_and_takes_it_back() {
    let (service, token) = held().await;
    let row = listed(&service, "?state=held").await[0]["id"].clone();
    let uri = format!("/api/v1/quality/held/{row}");
    let release = json!({"verdict": "release", "reason": "seen on the club's page"});
    let decided = service.send_as(&token, "POST", &uri, &release).await;
    let decision = decided.data()["decision"].as_i64().unwrap();
    let kept = async || listed(&service, "?state=held").await[0]["decisions"][0].clone();
    let first = kept().await;
    assert_eq!([&first["verdict"], &first["reason"]], [&release["verdict"], &release["reason"]]);
    assert!(first["by"].as_str().unwrap().contains("ben") && first["undone_by"].is_null(), "{first}");
    let unsettled = HeldFilter { unsettled: true, ..HeldFilter::default() };
    assert_eq!(service.store.held_rows(&unsettled, 9).await.unwrap().len(), 1);
    let jobs = service.store.jobs(&JobFilter::default(), 10).await.unwrap();
    assert_eq!((jobs.len(), jobs[0].what.name.as_str()), (1, "held_rows"));
    assert_eq!(decided.data()["job"], json!(jobs[0].id));

    let back = format!("/api/v1/quality/decisions/{decision}");
    let taken = service.send_as(&token, "DELETE", &back, &Value::Null).await;
    assert_eq!(taken.data()["decision"], decision);
    assert!(kept().await["undone_by"].as_str().unwrap().contains("ben"));
    assert!(service.store.held_rows(&unsettled, 9).await.unwrap().is_empty());
    let actions = service.store.audit_log(None, 50).await.unwrap();
    let actions: Vec<_> = actions.iter().map(|kept| kept.record.action.as_str()).collect();
    for action in ["decide held row", "take back decision"] {
        assert!(actions.contains(&action), "{actions:?}");
    }

    let again = service.send_as(&token, "DELETE", &back, &Value::Null).await;
    assert_eq!((again.status, again.error_code()), (404, "no_decision"));
    let lost = service.send_as(&token, "POST", "/api/v1/quality/held/999", &release).await;
    assert_eq!((lost.status, lost.error_code()), (404, "no_held_row"));
    for wrong in [
        json!({"verdict": "keep", "reason": "why"}),
        json!({"verdict": "release", "reason": " "}),
        json!({"verdict": "release"}),
    ] {
        let answer = service.send_as(&token, "POST", &uri, &wrong).await;
        assert_eq!((answer.status, answer.error_code()), (400, "invalid_body"), "{wrong}");
    }
}
