//! Collecting from answers that a test gives: what is stored, marked, logged, counted and spent.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use metrics_exporter_prometheus::PrometheusBuilder;
use std::collections::BTreeMap;
use std::sync::Arc;
use tempfile::TempDir;
use touchline_collect::http::budget::{Allowance, Budget, Period, Priority};
use touchline_collect::http::{Answer, Failure, FailureKind, Origin};
use touchline_collect::providers::{
    Answers, ApiFootballRest, Call, FootballDataFiles, Provider, TheOddsApiRest, Wish,
};
use touchline_domain::ports::{BronzeReader, CollectionReader, InPlayOddsReader, MatchReader, SilverReader};
use touchline_domain::{CollectionKind, CollectionStatus, FixedClock, Silent, SystemClock};
use touchline_intake::collect::{CollectReport, Collector, rehearse};
use touchline_intake::identity::SourceOrder;
use touchline_intake::ingest::Outcome;
use touchline_store_sqlite::SqliteStore;

/// Answers by the name of the document.
struct Recorded(BTreeMap<&'static str, Result<String, FailureKind>>);

#[async_trait]
impl Answers for Recorded {
    async fn answer(&self, call: &Call) -> Result<Answer, Failure> {
        match self.0.get(call.document.as_str()) {
            Some(Ok(body)) => {
                Ok(Answer { body: body.clone().into_bytes(), collected_at: at(0), origin: Origin::Network })
            }
            Some(Err(kind)) => Err(Failure::new(*kind, "a fault").of(&call.url).status(503)),
            None => Err(Failure::new(FailureKind::Empty, "nothing").of(&call.url)),
        }
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_760_000_000 + seconds, 0).unwrap()
}

fn table(date: &str) -> String {
    format!("Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\nE0,{date},Alder,Birch,1,0,H\n")
}

fn calls(provider: &dyn Provider, seasons: &[&str], kinds: &[CollectionKind]) -> Vec<Call> {
    let wish = Wish {
        leagues: vec!["E0".to_owned()],
        seasons: seasons.iter().map(|season| (*season).to_owned()).collect(),
        from: None,
        to: None,
        kinds: kinds.to_vec(),
        today: at(0).date_naive(),
        places: vec![],
        feeds: vec![],
    };
    provider.plan(&wish).unwrap()
}

async fn store(folder: &TempDir) -> SqliteStore {
    SqliteStore::open(&folder.path().join("touchline.db"), Arc::new(SystemClock)).await.unwrap()
}

async fn collect(
    store: &SqliteStore,
    provider: &dyn Provider,
    answers: &Recorded,
    budget: Option<Arc<Budget>>,
    calls: Vec<Call>,
) -> CollectReport {
    let order = SourceOrder::default();
    let clock = FixedClock(at(3_600));
    let collector = Collector {
        store,
        provider,
        answers,
        budget,
        order: &order,
        clock: &clock,
        progress: &Silent,
        job: None,
    };
    collector.collect(calls).await.unwrap()
}

#[tokio::test]
async fn a_run_is_logged_and_counted_and_what_is_held_is_not_taken_again() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let answers = Recorded(BTreeMap::from([
        ("2122/E0.csv", Ok(table("14/08/2021"))),
        ("2223/E0.csv", Err(FailureKind::Unavailable)),
        ("2324/E0.csv", Ok("Name,Colour\nx,y\n".to_owned())),
    ]));
    let asked = || calls(&FootballDataFiles, &["2122", "2223", "2324"], &[]);
    let report = collect(&store, &FootballDataFiles, &answers, None, asked()).await;
    assert_eq!((report.fetched.answers, report.failures.len()), (2, 2));
    assert_eq!(report.outcome(), Outcome::SomeLeftOut);
    assert_eq!(store.counts().await.unwrap().matches, 1);

    let run = store.collections(1).await.unwrap().remove(0);
    assert_eq!(
        (run.source.as_str(), run.kind, run.status),
        ("football-data", CollectionKind::Results, CollectionStatus::Partial)
    );
    assert_eq!((run.counts.answers, run.counts.failures, run.counts.new), (1, 2, 1));
    let errors = store.task_errors(10).await.unwrap();
    let kinds: Vec<&str> = errors.iter().map(|error| error.error_type.as_str()).collect();
    assert_eq!(kinds, ["changed_shape", "unavailable"]);
    assert_eq!(
        (errors[1].task.as_str(), errors[1].task_id.clone()),
        ("results_collection", Some(run.id.0.to_string()))
    );
    let context: serde_json::Value = serde_json::from_str(errors[1].context.as_deref().unwrap()).unwrap();
    assert_eq!((&context["http_status"], &context["document"]), (&503.into(), &"2223/E0.csv".into()));

    let mark =
        store.watermark("football-data", CollectionKind::Results, "2122/E0.csv").await.unwrap().unwrap();
    assert_eq!((mark.collected_at, mark.checked_at), (at(0), at(3_600)));
    let refused = store.watermark("football-data", CollectionKind::Results, "2324/E0.csv").await.unwrap();
    assert_eq!(refused, None, "an answer that is of no use is looked at again");

    let again = collect(&store, &FootballDataFiles, &answers, None, asked()).await;
    assert_eq!((again.fetched.held_before, again.ingested.matches.new), (1, 0));

    let text = handle.render();
    let value = |metric: &str, labels: &str| {
        let of = |line: &&str| line.starts_with(metric) && line.contains(labels);
        text.lines().find(of).and_then(|line| line.rsplit(' ').next()).unwrap_or("absent").to_owned()
    };
    assert_eq!(value("football_data_collection_total", "collection_type=\"results\""), "6");
    assert_eq!(value("football_data_collection_errors_total", "error_type=\"unavailable\""), "2");
    assert_eq!(value("football_data_collection_errors_total", "error_type=\"changed_shape\""), "2");
}

#[tokio::test]
async fn credits_that_were_spent_are_known_to_the_next_run() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let period = Period::Day.start(at(3_600));
    let budget = Arc::new(Budget::new(Allowance { credits: 100, period: Period::Day }, period, 7));
    budget.spend(3, Priority::Essential, at(3_600)).unwrap();
    let answers = Recorded(BTreeMap::new());
    let calls = calls(&ApiFootballRest, &["2425"], &[]);
    let report = collect(&store, &ApiFootballRest, &answers, Some(budget), calls).await;
    assert_eq!((report.outcome(), report.failures.len()), (Outcome::NothingUsed, 1));
    assert_eq!(store.credits_spent("api-football", period).await.unwrap(), 10);
    assert_eq!(store.collections(1).await.unwrap()[0].status, CollectionStatus::Failed);
}

#[tokio::test]
async fn line_ups_follow_the_fixtures_of_the_day() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let today = at(0).date_naive();
    let fixture = format!(
        r#"{{"get":"fixtures","parameters":{{}},"errors":[],"paging":{{"current":1,"total":1}},"response":[{{"fixture":{{"id":77,
        "date":"{today}T20:00:00+00:00","status":{{"short":"NS"}}}},"league":{{"id":39,"name":"Premier League","country":"England",
        "season":2025}},"teams":{{"home":{{"name":"Alder"}},"away":{{"name":"Birch"}}}},"goals":{{"home":null,"away":null}},
        "score":{{"fulltime":{{"home":null,"away":null}}}}}}]}}"#
    );
    let document = format!("fixtures/league-39-season-2025-from-{today}-to-{today}.json");
    let answers = Recorded(BTreeMap::from([(&*Box::leak(document.into_boxed_str()), Ok(fixture))]));
    let calls = calls(&ApiFootballRest, &[], &[CollectionKind::Lineups]);
    let report = collect(&store, &ApiFootballRest, &answers, None, calls).await;
    // The match is stored, and its line-up, which is not there yet, was asked for.
    assert_eq!(store.results().await.unwrap().len(), 1, "{report:?}");
    assert_eq!(report.failures.len(), 1);
    assert!(report.failures[0].endpoint.ends_with("/fixtures/lineups?fixture=77"), "{report:?}");
}

#[tokio::test]
async fn a_source_that_refuses_is_not_asked_on_in_a_dry_run_either() {
    let refuse = |name| (name, Err(FailureKind::Quota));
    let names = ["2021/E0.csv", "2122/E0.csv", "2223/E0.csv", "2324/E0.csv"];
    let answers = Recorded(names.into_iter().map(refuse).collect());
    let calls = calls(&FootballDataFiles, &["2021", "2122", "2223", "2324"], &[]);
    let asked = calls.len() as u64;
    let report = rehearse(&FootballDataFiles, &answers, calls, &Silent).await.unwrap();
    assert_eq!((report.failures.len(), report.not_asked), (2, asked - 2));
}

#[tokio::test]
async fn prices_of_a_running_match_are_taken_with_the_match_itself() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let [start, updated] = [at(-600), at(-60)].map(|time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    let body = format!(
        r#"[{{"id":"abc","sport_key":"soccer_epl","sport_title":"EPL","commence_time":"{start}","home_team":"Alder",
        "away_team":"Birch","bookmakers":[{{"key":"b","title":"Bookie","last_update":"{updated}","markets":[{{"key":"h2h",
        "last_update":"{updated}","outcomes":[{{"name":"Alder","price":2.0}},{{"name":"Birch","price":4.0}},
        {{"name":"Draw","price":3.4}}]}}]}}]}}]"#
    );
    let answers = Recorded(BTreeMap::from([("odds/soccer_epl.json", Ok(body))]));
    let calls = calls(&TheOddsApiRest, &[], &[CollectionKind::Odds]);
    let report = collect(&store, &TheOddsApiRest, &answers, None, calls.clone()).await;
    assert_eq!((report.outcome(), report.ingested.facts.new_facts), (Outcome::AllUsed, 1), "{report:?}");
    let id = store.results().await.unwrap()[0].id;
    assert_eq!(store.in_play_odds_of(&[id]).await.unwrap().len(), 1);
    assert_eq!(store.unprocessed_records().await.unwrap(), 0);
    let mark = store.watermark("the-odds-api", CollectionKind::Odds, "odds/soccer_epl.json").await.unwrap();
    assert!(mark.is_some());
}

#[tokio::test]
async fn facts_that_came_before_their_match_are_taken_once_it_is_held() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let calls = calls(&ApiFootballRest, &["2425"], &[CollectionKind::Injuries]);
    let (document, kind) = (calls[0].document.clone(), calls[0].kind);
    let absences = r#"{"get": "injuries", "parameters": {"league": "39"}, "errors": [], "response": [
        {"player": {"id": 1, "name": "A. Man", "type": "Missing Fixture", "reason": "Knee Injury"}, "team": {"id": 1, "name": "Alder"},
        "fixture": {"id": 77, "date": "2025-03-01T15:00:00+00:00", "timestamp": 1740841200}, "league": {"id": 39, "season": 2024}}],
        "paging": {"current": 1, "total": 1}}"#;
    let key = &*Box::leak(document.clone().into_boxed_str());
    let answers = Recorded(BTreeMap::from([(key, Ok(absences.to_owned()))]));
    let report = collect(&store, &ApiFootballRest, &answers, None, calls).await;
    assert_eq!(report.ingested.rejections_by_reason.get("unknown_fixture"), Some(&1), "{report:?}");
    let mark = store.watermark("api-football", kind, &document).await.unwrap();
    assert_eq!(mark, None, "the same bytes are looked at again");
}
