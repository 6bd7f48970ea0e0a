use crate::testing::{Service, at};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use touchline_domain::ports::{
    ChangeFeedWriter, FeatureSet, LedgerReader, MatchFacts, MatchReader, PredictionWriter, SealedDetails,
    SealedForecast, SilverChange, SilverWriter,
};
use touchline_domain::{
    Clock, DecimalOdds, Forecast, Kickoff, MarketType, Match, MatchId, MatchStatus, OddsPhase, OddsQuote,
    Score, Silent,
};
use touchline_forecasting::verify::{VerifyReport, records, verify, verify_new};
use touchline_models::dynamic::score_grid;

const HISTORY: &str = "/api/v1/predictions/history";

/// A service with a match to come, of which two forecasts are sealed: 0.3 for the home side, then 0.5.
async fn sealed_service() -> (Service, MatchId) {
    let service = Service::with_matches().await;
    let id = MatchId(service.find("status=scheduled&from=2024-05-05").await);
    let of = service.store.get_match(id).await.unwrap().unwrap();
    let now = service.clock.now();
    seal(&service, &[forecast_of(&of, 0.3, now), forecast_of(&of, 0.5, now + Duration::minutes(1))]).await;
    (service, id)
}

fn features() -> FeatureSet {
    FeatureSet::new(|_| [7; 32], vec!["elo@1".into()])
}

/// A forecast of a match, with so much for the home side.
fn forecast_of(of: &Match, home: f64, sealed_at: DateTime<Utc>) -> SealedForecast {
    let forecast = Forecast::new(home, 0.3, 0.7 - home).unwrap();
    let grid = score_grid((1.4, 1.2), 0.1).conditioned_on(&forecast);
    let hashes = [features().hash().to_owned(), "bundle".into(), "facts".into()];
    SealedForecast {
        match_id: of.id,
        model_name: "touchline".into(),
        model_version: "7".into(),
        forecast,
        expected_goals: grid.expected_goals(),
        as_of: sealed_at,
        sealed_at,
        details: Some(Box::new(SealedDetails::of(&forecast, grid, Kickoff::at(of.kickoff.at), hashes))),
    }
}

async fn seal(service: &Service, forecasts: &[SealedForecast]) {
    service.store.seal(forecasts, &[features()]).await.unwrap();
}

/// The match ends like this.
async fn ends(service: &Service, id: MatchId, status: MatchStatus, home: u8, away: u8) {
    let mut m = service.store.get_match(id).await.unwrap().unwrap();
    m.details.status = status;
    m.details.score = Some(Score { home, away });
    let change = SilverChange { changed: vec![m], ..SilverChange::default() };
    service.store.apply(&change).await.unwrap();
}

async fn verified(service: &Service) -> VerifyReport {
    verify(&service.store, &*service.clock, &Silent).await.unwrap()
}

async fn verified_new(service: &Service) -> VerifyReport {
    verify_new(&service.store, &*service.clock, &Silent).await.unwrap()
}

/// A forecast of each of many matches that are over, all of them scored, and one of a match that is not.
async fn many_verified() -> (Service, Vec<MatchId>) {
    let (service, id) = sealed_service().await;
    let list = service.get("/api/v1/matches?status=finished&limit=200").await;
    let mut ids = vec![id];
    for m in list.data()["items"].as_array().unwrap() {
        let other = MatchId(m["id"].as_i64().unwrap());
        if other != id {
            let of = service.store.get_match(other).await.unwrap().unwrap();
            seal(&service, &[forecast_of(&of, 0.4, of.kickoff.at - Duration::hours(1))]).await;
            ids.push(other);
        }
    }
    (service, ids)
}

#[tokio::test]
async fn a_run_looks_at_what_changed_since_the_last_one_alone() {
    let (service, ids) = many_verified().await;
    ends(&service, ids[0], MatchStatus::Finished, 2, 0).await;
    let first = verified_new(&service).await;
    assert!(first.matches.is_none() && first.verified > 20, "the first one looks at all: {first:?}");
    let looked = |matches: u64| VerifyReport { matches: Some(matches), ..VerifyReport::default() };
    assert_eq!(verified_new(&service).await, looked(0));
    // A result is corrected, another match is called off, and one more is none of ours.
    ends(&service, ids[1], MatchStatus::Finished, 7, 7).await;
    assert_eq!(verified_new(&service).await, VerifyReport { repeated: 1, ..looked(1) });
    ends(&service, ids[2], MatchStatus::Abandoned, 0, 0).await;
    let scheduled = service.first("scheduled").await;
    ends(&service, MatchId(scheduled), MatchStatus::Finished, 1, 0).await;
    assert_eq!(verified_new(&service).await, VerifyReport { taken_back: 1, ..looked(2) });
    assert_eq!(verified_new(&service).await, looked(0));
    assert_eq!(verified(&service).await, VerifyReport::default(), "nothing was missed");
}

#[tokio::test]
async fn a_reader_whose_changes_are_gone_looks_at_everything_once() {
    let (service, ids) = many_verified().await;
    verified_new(&service).await;
    service.store.forget_reader("verification").await.unwrap();
    ends(&service, ids[1], MatchStatus::Finished, 7, 7).await;
    let again = verified_new(&service).await;
    assert_eq!((again.matches, again.repeated), (None, 1));
    assert_eq!(verified_new(&service).await.matches, Some(0));
}

async fn items(service: &Service, query: &str) -> Vec<Value> {
    service.get(&format!("{HISTORY}?{query}")).await.data()["items"].as_array().unwrap().clone()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is not a number"))
}

#[tokio::test]
async fn a_sealed_forecast_is_scored_once_its_match_is_over() {
    let (service, id) = sealed_service().await;
    assert_eq!(verified(&service).await, VerifyReport::default(), "nothing is over");
    let waiting = items(&service, "").await;
    assert_eq!((waiting.len(), &waiting[0]["verification"]), (2, &json!(null)));
    assert_eq!(items(&service, "verified=true").await.len(), 0);
    ends(&service, id, MatchStatus::Finished, 2, 0).await;
    assert_eq!(verified(&service).await, VerifyReport { verified: 2, ..VerifyReport::default() });
    assert_eq!(verified(&service).await, VerifyReport::default(), "again");
    let scored = items(&service, "verified=true").await;
    let [last, first] = &scored[..] else { panic!("two are verified: {scored:?}") };
    assert_eq!(
        (&last["home_win_prob"], &first["home_win_prob"]),
        (&json!(0.5), &json!(0.3)),
        "the last first"
    );
    let v = &last["verification"];
    assert_eq!((&v["actual_result"], &v["is_correct"]), (&json!("home_win"), &json!(true)));
    assert_eq!(v["score"], json!({"home": 2, "away": 0}));
    // ((0.5 - 1)^2 + (0.8 - 1)^2) / 2, and so on.
    for (name, expected) in
        [("rps", 0.145), ("log_loss", 2.0_f64.ln()), ("ignorance", 1.0), ("brier", 0.25 + 0.09 + 0.04)]
    {
        assert!((number(&v[name]) - expected).abs() < 1e-12, "{name}: {v}");
    }
    assert_eq!((&v["closing"], &v["verified_at"]), (&json!(null), &json!("2024-05-04T10:00:00Z")));
    assert_eq!(first["verification"]["is_correct"], false, "0.3, 0.3, 0.4: away was the likeliest");
    assert_eq!(last["ledger"]["previous_hash"], first["ledger"]["entry_hash"]);
}

#[tokio::test]
async fn a_corrected_result_and_a_late_price_are_scored_anew_and_the_ledger_stays() {
    let (service, id) = sealed_service().await;
    let before = service.store.ledger_entries(None, 10).await.unwrap();
    ends(&service, id, MatchStatus::Finished, 2, 0).await;
    verified(&service).await;
    ends(&service, id, MatchStatus::Finished, 2, 2).await;
    let repeated = |n| VerifyReport { repeated: n, ..VerifyReport::default() };
    assert_eq!(verified(&service).await, repeated(2));
    assert_eq!(items(&service, "limit=1").await[0]["verification"]["actual_result"], "draw");
    let price = |value| DecimalOdds::new(value).ok();
    let quote = OddsQuote {
        bookmaker: "PS".into(),
        market: MarketType::OneXTwo,
        line_quarters: None,
        prices: [price(2.0), price(4.0), price(4.0)],
        phase: OddsPhase::Closing,
        known_at: at("2024-05-04T10:00:00Z"),
        known_at_imputed: true,
    };
    let facts = vec![(id, MatchFacts { odds: vec![quote], ..MatchFacts::default() })];
    service.store.apply(&SilverChange { facts, ..SilverChange::default() }).await.unwrap();
    assert_eq!(verified(&service).await, repeated(2));
    let closing = items(&service, "limit=1").await[0]["verification"]["closing"].clone();
    // Without a margin: 0.5, 0.25, 0.25 on a draw.
    let rps = 0.25_f64.mul_add(0.25, 0.25) / 2.0;
    assert!((number(&closing["home_win_prob"]) - 0.5).abs() < 1e-9, "{closing}");
    assert!((number(&closing["rps"]) - rps).abs() < 1e-9, "{closing}");
    assert!((number(&closing["log_loss"]) - 4.0_f64.ln()).abs() < 1e-9, "{closing}");
    // Another score keeps the line that was noted.
    ends(&service, id, MatchStatus::Finished, 0, 2).await;
    assert_eq!(verified(&service).await, repeated(2));
    assert_eq!(items(&service, "limit=1").await[0]["verification"]["closing"]["bookmaker"], "PS");
    let record = &records(&service.store).await.unwrap()[0];
    assert_eq!((record.matches, record.correct, record.priced), (1, 0, 1), "the forecast sealed last");
    ends(&service, id, MatchStatus::Awarded, 3, 0).await;
    assert_eq!(verified(&service).await, VerifyReport { taken_back: 2, ..VerifyReport::default() });
    assert_eq!(items(&service, "verified=true").await.len(), 0);
    assert_eq!(records(&service.store).await.unwrap(), []);
    assert_eq!(service.store.ledger_entries(None, 10).await.unwrap(), before);
}

#[tokio::test]
async fn history_is_paged_and_one_entry_says_all() {
    let (service, id) = sealed_service().await;
    let first = service.get(&format!("{HISTORY}?limit=1&match_id={id}")).await;
    let cursor = first.data()["next_cursor"].as_str().unwrap().to_owned();
    let second = service.get(&format!("{HISTORY}?limit=1&match_id={id}&cursor={cursor}")).await;
    assert_eq!(second.data()["next_cursor"], json!(null));
    assert_ne!(first.data()["items"][0]["id"], second.data()["items"][0]["id"]);
    assert_eq!(items(&service, &format!("match_id={}", id.0 + 1)).await.len(), 0);
    let listed = &first.data()["items"][0];
    let whole = service.get(&format!("/api/v1/predictions/sealed/{}", listed["id"])).await;
    assert_eq!(&whole.data()["entry"], listed);
    assert_eq!((&whole.data()["bundle"], &whole.data()["data"]), (&json!("bundle"), &json!("facts")));
    assert_eq!(whole.data()["score_grid"]["probabilities"].as_array().unwrap().len(), 16);
    assert_eq!((&listed["league"], &listed["season"]), (&json!("MER1"), &json!("2023-24")));
    assert_eq!(
        whole.header("etag"),
        service.get(&format!("/api/v1/predictions/sealed/{}", listed["id"])).await.header("etag")
    );
    let none = service.get("/api/v1/predictions/sealed/999").await;
    assert_eq!((none.status, none.error_code()), (404, "no_forecast"));
    for (query, code) in [
        ("match_id=0", "invalid_query"),
        ("verified=yes", "invalid_query"),
        ("limit=201", "invalid_query"),
        ("cursor=01", "invalid_cursor"),
        ("other=1", "invalid_query"),
    ] {
        let answer = service.get(&format!("{HISTORY}?{query}")).await;
        assert_eq!((answer.status, answer.error_code()), (400, code), "{query}");
    }
}
