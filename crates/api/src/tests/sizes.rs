//! No answer costs more on 300,000 matches than on 3,000.
//!
//! Every route of the OpenAPI document is asked with every filter that it takes, alone, over two stores that differ in
//! the number of matches. Nothing comes from memory: the interface forgets what it keeps before each request.

use crate::testing::{Service, at};
use chrono::Duration as Days;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use touchline_domain::ports::MatchFacts;
use touchline_domain::{Kickoff, LeagueId, MatchSetting, MatchStatus, NewMatch, Score, Season, TeamId};

const LEAGUES: usize = 50;
const TEAMS: usize = 20;
/// Rounds of a league's season, of ten matches each.
const ROUNDS: usize = 38;
/// Answers that take less are quick enough, however little the smaller store needs.
const FLOOR: Duration = Duration::from_millis(1);
/// Requests of which the middle one counts.
const RUNS: usize = 9;
/// Times that a request is measured again before it counts as slow: other work shares the machine.
const PATIENCE: usize = 4;

/// A store with so many rounds of each league, the last of which is to come, and an identifier for each kind of thing.
struct Stocked {
    service: Service,
    season: String,
}

impl Stocked {
    async fn with(seasons: u16, rounds: usize) -> Self {
        let service = Service::empty_of_mock_forecasts().await;
        for league in 0..LEAGUES {
            let country = format!("Country {league:02}");
            let id = service.league(&format!("L{league:02}"), &format!("League {league:02}"), &country).await;
            let names: Vec<String> = (0..TEAMS).map(|team| format!("Team {league:02}-{team:02}")).collect();
            let teams = service.clubs(&country, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
            let mut new = Vec::with_capacity(usize::from(seasons) * rounds * TEAMS / 2);
            for season in 0..seasons {
                let is_last = season + 1 == seasons;
                for round in 0..rounds {
                    let to_come = is_last && round + 1 == rounds;
                    let weeks = if is_last { round + ROUNDS - rounds } else { round };
                    new.extend(one_round(id, 2024 - seasons + season, weeks, &teams, to_come));
                }
            }
            service.add(new).await.unwrap();
        }
        service.forecasts.refresh().await.unwrap();
        let season = Season::cross_year(2024 - seasons / 2 - 1).unwrap().to_string();
        Self { service, season }
    }

    /// How long the middle one of some answers took.
    async fn time(&self, uri: &str) -> Duration {
        let mut times = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            self.service.state.forget();
            let started = Instant::now();
            let answer = self.service.get(uri).await;
            times.push(started.elapsed());
            assert!(matches!(answer.status, 200 | 404 | 409), "{uri}: {}", answer.body);
        }
        times.sort_unstable();
        times[RUNS / 2]
    }

    /// A value of each parameter that a route can take, by name; more than one where values differ in what they cost.
    async fn values(&self) -> BTreeMap<&'static str, Vec<String>> {
        let list = |values: &[&str]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
        let page = self.service.get("/api/v1/matches?limit=200").await;
        let after = page.data()["next_cursor"].as_str().unwrap().to_owned();
        let team = self.service.get("/api/v1/teams?q=25-07").await.data()["items"][0]["id"].to_string();
        let statuses = ["scheduled", "live", "finished", "postponed", "cancelled", "abandoned", "awarded"];
        BTreeMap::from([
            ("status", list(&statuses)),
            ("league", list(&["L25", "L49"])),
            ("team", vec![team]),
            ("season", vec![self.season.clone()]),
            ("from", list(&["2023-10-01", "2024-05-04T00:00:00Z"])),
            ("to", list(&["2024-05-01", "2010-01-01"])),
            ("limit", list(&["1", "200"])),
            ("cursor", vec![after]),
            ("include", list(&["prediction"])),
            ("match_id", list(&["1"])),
            ("verified", list(&["true"])),
            ("q", list(&["25-07", "nobody"])),
            ("latest", list(&["true"])),
            ("as_of", list(&["2024-05-03T00:00:00Z"])),
            ("view", list(&["none"])),
            ("minute", list(&["63", "HT"])),
            ("score", list(&["1-0"])),
            ("home_red_cards", list(&["1"])),
            ("away_red_cards", list(&["1"])),
            ("added", list(&["4"])),
            ("method", list(&["power"])),
            ("strategy", list(&["value-1x2"])),
            ("days", list(&["14"])),
            ("before", list(&["1000"])),
            ("results", list(&["5", "50"])),
            ("checks", list(&["1", "100"])),
            ("table", list(&["odds"])),
            ("kind", list(&["improbable_score"])),
            ("severity", list(&["high"])),
            ("state", list(&["open"])),
            ("needs_review", list(&["true"])),
            ("hours", list(&["24"])),
            ("topic", list(&["transfers"])),
            ("importance", list(&["0.7"])),
            ("depth", list(&["1", "100"])),
            ("similar", list(&["0", "50"])),
            ("offset", list(&["10"])),
            ("withDownstream", list(&["true"])),
        ])
    }

    /// Every route, alone and with every parameter alone, as the document describes them; what is asked, by a name that
    /// is the same for every store.
    async fn requests(&self) -> Vec<(String, String)> {
        let values = self.values().await;
        let automation = automation();
        let scheduled = self.service.find("status=scheduled").await.to_string();
        let played = self.service.find("status=finished").await.to_string();
        let team = values["team"][0].clone();
        let document = serde_json::to_value(crate::openapi()).unwrap();
        let mut requests = Vec::new();
        for (path, operations) in document["paths"].as_object().unwrap() {
            let of_accounts = crate::auth::OWN.contains(&path.as_str())
                || path.starts_with(crate::auth::IMPORTS)
                || path.starts_with("/api/v1/admin/");
            let listens = path == "/ws/live" || path == "/live/events";
            if operations.get("get").is_none() || of_accounts || listens {
                continue;
            }
            let ids = match path.as_str() {
                p if p.starts_with("/api/v1/teams/") => vec![team.clone()],
                p if p.contains('{') => vec![scheduled.clone(), played.clone(), "999999999".to_owned()],
                _ => vec![String::new()],
            };
            for (n, id) in ids.iter().enumerate() {
                let uri = path.replace("{id}", id).replace("{match_id}", id);
                let uri = ["{namespace}", "{dataset}", "{job}", "{run}", "{name}"]
                    .iter()
                    .fold(uri, |uri, name| uri.replace(name, "x"));
                let names = parameters(&operations["get"]);
                if path.starts_with("/api/v1/simulations") {
                    // These want both, and then as many rows as are asked for.
                    requests
                        .push((format!("{path} {n}"), format!("{uri}?league=L25&season={}", self.season)));
                    continue;
                }
                if path.starts_with("/api/v1/exports") {
                    // These answer as many rows as are asked for: a week has as many in both stores.
                    for format in ["jsonl", "csv"] {
                        let week = "from=2024-03-23&to=2024-03-30";
                        requests.push((format!("{path} {format}"), format!("{uri}?{week}&format={format}")));
                    }
                    continue;
                }
                // The graph of jobs and datasets does not grow with matches; these want a node.
                let (uri, sign) = match path.as_str() {
                    "/api/v1/lineage" | "/api/v1/column-lineage" => (format!("{uri}?nodeId=job:a:b"), '&'),
                    _ => (uri, '?'),
                };
                requests.push((format!("{path} {n}"), uri.clone()));
                // The smaller store has fewer matches of a rare kind: pages of one size are compared.
                let paged = names.iter().any(|name| name == "limit");
                let is_automation = crate::auth::AUTOMATION.iter().any(|of| path.starts_with(of));
                let values = if is_automation { &automation } else { &values };
                for name in names.into_iter().filter(|name| name != "nodeId" && !needs_account(path, name)) {
                    let values = values.get(name.as_str());
                    let values = values.unwrap_or_else(|| panic!("no value to try for {name} of {path}"));
                    let tries = values.iter().enumerate();
                    let other_cursor = ["/api/v1/teams", "/api/v1/predictions/history"]
                        .contains(&path.as_str())
                        && name == "cursor";
                    let page = if paged && name != "limit" { "&limit=5" } else { "" };
                    for (v, value) in tries.filter(|_| !other_cursor) {
                        // Held rows have states of their own.
                        let of_held = path == "/api/v1/quality/held" && name == "state";
                        let value = if of_held { "held" } else { value };
                        requests.push((
                            format!("{path} {n} {name} {v}"),
                            format!("{uri}{sign}{name}={value}{page}"),
                        ));
                    }
                }
            }
        }
        let teams = self.service.get("/api/v1/teams?limit=200").await;
        let cursor = teams.data()["next_cursor"].as_str().unwrap();
        requests.push(("teams after".to_owned(), format!("/api/v1/teams?cursor={cursor}")));
        requests.push(("unknown league".to_owned(), "/api/v1/matches?league=nowhere".to_owned()));
        requests.push(("unknown league of teams".to_owned(), "/api/v1/teams?league=nowhere".to_owned()));
        requests.push((
            "season of a league".to_owned(),
            format!("/api/v1/matches?league=L25&season={}", self.season),
        ));
        requests
    }
}

/// As of a time all matches are read, one such answer at a time: whoever is unknown is refused.
fn needs_account(path: &str, parameter: &str) -> bool {
    match path {
        "/api/v1/matches/{id}/features" => parameter == "as_of" || parameter == "view",
        "/api/v1/predictions/{match_id}" => parameter == "as_of",
        _ => false,
    }
}

fn parameters(operation: &Value) -> Vec<String> {
    let all = operation["parameters"].as_array().into_iter().flatten();
    all.filter(|p| p["in"] == "query").map(|p| p["name"].as_str().unwrap().to_owned()).collect()
}

/// Ten matches on one day. One in a hundred was not played, in both stores.
fn one_round(
    league: LeagueId,
    year: u16,
    round: usize,
    teams: &[TeamId],
    to_come: bool,
) -> Vec<(NewMatch, MatchFacts)> {
    let season = Season::cross_year(year).unwrap();
    let date = at(&format!("{year}-08-12T14:00:00Z")) + Days::weeks(round as i64);
    let kickoff = if to_come { at("2024-05-05T14:00:00Z") } else { date };
    let others = TEAMS - 1;
    (0..TEAMS / 2)
        .map(|n| {
            // The circle method: one team stays, the others turn.
            let place = |n: usize| if n == 0 { 0 } else { 1 + (n - 1 + round) % others };
            let (one, other) = (teams[place(n)], teams[place(TEAMS - 1 - n)]);
            let (home, away) = if round < others { (one, other) } else { (other, one) };
            let odd = (usize::from(year) * 7 + round * 13 + n * 29 + league.0 as usize * 31) % 100;
            let status = match odd {
                _ if to_come => MatchStatus::Scheduled,
                0 => [MatchStatus::Postponed, MatchStatus::Cancelled, MatchStatus::Abandoned][round % 3],
                _ => MatchStatus::Finished,
            };
            let score =
                (status == MatchStatus::Finished).then(|| Score::new(odd as i64 % 4, n as i64 % 3).unwrap());
            let new = NewMatch {
                league,
                season,
                home,
                away,
                leg: 1,
                kickoff: Kickoff::at(kickoff),
                status,
                score,
                half_time: None,
                referee: None,
                attendance: None,
                source: "test".into(),
                external_id: None,
                setting: MatchSetting::default(),
            };
            (new, MatchFacts::default())
        })
        .collect()
}

/// Values for the routes of what runs by itself, whose names mean something else there.
fn automation() -> BTreeMap<&'static str, Vec<String>> {
    let of = |(name, value): (&'static str, &str)| (name, vec![value.to_owned()]);
    let cursor = crate::cursor::of_row(1);
    let values = [
        ("status", "waiting"),
        ("kind", "prediction"),
        ("queue", "odds"),
        ("flow", "daily_data_collection@2026-11-29T02:00:00Z"),
        ("match_id", "1"),
        ("cursor", cursor.as_str()),
        ("limit", "200"),
        ("open", "true"),
        ("severity", "high"),
        ("component", "backup"),
    ];
    values.into_iter().map(of).collect()
}

#[tokio::test]
async fn no_answer_costs_more_on_300_000_matches_than_on_3_000() {
    let (small, large) = (Stocked::with(1, 6).await, Stocked::with(16, ROUNDS).await);
    assert_eq!(total(&small).await, 3_000);
    assert_eq!(total(&large).await, 304_000);
    let (of_small, of_large) = (small.requests().await, large.requests().await);
    assert!(of_small.len() > 50, "{of_small:?}");
    let mut slow = Vec::new();
    for ((name, on_small), (same, on_large)) in of_small.iter().zip(&of_large) {
        assert_eq!(name, same);
        let mut measured = (Duration::ZERO, Duration::MAX);
        for _ in 0..PATIENCE {
            measured = (small.time(on_small).await, large.time(on_large).await);
            if measured.1 <= FLOOR.max(measured.0 * 2) {
                break;
            }
        }
        if measured.1 > FLOOR.max(measured.0 * 2) {
            slow.push((on_large, measured));
        }
    }
    assert!(slow.is_empty(), "{slow:#?}");
}

/// Matches of all leagues.
async fn total(sized: &Stocked) -> u64 {
    let leagues = sized.service.get("/api/v1/leagues").await;
    leagues.data()["items"].as_array().unwrap().iter().map(|l| l["matches"].as_u64().unwrap()).sum()
}
