use crate::testing::{Answer, Service, a_match};
use serde_json::json;
use touchline_domain::ports::MatchFacts;
use touchline_domain::{MatchSetting, Score};

fn ids(answer: &Answer) -> Vec<i64> {
    answer.data()["items"].as_array().unwrap().iter().map(|m| m["id"].as_i64().unwrap()).collect()
}

async fn count(service: &Service, filter: &str) -> usize {
    ids(&service.get(&format!("/api/v1/matches?limit=200&{filter}")).await).len()
}

#[tokio::test]
async fn a_match_is_told_with_names() {
    let service = Service::with_matches().await;
    let answer = service.get("/api/v1/matches?league=NOR1").await;
    let item = &answer.data()["items"][0];
    let expected = json!({
        "id": item["id"],
        "league": {"id": item["league"]["id"], "code": "NOR1", "name": "Nordhavn League", "country": "Nordhavn"},
        "season": "2024", "kickoff": "2024-05-06T18:00:00Z", "kickoff_precision": "minute",
        "status": "scheduled",
        "home": {"id": item["home"]["id"], "name": "Élan Côtier"},
        "away": {"id": item["away"]["id"], "name": "Ferrow"},
        "score": null, "half_time": null, "after_extra_time": null, "shootout": null, "neutral_ground": false,
        "stage": null, "round": null, "group": null, "tie_leg": null, "prediction": null,
    });
    assert_eq!(item, &expected);
    let one = service.get(&format!("/api/v1/matches/{}", item["id"])).await;
    assert_eq!(one.data(), &expected);
    let finished = service.get("/api/v1/matches?status=finished&limit=1").await;
    let item = &finished.data()["items"][0];
    assert!(item["score"]["home"].is_u64() && item["half_time"] == json!({"home": 0, "away": 0}));
    assert_eq!(item["season"], "2021-22");
}

#[tokio::test]
async fn a_match_of_a_cup_tells_how_it_was_decided_and_where() {
    let service = Service::with_matches().await;
    let league = service.league("CUP", "Meridian Cup", "Meridia").await;
    let clubs = service.clubs("Meridia", &["Cupton", "Knockham"]).await;
    let season = "2031-32".parse().unwrap();
    let mut new = a_match(league, season, clubs[0], clubs[1], "2031-09-01T18:00:00Z", 0);
    new.score = Some(Score { home: 1, away: 1 });
    new.setting = MatchSetting {
        neutral_ground: true,
        stage: Some("Knock-out".into()),
        round: Some("Final".into()),
        group: None,
        tie_leg: Some(1),
        after_extra_time: Some(Score { home: 2, away: 2 }),
        shootout: Some(Score { home: 3, away: 5 }),
    };
    service.add(vec![(new, MatchFacts::default())]).await.unwrap();
    let answer = service.get("/api/v1/matches?league=CUP").await;
    let item = &answer.data()["items"][0];
    assert_eq!(item["score"], json!({"home": 1, "away": 1}));
    assert_eq!(item["after_extra_time"], json!({"home": 2, "away": 2}));
    assert_eq!(item["shootout"], json!({"home": 3, "away": 5}));
    assert_eq!((&item["neutral_ground"], &item["tie_leg"]), (&json!(true), &json!(1)));
    let place = json!([item["stage"], item["round"], item["group"]]);
    assert_eq!(place, json!(["Knock-out", "Final", null]));
}

#[tokio::test]
async fn pages_of_any_size_give_every_match_once_in_order() {
    let service = Service::with_matches().await;
    let all = ids(&service.get("/api/v1/matches?limit=200").await);
    assert_eq!(all.len(), 34);
    for size in [1, 7, 33, 34] {
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = service.get(&format!("/api/v1/matches?limit={size}{cursor}")).await;
            paged.extend(ids(&page));
            let Some(next) = page.data()["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(paged, all, "pages of {size}");
    }
    let default = service.get("/api/v1/matches").await;
    assert_eq!((ids(&default).len(), &default.data()["next_cursor"]), (34, &json!(null)));
}

#[tokio::test]
async fn filters_hold_together() {
    let service = Service::with_matches().await;
    let team = service.get("/api/v1/teams?q=Alderwick").await.data()["items"][0]["id"].clone();
    for (filter, expected) in [
        ("league=MER1", 33),
        ("league=NOR1", 1),
        ("season=2021-22", 12),
        ("season=2021/22", 12),
        ("season=2024", 1),
        ("status=postponed", 1),
        ("status=scheduled", 4),
        ("status=scheduled&from=2024-05-04T10:00:00Z", 2),
        ("from=2024-05-05&to=2024-05-06", 1),
        ("from=2024-05-05T14:00:00Z&to=2024-05-05T14:00:00Z", 0),
        ("from=2024-05-06&to=2024-05-05", 0),
        (&format!("team={team}&season=2022-23"), 6),
        (&format!("team={team}&league=NOR1"), 0),
        ("team=9223372036854775807", 0),
    ] {
        assert_eq!(count(&service, filter).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn forecasts_are_told_of_matches_to_come_alone() {
    let service = Service::with_matches().await;
    let answer = service.get("/api/v1/matches?limit=200&include=prediction").await;
    let items = answer.data()["items"].as_array().unwrap();
    let told: Vec<&str> =
        items.iter().filter(|m| !m["prediction"].is_null()).map(|m| m["kickoff"].as_str().unwrap()).collect();
    // The match of this morning has started; the one of this date, no time known, may not have.
    assert_eq!(told, ["2024-05-04T00:00:00Z", "2024-05-05T14:00:00Z", "2024-05-06T18:00:00Z"]);
    for m in items.iter().filter(|m| !m["prediction"].is_null()) {
        let p = &m["prediction"];
        let sum: f64 =
            ["home_win_prob", "draw_prob", "away_win_prob"].iter().map(|k| p[k].as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-9);
        assert_eq!(p["mode"], "fallback");
        assert!(p["expected_goals"]["home"].as_f64().unwrap() > 0.0);
    }
    let id = service.find("league=NOR1").await;
    let one = service.get(&format!("/api/v1/matches/{id}?include=prediction")).await;
    assert_eq!(&one.data()["prediction"], &items.last().unwrap()["prediction"]);
}

#[tokio::test]
async fn a_match_that_starts_loses_its_current_forecast_at_once() {
    let service = Service::with_matches().await;
    let id = service.find("status=scheduled&from=2024-05-05").await;
    let path = format!("/api/v1/matches/{id}?include=prediction");
    assert!(service.get(&path).await.data()["prediction"].is_object());
    service.clock.advance(chrono::Duration::hours(28));
    assert!(service.get(&path).await.data()["prediction"].is_null());
}

#[tokio::test]
async fn bad_parameters_are_refused() {
    let service = Service::with_matches().await;
    for (query, code) in [
        ("limit=0", "invalid_query"),
        ("limit=201", "invalid_query"),
        ("limit=99999999999999999999", "invalid_query"),
        ("limit=ten", "invalid_query"),
        ("status=FINISHED", "invalid_query"),
        ("status=finished'%20OR%20'1'='1", "invalid_query"),
        ("team=0", "invalid_query"),
        ("team=-3", "invalid_query"),
        ("season=2021-23", "invalid_query"),
        ("from=yesterday", "invalid_query"),
        ("to=2024-02-30", "invalid_query"),
        ("include=everything", "invalid_query"),
        ("league=", "invalid_query"),
        ("leage=MER1", "invalid_query"),
        ("status=finished&status=scheduled", "invalid_query"),
        ("cursor=", "invalid_cursor"),
        ("cursor=%00%ff", "invalid_cursor"),
        ("cursor=01ffffffffffffffff", "invalid_cursor"),
        ("cursor=017fffffffffffffff0000000000000001", "invalid_cursor"),
        ("cursor=0200000000000000010000000000000001", "invalid_cursor"),
    ] {
        let answer = service.get(&format!("/api/v1/matches?{query}")).await;
        assert_eq!((answer.status, answer.error_code()), (400, code), "{query}");
    }
    let unknown = service.get("/api/v1/matches?league=%27%3B%20DROP%20TABLE%20matches%3B--").await;
    assert_eq!((unknown.status, unknown.error_code()), (404, "no_league"));
    assert_eq!(count(&service, "").await, 34, "nothing was dropped");
    for id in ["0", "-1", "1e3", "1;2"] {
        assert_eq!(service.get(&format!("/api/v1/matches/{id}")).await.error_code(), "invalid_id", "{id}");
    }
    let none = service.get("/api/v1/matches/424242").await;
    assert_eq!((none.status, none.error_code()), (404, "no_match"));
}

#[tokio::test]
async fn a_cursor_beyond_the_end_gives_an_empty_page() {
    let service = Service::with_matches().await;
    let after_all = "0100000000ffffffff7fffffffffffffff";
    let answer = service.get(&format!("/api/v1/matches?cursor={after_all}")).await;
    assert_eq!(answer.data(), &json!({"items": [], "next_cursor": null}));
}
