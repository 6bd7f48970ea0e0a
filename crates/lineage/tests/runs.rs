//! Runs on a real store: what is told of them, and handing it over.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use touchline_domain::ports::{
    ChannelError, LineageBackend, NodeKind, NodeName, Retry, RunReader, RunWriter,
};
use touchline_domain::{Clock, SystemClock};
use touchline_lineage::forward::forward;
use touchline_lineage::{
    Assertion, Catalogue, Ended, Field, JOBS, Numbers, Recorder, RunAbout, job, jobs, run_id,
};
use touchline_store_sqlite::SqliteStore;

struct World {
    store: Arc<SqliteStore>,
    recorder: Recorder<SqliteStore>,
    _folder: TempDir,
}

async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = Arc::new(SqliteStore::open(&folder.path().join("test.db"), clock).await.unwrap());
    let column = |name: &str, family: &str| Field {
        name: name.into(),
        kind: "number".into(),
        meaning: "a feature".into(),
        family: Some(family.into()),
    };
    let features = vec![column("elo_diff", "ratings"), column("home_shots_avg", "counts")];
    let recorder = Recorder::new(Arc::clone(&store), Arc::new(Catalogue::new(features)), true);
    World { store, recorder, _folder: folder }
}

fn at(minutes: i64) -> DateTime<Utc> {
    "2026-11-29T10:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minutes)
}

fn about(name: &str, n: u32) -> RunAbout {
    RunAbout {
        job: job(name).unwrap(),
        run: run_id(&[name, &n.to_string()]),
        nominal: Some(at(0)),
        parent: Some((run_id(&["flow"]), "daily_data_collection".into())),
        sources: vec!["football-data".into()],
        kind: "JOB",
    }
}

/// What the specification asks of a facet, beside who says so: the fields that must be there.
fn required(kind: &str) -> &'static [&'static str] {
    match kind {
        "SchemaDatasetFacet" | "ColumnLineageDatasetFacet" => &["fields"],
        "DatasourceDatasetFacet" => &["name", "uri"],
        "DocumentationDatasetFacet" | "DocumentationJobFacet" => &["description"],
        "TagsDatasetFacet" => &["tags"],
        "DatasetVersionDatasetFacet" => &["datasetVersion"],
        "DataQualityMetricsInputDatasetFacet" => &["columnMetrics"],
        "DataQualityAssertionsDatasetFacet" => &["assertions"],
        "OutputStatisticsOutputDatasetFacet" => &["rowCount"],
        "JobTypeJobFacet" => &["processingType", "integration"],
        "NominalTimeRunFacet" => &["nominalStartTime"],
        "ParentRunFacet" => &["run", "job"],
        "ErrorMessageRunFacet" => &["message", "programmingLanguage"],
        "ProcessingEngineRunFacet" => &["version"],
        other => panic!("{other} is not among the standard facets that are written"),
    }
}

/// The kinds of an object of facets, each of which is as the specification wants it.
fn facets(of: &Value) -> Vec<String> {
    let facets = of.as_object().unwrap().values();
    facets
        .map(|facet| {
            let url = facet["_schemaURL"].as_str().unwrap();
            let (file, kind) = url.split_once("#/$defs/").unwrap();
            let file = file.strip_prefix("https://openlineage.io/spec/facets/").unwrap();
            let (version, name) = file.split_once('/').unwrap();
            assert_eq!(name, format!("{kind}.json"));
            assert!(
                version.split('-').count() == 3 && version.chars().all(|c| c == '-' || c.is_ascii_digit())
            );
            assert!(facet["_producer"].as_str().unwrap().starts_with("urn:touchline:"));
            for field in required(kind) {
                assert!(!facet[field].is_null(), "{kind} has {field}: {facet}");
            }
            kind.to_owned()
        })
        .collect()
}

/// The kinds of facets of an event, which is as the specification wants it.
fn checked(event: &Value) -> Vec<String> {
    assert_eq!(event["schemaURL"], "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent");
    event["eventTime"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    assert!(["START", "COMPLETE", "FAIL", "ABORT"].contains(&event["eventType"].as_str().unwrap()));
    let mut kinds = facets(&event["run"]["facets"]);
    kinds.extend(facets(&event["job"]["facets"]));
    for (part, own) in [("inputs", "inputFacets"), ("outputs", "outputFacets")] {
        for dataset in event[part].as_array().unwrap() {
            assert!(!dataset["namespace"].as_str().unwrap().is_empty());
            assert!(!dataset["name"].as_str().unwrap().is_empty());
            for of in [&dataset["facets"], &dataset[own]].into_iter().filter(|of| !of.is_null()) {
                kinds.extend(facets(of));
            }
        }
    }
    kinds
}

async fn events(world: &World) -> Vec<Value> {
    world.store.run_events(None, 1000).await.unwrap().into_iter().map(|event| event.body).collect()
}

#[tokio::test]
async fn every_job_tells_of_its_runs_as_the_specification_wants_it() {
    let world = world().await;
    let name = |n: &str| n.to_owned();
    let holds =
        Assertion { name: name("expect_column_to_exist"), column: Some(name("season")), success: true };
    let numbers = Numbers {
        read: BTreeMap::from([(name("matches"), 380)]),
        written: BTreeMap::from([(name("predictions"), 10), (name("data_quality_logs"), 2)]),
        versions: BTreeMap::from([(name("model_versions"), name("20261129-1"))]),
        assertions: BTreeMap::from([(name("matches"), vec![holds])]),
        ..Numbers::default()
    };
    let mut kinds: Vec<String> = Vec::new();
    for (n, io) in jobs().iter().enumerate() {
        let about = about(io.name, 0);
        world.recorder.begin(&about, at(n as i64)).await.unwrap();
        let ended = match n % 3 {
            0 => Ended::Complete,
            1 => Ended::Fail("x".repeat(5000)),
            _ => Ended::Abort,
        };
        world.recorder.end(&about, at(n as i64 + 1), &ended, &numbers).await.unwrap();
    }
    let events = events(&world).await;
    assert_eq!(events.len(), jobs().len() * 2);
    if let Some(file) = std::env::var_os("TOUCHLINE_EVENTS") {
        // For `./dev interop quality`.
        let lines: Vec<String> = events.iter().map(ToString::to_string).collect();
        std::fs::write(file, lines.join("\n")).unwrap();
    }
    for event in &events {
        kinds.extend(checked(event));
        assert!(event.to_string().len() < 60_000, "{} bytes", event.to_string().len());
    }
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), 15, "all facets are written: {kinds:?}");
}

#[tokio::test]
async fn what_does_not_change_is_said_once_a_day() {
    let world = world().await;
    let run = async |n, minutes| {
        let about = about("fixtures_collection", n);
        world.recorder.begin(&about, at(minutes)).await.unwrap();
        world.recorder.end(&about, at(minutes + 1), &Ended::Complete, &Numbers::default()).await.unwrap();
        let event = world.store.run_events(Some(&about.run), 1).await.unwrap().remove(0).body;
        let matches = event["outputs"].as_array().unwrap().iter().find(|of| of["name"] == "matches").cloned();
        (event.to_string().len(), matches.unwrap()["facets"].clone())
    };
    let (whole, first) = run(0, 0).await;
    assert!(first["schema"]["fields"].as_array().unwrap().len() > 20);
    assert_eq!(first["columnLineage"]["fields"]["home_score"]["inputFields"][0]["field"], "FTHG");
    let (short, second) = run(1, 120).await;
    assert_eq!(second.as_object().unwrap().keys().collect::<Vec<_>>(), ["version"]);
    assert!(short * 2 < whole, "{short} of {whole} bytes");
    assert!(run(2, 25 * 60).await.1["schema"].is_object(), "a backend that came later learns it too");
    let held = world.store.graph_nodes(NodeKind::Dataset, Some("football_db.silver")).await.unwrap();
    let matches = held.iter().find(|node| node.name.name == "matches").unwrap();
    assert!(matches.body["facets"]["schema"].is_object() && matches.body["facets"]["version"].is_object());
    // A job that does not know where columns come from takes that from nobody.
    let check = about("quality_check", 0);
    world.recorder.end(&check, at(9999), &Ended::Complete, &Numbers::default()).await.unwrap();
    let held = world.store.graph_nodes(NodeKind::Dataset, Some("football_db.silver")).await.unwrap();
    let matches = held.iter().find(|node| node.name.name == "matches").unwrap();
    assert!(matches.body["facets"]["columnLineage"].is_object());
}

#[tokio::test]
async fn a_job_remembers_all_sources_that_it_asked() {
    let world = world().await;
    for (n, source) in ["football-data", "openfootball", "football-data"].into_iter().enumerate() {
        let about = RunAbout { sources: vec![source.into()], ..about("fixtures_collection", n as u32) };
        world.recorder.begin(&about, at(n as i64)).await.unwrap();
    }
    let jobs = world.store.graph_nodes(NodeKind::Job, Some(JOBS)).await.unwrap();
    let inputs = jobs[0].body["inputs"].as_array().unwrap();
    let names: Vec<&str> = inputs.iter().map(|of| of["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["football-data", "openfootball"]);
    let runs = world.store.runs_of(&NodeName::new(JOBS, "fixtures_collection"), 10).await.unwrap();
    assert_eq!(runs.len(), 3);
}

/// A backend that answers as it is told, and keeps what came.
#[derive(Default)]
struct Fake {
    answers: Mutex<Vec<Result<(), ChannelError>>>,
    came: Mutex<Vec<Value>>,
}

#[async_trait]
impl LineageBackend for Fake {
    async fn send(&self, event: &str) -> Result<(), ChannelError> {
        let answer = self.answers.lock().unwrap().pop().unwrap_or(Ok(()));
        if answer.is_ok() {
            self.came.lock().unwrap().push(serde_json::from_str(event).unwrap());
        }
        answer
    }
}

#[tokio::test]
async fn a_backend_that_was_away_is_told_of_everything_in_its_order() {
    let world = world().await;
    for n in 0..3 {
        let about = about("verification", n);
        world.recorder.begin(&about, at(i64::from(n) * 2)).await.unwrap();
        world
            .recorder
            .end(&about, at(i64::from(n) * 2 + 1), &Ended::Complete, &Numbers::default())
            .await
            .unwrap();
    }
    let backend = Fake::default();
    let store = world.store.as_ref();
    let away =
        || ChannelError { message: "no answer".into(), retry: Retry::After(std::time::Duration::ZERO) };
    *backend.answers.lock().unwrap() = vec![Err(away()), Ok(())];
    let first = forward(store, &backend, at(60)).await.unwrap();
    assert_eq!(
        (first.sent, first.fault.as_deref()),
        (1, Some("no answer")),
        "it stops at the first that waits"
    );
    assert_eq!(forward(store, &backend, at(60)).await.unwrap().sent, 0, "not before half a minute is over");
    *backend.answers.lock().unwrap() = vec![Err(away())];
    assert_eq!(forward(store, &backend, at(61)).await.unwrap().sent, 0);
    let soon = at(61) + Duration::seconds(59);
    assert_eq!(forward(store, &backend, soon).await.unwrap().sent, 0, "twice as long the second time");
    assert_eq!(forward(store, &backend, at(63)).await.unwrap().sent, 5);
    let came = backend.came.lock().unwrap().clone();
    let times: Vec<&str> = came.iter().map(|event| event["eventTime"].as_str().unwrap()).collect();
    assert!(times.is_sorted() && times.len() == 6, "{times:?}");
    // What is refused for good holds up nobody.
    world.recorder.begin(&about("verification", 8), at(70)).await.unwrap();
    world.recorder.begin(&about("verification", 9), at(71)).await.unwrap();
    let refused = ChannelError { message: "answered 422".into(), retry: Retry::Never };
    *backend.answers.lock().unwrap() = vec![Ok(()), Err(refused)];
    let last = forward(store, &backend, at(80)).await.unwrap();
    assert_eq!((last.sent, last.refused), (1, 1));
    assert_eq!(store.unsent_run_events(at(9999), 10).await.unwrap(), []);
    assert_eq!(store.purge_runs(at(9999)).await.unwrap(), 5);
}
