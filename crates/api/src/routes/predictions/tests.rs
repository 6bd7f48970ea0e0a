use crate::testing::{Answer, Service, a_match, at};
use axum::http::Request;
use chrono::Duration;
use serde_json::{Value, json};
use touchline_domain::ports::{
    FeatureSet, MatchFacts, ModelAlias, ModelReader, ModelWriter, PredictionWriter, SealedDetails,
    SealedForecast,
};
use touchline_domain::{Forecast, Kickoff, MatchId, MatchStatus, NewMatch, Season};
use touchline_forecasting::serving::{Mode, ServingSettings};
use touchline_learning::model::MODEL_NAME;
use touchline_models::dynamic::score_grid;

async fn predicted(service: &Service, id: i64) -> Answer {
    service.get(&format!("/api/v1/predictions/{id}")).await
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is not a number"))
}

/// Everything in a forecast must say the same.
#[track_caller]
fn assert_consistent(data: &Value) {
    let grid: Vec<Vec<f64>> = serde_json::from_value(data["score_grid"]["probabilities"].clone()).unwrap();
    let side = data["score_grid"]["max_goals"].as_u64().unwrap() as usize + 1;
    assert!(grid.len() == side && grid.iter().all(|row| row.len() == side));
    let (mut outcomes, mut goals, mut over, mut both) = ([0.0; 3], [0.0; 2], 0.0, 0.0);
    for (home, row) in grid.iter().enumerate() {
        for (away, p) in row.iter().enumerate() {
            outcomes[usize::from(home == away) + 2 * usize::from(home < away)] += p;
            goals[0] += p * home as f64;
            goals[1] += p * away as f64;
            over += if home + away > 2 { *p } else { 0.0 };
            both += if home > 0 && away > 0 { *p } else { 0.0 };
        }
    }
    let close = |a: f64, b: &Value| assert!((a - number(b)).abs() < 1e-6, "{a} is not {b}");
    for (p, name) in outcomes.iter().zip(["home_win_prob", "draw_prob", "away_win_prob"]) {
        close(*p, &data[name]);
    }
    close(goals[0], &data["expected_goals"]["home"]);
    close(goals[1], &data["expected_goals"]["away"]);
    let totals = data["markets"]["over_under"].as_array().unwrap();
    let lines: Vec<f64> = totals.iter().map(|t| number(&t["line"])).collect();
    assert_eq!(lines, [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]);
    close(over, &totals[2]["over"]);
    close(1.0 - over, &totals[2]["under"]);
    close(both, &data["markets"]["both_teams_to_score"]["yes"]);
    let scores = data["markets"]["correct_scores"].as_array().unwrap();
    assert_eq!(scores.len(), 10);
    for s in scores {
        close(
            grid[s["home"].as_u64().unwrap() as usize][s["away"].as_u64().unwrap() as usize],
            &s["probability"],
        );
    }
    let best = outcomes.iter().copied().fold(0.0, f64::max);
    close(best, &data["confidence"]);
    assert_eq!(data["prediction"], data["predicted_outcome"]);
    assert_eq!(data["success"], true);
}

#[tokio::test]
async fn without_a_model_the_strength_filter_stands_in_and_says_so() {
    let service = Service::with_matches().await;
    let id = service.find("league=MER1&status=scheduled&from=2024-05-05").await;
    let answer = predicted(&service, id).await;
    let data = answer.data();
    assert_consistent(data);
    assert_eq!((&data["match_id"], &data["mode"]), (&json!(id), &json!("fallback")));
    assert_eq!(data["model"], json!({"name": "strength-filter", "version": "2", "view": null}));
    assert!(data["mock_reason"].as_str().unwrap().contains("touchline train"));
    assert_eq!(data["as_of"], "2024-05-04T10:00:00Z");
    assert_eq!((&data["sealed"], &data["sealed_at"]), (&json!(false), &json!(null)));
    let tag = answer.header("etag").to_owned();
    let again =
        service.send(Request::get(format!("/api/v1/predictions/{id}")).header("if-none-match", tag)).await;
    assert_eq!(again.status, 304);
}

#[tokio::test]
async fn the_best_that_may_answer_is_a_setting_and_answers_say_so() {
    for (best, name) in [(Mode::Fallback, "strength-filter"), (Mode::Mock, "base-rates")] {
        let settings = ServingSettings { threads: 1, best, ..ServingSettings::default() };
        let service = Service::of_seasons(settings).await;
        service.train().await;
        let answer = predicted(&service, service.first("scheduled").await).await;
        let data = answer.data();
        assert_consistent(data);
        assert_eq!((&data["mode"], &data["model"]["name"]), (&json!(best.name()), &json!(name)));
        assert!(data["mock_reason"].as_str().unwrap().contains("models.mode"), "{data}");
    }
}

#[tokio::test]
async fn without_any_result_the_answer_is_a_mock_and_says_so() {
    let service = Service::empty().await;
    let league = service.league("NOR1", "Nordhavn League", "Nordhavn").await;
    let clubs = service.clubs("Nordhavn", &["Élan Côtier", "Ferrow"]).await;
    let season = Season::calendar_year(2024).unwrap();
    let m = a_match(league, season, clubs[0], clubs[1], "2024-05-06T18:00:00Z", 0);
    let m = NewMatch { status: MatchStatus::Scheduled, score: None, half_time: None, ..m };
    service.add(vec![(m, MatchFacts::default())]).await.unwrap();
    let id = service.first("scheduled").await;
    let answer = predicted(&service, id).await;
    let data = answer.data();
    assert_consistent(data);
    assert_eq!((&data["mode"], &data["model"]["name"]), (&json!("mock"), &json!("base-rates")));
    assert!(data["mock_reason"].as_str().unwrap().contains("no result"));
}

#[tokio::test]
async fn of_a_match_whose_time_is_unknown_nothing_of_its_date_is_used() {
    let service = Service::with_matches().await;
    let id = service.find("status=scheduled&from=2024-05-04&to=2024-05-04T00:00:01Z").await;
    let answer = predicted(&service, id).await;
    assert_eq!(answer.data()["as_of"], "2024-05-04T00:00:00Z");
    service.clock.advance(Duration::hours(14));
    let over = predicted(&service, id).await;
    assert_eq!((over.status, over.error_code()), (409, "not_to_come"));
}

#[tokio::test]
async fn a_match_that_has_started_is_not_forecast() {
    let service = Service::with_matches().await;
    let started = service.find("from=2024-05-04T09:00:00Z&to=2024-05-04T09:00:01Z").await;
    for (id, status) in [
        (started, "scheduled"),
        (service.first("finished").await, "finished"),
        (service.first("postponed").await, "postponed"),
    ] {
        let answer = predicted(&service, id).await;
        assert_eq!((answer.status, answer.error_code()), (409, "not_to_come"), "{status}");
        assert_eq!(answer.body["error"]["details"]["status"], status);
        assert!(answer.body["error"]["details"]["kickoff"].is_string());
    }
    let none = predicted(&service, 999_999).await;
    assert_eq!((none.status, none.error_code()), (404, "no_match"));
    for id in ["0", "-7", "abc", "1%27--"] {
        let answer = service.get(&format!("/api/v1/predictions/{id}")).await;
        assert_eq!((answer.status, answer.error_code()), (400, "invalid_id"), "{id}");
    }
}

#[tokio::test]
async fn a_finished_match_answers_what_was_sealed_last() {
    let service = Service::with_matches().await;
    let id = service.first("finished").await;
    let kickoff = at(service.get(&format!("/api/v1/matches/{id}")).await.data()["kickoff"].as_str().unwrap());
    let features = FeatureSet::new(|_| [7; 32], vec!["elo@1".into()]);
    // By a program whose low-score parameter is none of ours.
    let sealed = |home: f64, hours: i64| {
        let forecast = Forecast::new(home, 0.3, 0.7 - home).unwrap();
        let grid = score_grid((1.4, 1.2), 0.123).conditioned_on(&forecast);
        let hashes = [features.hash().to_owned(), "bundle".into(), "facts".into()];
        SealedForecast {
            match_id: MatchId(id),
            model_name: "touchline".into(),
            model_version: "7".into(),
            forecast,
            expected_goals: grid.expected_goals(),
            as_of: kickoff - Duration::hours(hours),
            sealed_at: kickoff - Duration::hours(hours),
            details: Some(Box::new(SealedDetails::of(&forecast, grid, Kickoff::at(kickoff), hashes))),
        }
    };
    let forecasts = [sealed(0.3, 48), sealed(0.45, 2)];
    service.store.seal(&forecasts, std::slice::from_ref(&features)).await.unwrap();
    let answer = predicted(&service, id).await;
    let data = answer.data();
    assert_consistent(data);
    assert_eq!(data["home_win_prob"], 0.45);
    assert_eq!((&data["sealed"], &data["mode"]), (&json!(true), &json!("real")));
    assert_eq!(data["model"], json!({"name": "touchline", "version": "7", "view": "none"}));
    assert_eq!(at(data["sealed_at"].as_str().unwrap()), kickoff - Duration::hours(2));
    let grid: Vec<f64> = data["score_grid"]["probabilities"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row.as_array().unwrap().iter().map(number))
        .collect();
    // The reader of JSON here may round the last digit.
    let held = forecasts[1].details.as_ref().unwrap().grid.cells();
    assert!(
        grid.len() == held.len() && grid.iter().zip(held).all(|(a, b)| (a - b).abs() <= b * 1e-15),
        "{grid:?}"
    );
    assert_eq!(data["score_grid_reason"], Value::Null);
}

#[test]
fn a_forecast_that_was_sealed_without_its_grid_answers_what_it_holds_and_says_so() {
    let sealed = SealedForecast {
        match_id: MatchId(3),
        model_name: "touchline".into(),
        model_version: "7".into(),
        forecast: Forecast::new(0.4, 0.3, 0.3).unwrap(),
        expected_goals: (1.4, 1.2),
        as_of: at("2024-05-04T10:00:00Z"),
        sealed_at: at("2024-05-04T10:00:00Z"),
        details: None,
    };
    let answer = touchline_forecasting::serving::Answer::sealed(&sealed);
    let data = serde_json::to_value(super::Prediction::from(answer)).unwrap();
    assert_eq!((&data["markets"], &data["score_grid"]), (&json!(null), &json!(null)));
    assert!(data["score_grid_reason"].as_str().unwrap().contains("before score grids were kept"));
    assert_eq!((&data["home_win_prob"], &data["expected_goals"]["home"]), (&json!(0.4), &json!(1.4)));
}

#[tokio::test]
async fn a_trained_model_answers_until_its_files_are_damaged_and_again_once_they_are_back() {
    let service = Service::with_seasons().await;
    let id = service.first("scheduled").await;
    assert_eq!(predicted(&service, id).await.data()["mode"], "fallback");
    service.train().await;
    service.forecasts.refresh().await.unwrap();

    let real = predicted(&service, id).await;
    assert_consistent(real.data());
    assert_eq!((&real.data()["mode"], &real.data()["mock_reason"]), (&json!("real"), &json!(null)));
    assert_eq!(real.data()["model"]["name"], "touchline");
    let info = service.get("/api/v1/models/info").await;
    assert_eq!(info.data()["version"], real.data()["model"]["version"]);
    assert_eq!(info.data()["simulated"], false);
    assert!(info.data()["rows"].as_u64().unwrap() >= 200 && info.data()["features"].as_u64().unwrap() >= 60);
    assert_eq!(service.get("/health").await.data()["status"], "healthy");

    let active = service.store.aliased(MODEL_NAME, ModelAlias::Champion).await.unwrap().unwrap();
    let manifest = service.data.path().join(&active.path).join("manifest.json");
    let bytes = std::fs::read(&manifest).unwrap();
    std::fs::write(&manifest, &bytes[..bytes.len() / 2]).unwrap();
    service.clock.advance(Duration::hours(1));
    service.forecasts.refresh().await.unwrap();
    assert_eq!(predicted(&service, id).await.data()["mode"], "real", "a model in memory goes on");

    // A later version that cannot be read.
    let mut damaged = active.clone();
    damaged.version = "damaged".into();
    service.store.register(&damaged).await.unwrap();
    service.store.promote(&damaged.name, &damaged.version).await.unwrap();
    service.forecasts.refresh().await.unwrap();
    let stand_in = predicted(&service, id).await;
    assert_consistent(stand_in.data());
    assert_eq!(stand_in.data()["mode"], "fallback");
    let reason = stand_in.data()["mock_reason"].as_str().unwrap();
    assert!(reason.contains("damaged") && reason.contains("touchline train"), "{reason}");
    assert!(!reason.contains(service.data.path().to_str().unwrap()), "no paths: {reason}");
    let info = service.get("/api/v1/models/info").await;
    assert_eq!((info.status, info.error_code()), (503, "model_unreadable"));

    std::fs::write(&manifest, &bytes).unwrap();
    service.forecasts.refresh().await.unwrap();
    let back = predicted(&service, id).await;
    assert_eq!(
        (&back.data()["mode"], &back.data()["home_win_prob"]),
        (&json!("real"), &real.data()["home_win_prob"])
    );
}

#[tokio::test]
async fn an_explanation_adds_up_to_the_forecast() {
    let service = Service::with_seasons().await;
    let id = service.first("scheduled").await;
    let path = format!("/api/v1/predictions/{id}/explanation");
    let stand_in = service.get(&path).await;
    assert_eq!((&stand_in.data()["mode"], &stand_in.data()["factors"]), (&json!("fallback"), &json!([])));
    service.train().await;
    service.forecasts.refresh().await.unwrap();

    let said = predicted(&service, id).await;
    for limit in [1, 10, 200] {
        let why = service.get(&format!("{path}?limit={limit}")).await;
        let data = why.data();
        assert_eq!(data["model"], said.data()["model"]);
        let factors = data["factors"].as_array().unwrap();
        assert!(!factors.is_empty() && factors.len() <= limit, "{}", factors.len());
        let names = [("home_win_prob", "home_win"), ("draw_prob", "draw"), ("away_win_prob", "away_win")];
        for (chance, points) in names {
            let whole = number(&said.data()[chance]);
            assert!((number(&data["forecast"][chance]) - whole).abs() < 1e-9);
            let added: f64 = factors.iter().map(|factor| number(&factor["points"][points])).sum();
            let of_all = number(&data["calibration"][points]) + added + number(&data["others"][points]);
            assert!((number(&data["start"][chance]) + of_all / 100.0 - whole).abs() < 1e-9);
            let groups = data["groups"].as_array().unwrap().iter();
            let in_groups: f64 = groups.map(|group| number(&group["points"][points])).sum();
            assert!((in_groups - added - number(&data["others"][points])).abs() < 1e-9);
        }
        let entropy = number(&data["entropy"]);
        assert!((0.0..=3_f64.log2()).contains(&entropy), "{entropy}");
        assert!(factors[0]["text"].as_str().unwrap().ends_with(" points"));
    }
    let features = service.get(&format!("/api/v1/matches/{id}/features")).await;
    let items = features.data()["items"].as_array().unwrap();
    let goals = items.iter().find(|item| item["name"] == "home_expected_goals").unwrap();
    assert!(number(&goals["value"]) > 0.0 && goals["unit"] == "goals", "{goals}");
    let listed = service.get("/api/v1/models").await;
    assert_eq!(listed.data()["items"][0]["alias"], "champion");
    let day = service.get("/api/v1/dashboard/data").await;
    assert_eq!(day.data()["predictions"]["model"], said.data()["model"]);
    assert_eq!(day.data()["system_health"]["status"], "healthy");

    let over = service.first("finished").await;
    let none = service.get(&format!("/api/v1/matches/{over}/features")).await;
    assert_eq!((none.status, none.error_code()), (409, "no_features"));
    let none = service.get(&format!("/api/v1/predictions/{over}/explanation")).await;
    assert_eq!((none.status, none.error_code()), (409, "not_to_come"));
    assert_eq!(service.get("/api/v1/predictions/999999/explanation").await.status, 404);
    assert_eq!(service.get(&format!("{path}?limit=0")).await.error_code(), "invalid_query");
}

#[tokio::test]
async fn a_match_stored_since_the_last_look_is_forecast_at_once() {
    let service = Service::with_matches().await;
    let id = service.find("status=scheduled&from=2024-05-05").await;
    assert_eq!(predicted(&service, id).await.status, 200);
    let league = service.league("MER1", "Meridian Premier", "Meridia").await;
    let clubs = service.clubs("Meridia", &["Dunmarsh", "Alderwick"]).await;
    let season = Season::cross_year(2023).unwrap();
    let m = a_match(league, season, clubs[0], clubs[1], "2024-05-07T18:00:00Z", 0);
    let m = NewMatch { status: MatchStatus::Scheduled, score: None, half_time: None, ..m };
    service.add(vec![(m, MatchFacts::default())]).await.unwrap();
    let new = service.find("status=scheduled&from=2024-05-07").await;
    assert_consistent(predicted(&service, new).await.data());
}

#[tokio::test]
async fn unchanged_facts_are_not_computed_again_until_forecasts_grow_old() {
    let service = Service::with_matches().await;
    let first = service.forecasts.refresh().await.unwrap();
    service.clock.advance(Duration::minutes(5));
    let same = service.forecasts.refresh().await.unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &same));
    service.clock.advance(Duration::minutes(11));
    let renewed = service.forecasts.refresh().await.unwrap();
    assert_eq!(renewed.as_of() - first.as_of(), Duration::minutes(16));
}

#[tokio::test]
async fn earlier_forecasts_go_on_answering_when_the_store_fails() {
    let service = Service::with_matches().await;
    let before = service.forecasts.refresh().await.unwrap();
    service.store.close().await;
    assert!(service.forecasts.refresh().await.is_err());
    let status = service.forecasts.status();
    assert!(status.failed && std::sync::Arc::ptr_eq(&before, &status.snapshot.unwrap()));
    assert!(std::sync::Arc::ptr_eq(&before, &service.forecasts.current().await.unwrap()));
}

#[tokio::test]
async fn questions_at_the_same_time_share_one_computation() {
    let service = Service::with_matches().await;
    let f = &service.forecasts;
    let (a, b, c) = tokio::join!(f.current(), f.current(), f.refresh());
    let (a, b, c) = (a.unwrap(), b.unwrap(), c.unwrap());
    assert!(std::sync::Arc::ptr_eq(&a, &b) && std::sync::Arc::ptr_eq(&b, &c));
}

/// Gives way until it is so.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let started = std::time::Instant::now();
    while !is_so() {
        assert!(started.elapsed() < std::time::Duration::from_mins(1), "{what}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_question_is_answered_from_memory_and_old_forecasts_are_renewed_behind_it() {
    let service = Service::with_seasons().await;
    let before = service.forecasts.current().await.unwrap();
    service.clock.advance(Duration::minutes(14));
    assert!(std::sync::Arc::ptr_eq(&before, &service.forecasts.current().await.unwrap()));
    service.clock.advance(Duration::minutes(1));
    let now = at("2024-05-04T10:15:00Z");
    assert!(std::sync::Arc::ptr_eq(&before, &service.forecasts.current().await.unwrap()));
    until("nobody renews", || service.forecasts.status().checked_at == Some(now)).await;
    assert_eq!(service.forecasts.current().await.unwrap().as_of(), now);
}

#[tokio::test]
async fn a_model_that_becomes_active_answers_without_anybody_asking_for_it() {
    let service = Service::with_seasons().await;
    service.forecasts.follow();
    let before = service.forecasts.current().await.unwrap();
    assert_eq!(before.mode().name(), "fallback");
    service.clock.advance(Duration::seconds(30));
    service.train().await;
    let mode = || service.forecasts.status().snapshot.map(|snapshot| snapshot.mode().name());
    until("the model does not answer", || mode() == Some("real")).await;
    let after = service.forecasts.current().await.unwrap();
    assert_eq!(after.as_of(), at("2024-05-04T10:00:30Z"));
}

#[tokio::test]
async fn a_feed_that_cannot_be_followed_shows_in_the_health() {
    let service = Service::with_seasons().await;
    service.train().await;
    service.forecasts.refresh().await.unwrap();
    assert_eq!(service.get("/health").await.data()["checks"]["model"]["healthy"], true);
    service.forecasts.follow();
    service.store.close().await;
    until("nobody notices", || service.forecasts.status().failed).await;
    service.clock.advance(Duration::seconds(2));
    let health = service.get("/health").await;
    let model = &health.body["data"]["checks"]["model"];
    assert_eq!(model["healthy"], false);
    assert!(model["details"].as_str().unwrap().ends_with("renewing them failed"), "{model}");
}

#[tokio::test]
async fn a_forecast_is_asked_for_by_view_and_as_of_a_time() {
    let (service, token) = Service::with_seasons().await.with_operator().await;
    service.train().await;
    let id = service.first("scheduled").await;
    let best = predicted(&service, id).await;
    assert_eq!(best.data()["model"]["view"], "none");
    assert_eq!(best.data()["views"], json!(["none"]));
    let path = format!("/api/v1/predictions/{id}");
    let same = service.get(&format!("{path}?view=none")).await;
    assert_eq!((same.status, same.data()), (200, best.data()));
    let other = service.get(&format!("{path}?view=closing")).await;
    assert_eq!((other.status, other.error_code()), (409, "no_such_view"));
    assert!(other.body["error"]["message"].as_str().unwrap().contains("it has none"), "{}", other.body);
    for wrong in ["view=all", "view=", "as_of=soon", "as_of=2999-01-01", "asof=2024-05-04"] {
        let answer = service.get(&format!("{path}?{wrong}")).await;
        assert_eq!((answer.status, answer.error_code()), (400, "invalid_query"), "{wrong}");
    }

    // What could be said of a match that is over: by the filter, for the model has learned from its result.
    let over = service.first("finished").await;
    let kickoff = service.get(&format!("/api/v1/matches/{over}")).await.data()["kickoff"].clone();
    let kickoff = at(kickoff.as_str().unwrap());
    let as_of = |days: i64| (kickoff + Duration::days(days)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let ask =
        async |path: String| service.send_as(&token, "GET", &format!("/api/v1/{path}"), &json!(null)).await;
    let then = ask(format!("predictions/{over}?as_of={}", as_of(-3))).await;
    assert_eq!((then.status, &then.data()["mode"]), (200, &json!("fallback")), "{}", then.body);
    assert!(then.data()["mock_reason"].as_str().unwrap().contains("after that time"));
    assert_eq!(at(then.data()["as_of"].as_str().unwrap()), kickoff - Duration::days(3));
    assert_consistent(then.data());
    let late = ask(format!("predictions/{over}?as_of={}", as_of(1))).await;
    assert_eq!((late.status, late.error_code()), (409, "begun"));
    let nowhere = ask("predictions/999999?as_of=2024-01-01".to_owned()).await;
    assert_eq!((nowhere.status, nowhere.error_code()), (404, "no_match"));

    let now = ask(format!("matches/{id}/features")).await;
    let viewed = ask(format!("matches/{id}/features?view=none")).await;
    assert_eq!(viewed.data()["items"], now.data()["items"], "the model that answers sees no prices");
    let priced = ask(format!("matches/{over}/features?view=pre-match&as_of={}", as_of(-3))).await;
    let items = priced.data()["items"].as_array().unwrap();
    assert!(items.iter().any(|item| item["name"] == "market_home_win"), "{}", priced.body);
    let late = ask(format!("matches/{over}/features?as_of={}", as_of(1))).await;
    assert_eq!((late.status, late.error_code()), (409, "begun"));
    // All matches are read for these: not for whoever is unknown.
    for path in [
        "predictions/1?as_of=2024-01-01",
        "matches/1/features?as_of=2024-01-01",
        "matches/1/features?view=none",
    ] {
        let answer = service.get(&format!("/api/v1/{path}")).await;
        assert_eq!((answer.status, answer.error_code()), (401, "unauthorized"), "{path}");
    }
}
