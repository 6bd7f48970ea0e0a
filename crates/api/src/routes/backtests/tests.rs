use crate::testing::{Service, at};
use serde_json::{Value, json};
use touchline_learning::backtest::{BacktestReport, kept};

fn interval(estimate: f64) -> Value {
    json!({"low": estimate - 0.1, "estimate": estimate, "high": estimate + 0.1, "level": 0.95, "resamples": 1000})
}

fn ran(name: &str, on_stakes: f64) -> Value {
    json!({"ran": {
        "name": name, "about": "Bets", "bets": 200, "days": 40, "staked": 2000.0, "profit": 2000.0 * on_stakes,
        "yield_on_stakes": interval(on_stakes), "closing_line_value": interval(-0.02), "closing_bets": 200,
        "expected_yield": 0.1, "edge_after_margin": 0.03, "confidence": 0.7, "mean_odds": 2.5, "imputed": 1.0,
        "price_age_hours": [3.0, 5.0], "start": 1000.0, "end": 1000.0 + 2000.0 * on_stakes, "max_drawdown": 0.2,
        "drawn_drawdown": [0.1, 0.2, 0.3], "ruin": 0.01, "halving": 0.1,
        "equity": [{"days": 1, "day": 19_700, "bankroll": 1010.0, "drawn": [990.0, 1000.0, 1020.0]}],
        "attribution": [{"by": "league", "parts": [{
            "part": "E0", "bets": 200, "staked": 2000.0, "profit": 2000.0 * on_stakes,
            "yield_on_stakes": on_stakes, "standard_error": null, "closing_line_value": -0.02}]}],
        "refusals": {"too_old": 1, "price_moved": 2, "too_small": 0, "by_bookmaker": 0, "no_money": 0, "stopped": 0},
        "cut": 0, "stopped_at": null,
        "verdict": {"kind": "no_evidence", "words": "no evidence of profit after 200 bets"}}})
}

/// A report of two strategies and one that was refused, made of figures that tell it from others.
pub(crate) fn report(on_stakes: f64) -> BacktestReport {
    let report = json!({
        "from": "2023-08-01", "to": "2024-05-01", "leagues": ["E0"], "matches": 380, "priced": 379,
        "forecaster": "strength-filter", "refit_days": 365, "forecast_lead_minutes": 60,
        "forecast_error": {"log_odds": 0.3, "matches": 379}, "simulated": false,
        "strategies": [ran("mine", on_stakes), ran("yours", -0.05),
            {"refused": {"name": "theirs", "reason": "it bets by closing prices before they are known"}}],
        "luck": {"tried": 3, "best": "mine",
            "reality_check": {"tried": 2, "best": 0, "best_mean": on_stakes, "p_value": 0.4, "spa_p_value": 0.5,
                "resamples": 1000},
            "deflated": {"ratio": 0.1, "expected_best": 0.15, "probability": 0.3, "tried": 3}}});
    serde_json::from_value(report).unwrap()
}

#[tokio::test]
async fn reports_are_listed_and_told_with_one_strategy_in_detail() {
    let service = Service::empty().await;
    let none = service.get("/api/v1/backtests").await;
    assert_eq!(none.data()["items"], json!([]));
    let mut ids = Vec::new();
    for (on_stakes, made_at) in [(0.03, "2024-05-01T00:00:00Z"), (0.02, "2024-05-02T00:00:00Z")] {
        ids.push(kept::keep(&service.store, &report(on_stakes), at(made_at)).await.unwrap());
    }
    let list = service.get("/api/v1/backtests?limit=1").await;
    let item = &list.data()["items"][0];
    assert_eq!((&item["id"], &item["made_at"]), (&json!(ids[1].0), &json!("2024-05-02T00:00:00Z")));
    assert_eq!((&item["strategies"], &item["refused"], &item["tried"]), (&json!(2), &json!(1), &json!(3)));
    assert_eq!((&item["best"]["name"], &item["best"]["reality_check"]), (&json!("mine"), &json!(0.4)));
    assert!(list.data()["notice"].as_str().unwrap().contains("lose"));
    let next = list.data()["next_before"].as_i64().unwrap();
    let rest = service.get(&format!("/api/v1/backtests?before={next}")).await;
    assert_eq!((&rest.data()["items"][0]["id"], rest.data()["items"][1].is_null()), (&json!(ids[0].0), true));
    assert!(rest.data()["next_before"].is_null());

    let one = service.get(&format!("/api/v1/backtests/{}", ids[1])).await;
    let data = one.data();
    assert_eq!((&data["from"], &data["priced"]), (&json!("2023-08-01"), &json!(379)));
    let names: Vec<_> = data["scorecards"].as_array().unwrap().iter().map(|s| &s["name"]).collect();
    assert_eq!(names, ["mine", "yours"]);
    assert!(data["scorecards"][0].get("reality_check").is_none(), "it speaks of the best alone");
    assert_eq!((&data["luck"]["best"], &data["luck"]["reality_check"]), (&json!("mine"), &json!(0.4)));
    assert_eq!(data["refusals"][0]["name"], "theirs");
    assert_eq!(
        (&data["detail"]["strategy"], &data["detail"]["equity"][0]["day"]),
        (&json!("mine"), &json!("2023-12-09"))
    );
    assert!(data["detail"]["parts"][0]["parts"][0]["standard_error"].is_null());
    let other = service.get(&format!("/api/v1/backtests/{}?strategy=yours", ids[1])).await;
    assert_eq!(other.data()["detail"]["strategy"], "yours");
    for (path, status, code) in [
        (format!("{}?strategy=theirs", ids[1]), 404, "no_strategy"),
        ("99".to_owned(), 404, "no_backtest"),
        ("x".to_owned(), 400, "invalid_id"),
    ] {
        let answer = service.get(&format!("/api/v1/backtests/{path}")).await;
        assert_eq!((answer.status, answer.error_code()), (status, code), "{path}");
    }
    for wrong in ["limit=0", "limit=201", "before=x", "after=1"] {
        let answer = service.get(&format!("/api/v1/backtests?{wrong}")).await;
        assert_eq!((answer.status, answer.error_code()), (400, "invalid_query"), "{wrong}");
    }
}
