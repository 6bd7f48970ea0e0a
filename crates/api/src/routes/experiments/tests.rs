use crate::testing::{Answer, Service, a_match, at};
use chrono::Duration;
use serde_json::{Value, json};
use std::sync::Arc;
use touchline_domain::ports::{
    LeagueReader, MatchFacts, MatchReader, ModelWriter, SilverChange, SilverWriter,
};
use touchline_domain::{Kickoff, MatchId, MatchStatus, NewMatch, Score, Season};
use touchline_learning::model::MODEL_NAME;

const FIXTURES: usize = 40;

/// Two trained versions, the first of which is the champion, and many matches to come.
struct Lab {
    service: Service,
    token: String,
    versions: [String; 2],
}

impl Lab {
    async fn new() -> Self {
        let service = Service::with_seasons().await;
        let league = service.store.league("MER1").await.unwrap().unwrap().id;
        let names: Vec<String> = (0..12).map(|n| format!("Club {n:02}")).collect();
        let clubs = service.clubs("Meridia", &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let season = Season::cross_year(2024).unwrap();
        let new = (0..FIXTURES).map(|n| {
            let (home, away) = (n % 12, (n % 12 + 1 + n / 12) % 12);
            let m = a_match(league, season, clubs[home], clubs[away], "2024-05-05T14:00:00Z", 0);
            let kickoff = Kickoff::at(at("2024-05-05T14:00:00Z") + Duration::minutes(n as i64));
            let (status, score) = (MatchStatus::Scheduled, None);
            (NewMatch { kickoff, status, score, half_time: None, ..m }, MatchFacts::default())
        });
        service.add(new.collect()).await.unwrap();
        let first = service.train_until(None, true).await;
        service.clock.advance(Duration::seconds(1));
        let second = service.train_until(Some(at("2022-11-01T00:00:00Z")), false).await;
        let (service, token) = service.with_operator().await;
        Self { service, token, versions: [first, second] }
    }

    async fn post(&self, uri: &str, body: &Value) -> Answer {
        self.service.send_as(&self.token, "POST", uri, body).await
    }

    async fn start(&self, id: &str, mode: &str, share: f64) -> Answer {
        let body = json!({ "id": id, "treatment": self.versions[1], "mode": mode, "share": share });
        let answer = self.post("/api/v1/experiments", &body).await;
        self.service.forecasts.refresh().await.unwrap();
        answer
    }

    /// The answers of all matches to come.
    async fn answers(&self) -> Vec<Value> {
        let list = self.service.get("/api/v1/matches?status=scheduled&limit=200").await;
        let mut all = Vec::new();
        for m in list.data()["items"].as_array().unwrap() {
            let answer = self.service.get(&format!("/api/v1/predictions/{}", m["id"])).await;
            all.push(answer.data().clone());
        }
        assert!(all.len() > FIXTURES, "{}", all.len());
        all
    }

    async fn report(&self, id: &str) -> Value {
        self.service.get(&format!("/api/v1/experiments/{id}")).await.data().clone()
    }
}

fn version(answer: &Value) -> &str {
    answer["model"]["version"].as_str().unwrap()
}

fn arm(answer: &Value) -> Option<&str> {
    answer["experiment"]["arm"].as_str()
}

#[tokio::test]
async fn a_split_answers_a_share_by_the_treatment_and_every_answer_says_whose_it_is() {
    let lab = Lab::new().await;
    let before = lab.answers().await;
    assert!(before.iter().all(|answer| answer["experiment"].is_null()));
    assert_eq!(lab.start("autumn", "split", 0.5).await.data()["control"], lab.versions[0].as_str());
    let during = lab.answers().await;
    let treated = during.iter().filter(|answer| arm(answer) == Some("treatment")).count();
    assert!((10..=31).contains(&treated), "about half of 41: {treated}");
    let mut differ = 0;
    for (before, during) in before.iter().zip(&during) {
        assert_eq!(during["experiment"]["id"], "autumn");
        let is_treated = arm(during) == Some("treatment");
        assert_eq!(version(during), lab.versions[usize::from(is_treated)]);
        if is_treated {
            differ += usize::from(before["home_win_prob"] != during["home_win_prob"]);
        } else {
            assert_eq!(before["home_win_prob"], during["home_win_prob"]);
        }
    }
    assert_eq!(differ, treated, "the treatment says something else");
    // The same match stays with its arm, in answers from memory, in batches and in explanations.
    lab.service.follow().await;
    assert_eq!(lab.answers().await, during);
    let of = during.iter().find(|answer| arm(answer) == Some("treatment")).unwrap();
    let batch = lab.post("/api/v1/predictions/batch", &json!({ "match_ids": [of["match_id"]] })).await;
    assert_eq!(batch.data()["items"][0]["prediction"]["experiment"], of["experiment"]);
    let explained = lab.service.get(&format!("/api/v1/predictions/{}/explanation", of["match_id"])).await;
    assert_eq!(explained.data()["model"], of["model"]);
    assert_eq!(explained.data()["forecast"]["home_win_prob"], of["home_win_prob"]);

    let ended = lab.post("/api/v1/experiments/autumn/stop", &json!({})).await;
    assert!(ended.data()["ended_at"].is_string());
    lab.service.forecasts.refresh().await.unwrap();
    assert!(lab.answers().await.iter().zip(&before).all(|(after, before)| {
        after["experiment"].is_null() && after["home_win_prob"] == before["home_win_prob"]
    }));
}

#[tokio::test]
async fn in_the_shadow_both_are_recorded_and_compared_after_the_matches() {
    let lab = Lab::new().await;
    lab.start("shade", "shadow", 0.0).await.data();
    let answers = lab.answers().await;
    assert!(answers.iter().all(|a| arm(a) == Some("control") && version(a) == lab.versions[0]));
    for answer in &answers {
        let sealed = lab.post("/api/v1/predictions", &json!({ "match_id": answer["match_id"] })).await;
        assert_eq!(sealed.data()["entry"]["model"]["version"], lab.versions[0].as_str());
    }
    let waiting = lab.report("shade").await;
    assert_eq!((&waiting["waiting"], &waiting["verdict"]), (&json!(answers.len()), &json!("too_early")));
    assert_eq!((&waiting["in_effect"], &waiting["control"]), (&json!(true), &json!(null)));
    let mut played = Vec::new();
    for answer in &answers {
        let id = MatchId(answer["match_id"].as_i64().unwrap());
        let mut of = lab.service.store.get_match(id).await.unwrap().unwrap();
        of.details.status = MatchStatus::Finished;
        of.details.score = Some(Score { home: (id.0 % 3) as u8, away: (id.0 % 2) as u8 });
        played.push(of);
    }
    lab.service.clock.advance(Duration::days(2));
    let change = SilverChange { changed: played, ..SilverChange::default() };
    lab.service.store.apply(&change).await.unwrap();
    let report = lab.report("shade").await;
    assert_eq!((&report["matches"], &report["waiting"]), (&json!(answers.len()), &json!(0)));
    let value =
        |at: &str| report.pointer(at).and_then(Value::as_f64).unwrap_or_else(|| panic!("{at}: {report}"));
    let difference = value("/treatment/rps/value") - value("/control/rps/value");
    assert!((value("/rps/value") - difference).abs() < 1e-12);
    assert!(value("/rps/low") < value("/rps/value") && value("/rps/value") < value("/rps/high"));
    assert_eq!(
        (&report["control"]["answered"], &report["treatment"]["answered"]),
        (&json!(answers.len()), &json!(0))
    );
    assert!(report["words"].as_str().unwrap().ends_with(&format!("after {} matches", answers.len())));
    // What was sealed says that it was part of it.
    let uri = format!("/api/v1/predictions/{}", answers[0]["match_id"]);
    let sealed = lab.service.get(&uri).await;
    assert_eq!(
        (&sealed.data()["sealed"], &sealed.data()["experiment"]["id"]),
        (&json!(true), &json!("shade"))
    );
}

#[tokio::test]
async fn a_split_seals_what_answers() {
    let lab = Lab::new().await;
    lab.start("autumn", "split", 0.5).await.data();
    let answers = lab.answers().await;
    for answer in &answers {
        let sealed = lab.post("/api/v1/predictions", &json!({ "match_id": answer["match_id"] })).await;
        let entry = &sealed.data()["entry"];
        assert_eq!(entry["model"]["version"], version(answer));
        assert_eq!(entry["home_win_prob"], answer["home_win_prob"]);
    }
    // Once the matches have begun, what was sealed answers, and says whose it was.
    lab.service.clock.advance(Duration::days(2));
    for answer in &answers {
        let sealed = lab.service.get(&format!("/api/v1/predictions/{}", answer["match_id"])).await;
        assert_eq!(
            (&sealed.data()["sealed"], &sealed.data()["experiment"]),
            (&json!(true), &answer["experiment"])
        );
    }
}

#[tokio::test]
async fn a_broken_challenger_does_not_hurt_the_champion() {
    let lab = Lab::new().await;
    let before = lab.answers().await;
    let folder = lab.service.data.path().join("models").join(MODEL_NAME).join(&lab.versions[1]);
    lab.start("autumn", "split", 0.9).await.data();
    // A server that starts afterwards finds its files damaged.
    std::fs::write(folder.join("manifest.json"), b"{").unwrap();
    let settings = touchline_forecasting::serving::ServingSettings::default();
    let fresh = touchline_forecasting::serving::ForecastService::new(
        lab.service.data.path().to_owned(),
        Arc::new(lab.service.store.clone()),
        None,
        Arc::clone(&lab.service.clock) as _,
        settings,
    );
    let snapshot = fresh.refresh().await.unwrap();
    assert_eq!(snapshot.mode().name(), "real");
    let trial = snapshot.trial().unwrap();
    assert!(!trial.is_in_effect() && trial.fault().is_some());
    for answer in &before {
        let id = MatchId(answer["match_id"].as_i64().unwrap());
        let now = snapshot.answer(id).unwrap();
        assert_eq!((now.model.version.as_str(), now.experiment), (lab.versions[0].as_str(), None));
        assert!((now.forecast.home() - answer["home_win_prob"].as_f64().unwrap()).abs() < 1e-12);
    }
    // Sealing goes on too, and a damaged version is not tried in the first place.
    let sealed = lab.post("/api/v1/predictions", &json!({ "match_id": before[0]["match_id"] })).await;
    assert_eq!(sealed.data()["entry"]["model"]["version"], lab.versions[0].as_str());
    lab.post("/api/v1/experiments/autumn/stop", &json!({})).await.data();
    let refused = lab.start("winter", "shadow", 0.0).await;
    assert_eq!((refused.status, refused.error_code()), (409, "model_unreadable"));
}

#[tokio::test]
async fn a_promotion_rests_the_experiment_and_a_rollback_resumes_it() {
    let lab = Lab::new().await;
    lab.start("autumn", "split", 0.5).await.data();
    let during = lab.answers().await;
    lab.service.store.promote(MODEL_NAME, &lab.versions[1]).await.unwrap();
    lab.service.forecasts.refresh().await.unwrap();
    let swapped = lab.answers().await;
    assert!(swapped.iter().all(|a| a["experiment"].is_null() && version(a) == lab.versions[1]));
    assert_eq!(lab.report("autumn").await["in_effect"], false);
    lab.post("/api/v1/models/rollback", &json!({})).await.data();
    lab.service.forecasts.refresh().await.unwrap();
    let back = lab.answers().await;
    assert!(back.iter().zip(&during).all(|(back, during)| back["experiment"] == during["experiment"]));
}

#[tokio::test]
async fn what_cannot_run_is_refused_with_the_reason() {
    let lab = Lab::new().await;
    let new = |id: &str, treatment: &str, mode: &str, share: Value| json!({ "id": id, "treatment": treatment, "mode": mode, "share": share });
    let [first, second] = [lab.versions[0].as_str(), lab.versions[1].as_str()];
    for (body, status, code) in [
        (new("Autumn", second, "split", json!(0.5)), 400, "invalid_name"),
        (new("", second, "split", json!(0.5)), 400, "invalid_name"),
        (new("a", second, "split", json!(0)), 400, "invalid_share"),
        (new("a", second, "split", json!(null)), 400, "invalid_share"),
        (new("a", second, "split", json!(1.5)), 400, "invalid_share"),
        (new("a", second, "both", json!(0.5)), 400, "invalid_body"),
        (new("a", first, "split", json!(0.5)), 409, "itself"),
        (new("a", "none", "split", json!(0.5)), 404, "no_version"),
    ] {
        let answer = lab.post("/api/v1/experiments", &body).await;
        assert_eq!((answer.status, answer.error_code()), (status, code), "{body}");
    }
    assert_eq!(lab.start("a", "shadow", 0.0).await.data()["share"], 0.0);
    assert_eq!(lab.start("b", "shadow", 0.0).await.error_code(), "experiment_runs");
    let other = lab.post("/api/v1/experiments/b/stop", &json!({})).await;
    assert_eq!((other.status, other.error_code()), (409, "not_running"));
    lab.post("/api/v1/experiments/a/stop", &json!({})).await.data();
    assert_eq!(lab.start("a", "shadow", 0.0).await.error_code(), "name_used");
    let list = lab.service.get("/api/v1/experiments").await;
    assert_eq!(list.data()["items"][0]["id"], "a");
    assert_eq!(lab.service.get("/api/v1/experiments/none").await.error_code(), "no_experiment");
    assert_eq!(lab.service.get("/api/v1/experiments?limit=0").await.status, 400);
}
