use crate::testing::{Answer, Service};
use serde_json::Value;
use std::collections::BTreeSet;
use touchline_domain::Silent;
use touchline_forecasting::seal::{RegisteredModel, Sealing, forecast_to_come};
use touchline_learning::registry::{champion, open_model};

fn lines(answer: &Answer) -> Vec<Value> {
    let text = String::from_utf8(answer.bytes.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn results_of_a_range_come_as_lines_and_as_values_with_commas() {
    let service = Service::with_matches().await;
    let all = service.get("/api/v1/exports/results").await;
    assert_eq!((all.status, all.header("content-type")), (200, "application/jsonl"));
    assert_eq!(all.header("content-disposition"), "attachment; filename=\"results.jsonl\"");
    assert_eq!(all.header("cache-control"), "no-store");
    let all = lines(&all);
    let finished = service.get("/api/v1/matches?status=finished&limit=200").await;
    let expected: BTreeSet<i64> =
        finished.data()["items"].as_array().unwrap().iter().map(|m| m["id"].as_i64().unwrap()).collect();
    assert_eq!(all.iter().map(|row| row["match_id"].as_i64().unwrap()).collect::<BTreeSet<_>>(), expected);
    assert!(all.is_sorted_by_key(|row| row["kickoff"].as_str().unwrap().to_owned()));
    let first = &all[0];
    assert_eq!((&first["league"], &first["league_name"]), (&"MER1".into(), &"Meridian Premier".into()));
    assert_eq!((&first["season"], &first["home_half_time"]), (&"2021-22".into(), &0.into()));

    let (from, to) = (all[3]["kickoff"].as_str().unwrap(), all[7]["kickoff"].as_str().unwrap());
    let some = service.get(&format!("/api/v1/exports/results?from={from}&to={to}&league=MER1")).await;
    let within = |row: &&Value| (from..to).contains(&row["kickoff"].as_str().unwrap());
    assert_eq!(lines(&some), all.iter().filter(within).cloned().collect::<Vec<_>>());
    let csv = service.get(&format!("/api/v1/exports/results?from={from}&to={to}&format=csv")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let text = String::from_utf8(csv.bytes.clone()).unwrap();
    assert!(text.starts_with("match_id,league,league_name,country,season,home,away,kickoff,date_only,"));
    assert_eq!(text.lines().count(), 1 + lines(&some).len());

    for (query, status, code) in [
        ("format=xml", 400, "invalid_query"),
        ("from=soon", 400, "invalid_query"),
        ("from=2024-01-02&to=2024-01-02", 400, "invalid_query"),
        ("league=none", 404, "no_league"),
        // Nobody here writes it.
        ("format=parquet", 400, "invalid_query"),
    ] {
        let answer = service.get(&format!("/api/v1/exports/results?{query}")).await;
        assert_eq!((answer.status, answer.error_code()), (status, code), "{query}");
    }
}

#[tokio::test]
async fn forecasts_come_with_their_place_in_the_ledger_and_what_came_of_them() {
    let service = Service::with_seasons().await;
    service.train().await;
    let version = champion(&service.store).await.unwrap();
    let model = open_model(None, service.data.path(), &version).await.unwrap();
    let model = RegisteredModel::new(model, &version);
    let sealing = Sealing { as_of: None, until: None, threads: 1 };
    forecast_to_come(&service.store, &model.into(), sealing, &*service.clock, std::sync::Arc::new(Silent))
        .await
        .unwrap();
    let all = lines(&service.get("/api/v1/exports/forecasts").await);
    assert_eq!(all.len(), 1);
    let row = &all[0];
    let entry = service.get("/api/v1/predictions/history").await;
    let entry = &entry.data()["items"][0];
    assert_eq!(row["match_id"], entry["match_id"]);
    assert_eq!((&row["ledger_sequence"], row["entry_hash"].as_str().unwrap().len()), (&1.into(), 64));
    let sum: f64 =
        ["home_win_prob", "draw_prob", "away_win_prob"].iter().map(|name| row[name].as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-9);
    assert_eq!((&row["rps"], &row["verified_at"]), (&Value::Null, &Value::Null));
    let sealed_at = row["sealed_at"].as_str().unwrap();
    let count =
        async |query: &str| lines(&service.get(&format!("/api/v1/exports/forecasts?{query}")).await).len();
    assert_eq!(count("verified=true").await, 0);
    assert_eq!(count(&format!("from={sealed_at}")).await, 1);
    assert_eq!(count(&format!("to={sealed_at}")).await, 0, "before that time");
    assert_eq!(count("from=2030-01-01").await, 0);
}
