//! Telling of runs, of commands and of jobs alike. Whatever goes wrong with that is logged and stops nothing.

use crate::cli::{Command, Db, Features, Ingest, Ledger, Quality};
use crate::commands::Ending;
use crate::config::{Database, Role};
use crate::output;
use crate::wiring::Session;
use anyhow::Result;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::time::timeout;
use touchline_domain::ports::{LineageBackend, Store, StoreError};
use touchline_domain::{CollectionKind, Stopped};
use touchline_features::{LineupView, MarketView, Settings, definitions};
use touchline_lineage::forward::forward;
use touchline_lineage::{Assertion, Catalogue, Ended, Field, Numbers, Recorder, RunAbout, job, run_id};
use touchline_quality::suite::shipped;

/// So long a command waits for a backend that is told of its run.
const PATIENCE: Duration = Duration::from_secs(3);
/// So long it waits for a server whose store it tells.
const CONNECT: Duration = Duration::from_secs(5);

/// The datasets of this program, with the columns of the matrix that knows prices and line-ups.
pub fn catalogue() -> Arc<Catalogue> {
    static CATALOGUE: LazyLock<Arc<Catalogue>> = LazyLock::new(|| Arc::new(Catalogue::new(features())));
    Arc::clone(&CATALOGUE)
}

/// The columns of all features that there are.
pub fn features() -> Vec<Field> {
    let of_market =
        |market| definitions(&Settings::FRESH.with_market(market).with_lineups(LineupView::Announced));
    let mut fields: Vec<Field> = Vec::new();
    for market in [MarketView::PreMatch, MarketView::Closing, MarketView::Earlier] {
        for definition in of_market(market) {
            if fields.iter().all(|field| field.name != definition.name) {
                let meaning = format!(
                    "{} Unit: {}. Missing: {}. Version {} of its family.",
                    definition.formula, definition.unit, definition.null_meaning, definition.version
                );
                fields.push(Field {
                    name: definition.name,
                    kind: "number".to_owned(),
                    meaning,
                    family: Some(definition.family),
                });
            }
        }
    }
    fields
}

/// Who tells of runs, unless nobody is to.
pub fn recorder(session: &Session, store: &Arc<dyn Store>) -> Option<Recorder<dyn Store>> {
    let settings = &session.config.lineage;
    settings.record.then(|| Recorder::new(Arc::clone(store), catalogue(), !settings.url.is_empty()))
}

/// Logs what went wrong with telling.
pub fn untold(told: Result<(), StoreError>) {
    if let Err(error) = told {
        tracing::warn!(%error, "a run could not be recorded; it goes on");
    }
}

/// Does the work of a command, and tells of it where it changes data.
pub async fn recorded(
    session: &Session,
    command: &Command,
    work: impl Future<Output = Result<Ending>>,
) -> Result<Ending> {
    let Some((name, sources)) = told_of(command).filter(|_| session.config.lineage.record) else {
        return work.await;
    };
    let Some(job) = job(name) else { return work.await };
    let began = session.clock.now();
    let nanos = began.timestamp_nanos_opt().unwrap_or_default().to_string();
    let run = run_id(&["command", name, &std::process::id().to_string(), &nanos]);
    let about = RunAbout { job, run, nominal: None, parent: None, sources, kind: "COMMAND" };
    let mut recorder = open(session).await;
    let begun = match &recorder {
        Some(recorder) => {
            untold(recorder.begin(&about, began).await);
            true
        }
        None => false,
    };
    let result = work.await;
    if recorder.is_none() && result.is_ok() {
        // The command has made the store.
        recorder = open(session).await;
    }
    let Some(recorder) = recorder else { return result };
    if !begun {
        untold(recorder.begin(&about, began).await);
    }
    let ended = match &result {
        Ok(Ending::NothingUsed) => Ended::Fail("nothing of what came could be used".to_owned()),
        Ok(_) => Ended::Complete,
        Err(error) if error.chain().any(<dyn std::error::Error>::is::<Stopped>) => Ended::Abort,
        Err(error) => Ended::Fail(output::told(error.as_ref())),
    };
    finish(session, &recorder, (&about, began), &ended).await;
    result
}

async fn finish(
    session: &Session,
    recorder: &Recorder<dyn Store>,
    (about, began): (&RunAbout, DateTime<Utc>),
    ended: &Ended,
) {
    let store = recorder.store();
    let numbers = match numbers(about.job.name, &Value::Null, store, began).await {
        Ok(numbers) => numbers,
        Err(error) => return untold(Err(error)),
    };
    untold(recorder.end(about, session.clock.now(), ended, &numbers).await);
    match session.config.lineage.backend() {
        Ok(Some(backend)) => send(store, &backend, session.clock.now()).await,
        Ok(None) => {}
        Err(error) => tracing::warn!("{error:#}"),
    }
}

/// Hands over what waits, for as long as a command may take for that. What is not taken waits on.
async fn send(store: &dyn Store, backend: &dyn LineageBackend, now: DateTime<Utc>) {
    match timeout(PATIENCE, forward(store, backend, now)).await {
        Ok(Ok(done)) => {
            if let Some(fault) = done.fault {
                tracing::warn!("{fault}");
            }
        }
        Ok(Err(error)) => untold(Err(error)),
        Err(_) => tracing::warn!("the lineage backend gave no answer in time; it is told later"),
    }
}

/// The store of a command, where there is one: telling makes none.
async fn open(session: &Session) -> Option<Recorder<dyn Store>> {
    if let Ok(Database::Sqlite(path)) = session.config.database(Role::Writer)
        && !path.exists()
    {
        return None;
    }
    let store = timeout(CONNECT, session.store(Role::Writer)).await.ok()?.ok()?;
    recorder(session, &store)
}

/// The job that a command does, with the sources that it names; none for one that changes no dataset.
fn told_of(command: &Command) -> Option<(&'static str, Vec<String>)> {
    let alone = |name| Some((name, Vec::new()));
    match command {
        Command::Ingest(ingest) => of_ingest(ingest),
        Command::Collect(collect) if collect.plan || collect.dry_run || collect.runs || collect.gaps => None,
        Command::Collect(collect) => {
            let name = match collect.kinds.as_slice() {
                [CollectionKind::Odds] => "odds_collection",
                [CollectionKind::Scores] => "scores_collection",
                [CollectionKind::Injuries] => "injuries_collection",
                [CollectionKind::Lineups] => "lineups_collection",
                [CollectionKind::Weather] => "weather_collection",
                [CollectionKind::News] => "news_collection",
                [CollectionKind::Ratings] => "ratings_collection",
                _ => "fixtures_collection",
            };
            Some((name, collect.source.iter().cloned().collect()))
        }
        Command::Reprocess(_) => alone("reprocess"),
        Command::Features(Features::Build) => alone("feature_calculation"),
        Command::Train(_) => alone("model_training"),
        Command::Predict(predict) if predict.fixtures.is_none() => alone("prediction"),
        Command::Ledger(Ledger::Score) => alone("verification"),
        Command::Quality(Quality::Check { .. }) => alone("quality_check"),
        Command::Db(Db::Backup { incremental: true, .. }) => alone("backup_incremental"),
        Command::Db(Db::Backup { .. }) => alone("backup_full"),
        _ => None,
    }
}

fn of_ingest(ingest: &Ingest) -> Option<(&'static str, Vec<String>)> {
    let (source, is_explained) = match ingest {
        Ingest::FootballData(tables) => ("football-data", tables.files.explain),
        Ingest::OddsImport(tables) => ("odds-import", tables.files.explain),
        Ingest::Understat(tables) => ("understat", tables.files.explain),
        Ingest::Fbref(tables) => ("fbref", tables.files.explain),
        Ingest::Challenge(files) => ("challenge", files.explain),
        Ingest::Openfootball(files) => ("openfootball", files.explain),
        Ingest::ApiFootball(files) => ("api-football", files.explain),
        Ingest::FootballDataOrg(files) => ("football-data-org", files.explain),
        Ingest::Table(_) => ("table", false),
    };
    (!is_explained).then(|| ("ingest", vec![source.to_owned()]))
}

/// What a run says of datasets: from what a job said of itself, and from what the store holds since it began.
pub async fn numbers(
    name: &str,
    said: &Value,
    store: &dyn Store,
    began: DateTime<Utc>,
) -> Result<Numbers, StoreError> {
    let mut numbers = Numbers::default();
    let count = |part: &str| said[part].as_u64();
    match name {
        "quality_check" => {
            let check = store.quality_checks(1).await?.pop();
            // Times of the store are whole seconds.
            if let Some(check) = check.filter(|check| check.checked_at.timestamp() >= began.timestamp()) {
                of_check(&check.report, &mut numbers);
            }
        }
        "prediction" => {
            let sealed = count("sealed").map(|n| ("predictions".to_owned(), n));
            numbers.written.extend(sealed);
            let version = said["model_version"].as_str().map(str::to_owned);
            numbers.versions.extend(version.map(|version| ("model_versions".to_owned(), version)));
        }
        "model_training" => {
            let latest = store.versions().await?.into_iter().max_by_key(|version| version.trained_at);
            numbers.versions.extend(latest.map(|held| ("model_versions".to_owned(), held.version)));
        }
        "backup_full" => numbers.bytes.extend(count("bytes").map(|n| ("full".to_owned(), n))),
        "backup_incremental" => numbers.bytes.extend(count("bytes").map(|n| ("incremental".to_owned(), n))),
        _ => {}
    }
    Ok(numbers)
}

fn of_check(report: &Value, numbers: &mut Numbers) {
    let looked_at = [("matches", "matches"), ("odds", "quotes")];
    numbers.read = looked_at
        .iter()
        .filter_map(|(name, part)| Some(((*name).to_owned(), report[part].as_u64()?)))
        .collect();
    numbers.written.extend(report["new_findings"].as_u64().map(|n| ("data_quality_logs".to_owned(), n)));
    let tables: BTreeMap<String, &str> =
        shipped().iter().map(|shipped| (shipped.suite.name.clone(), shipped.table)).collect();
    for suite in report["suites"].as_array().into_iter().flatten() {
        let Some(table) = suite["suite"].as_str().and_then(|name| tables.get(name)) else { continue };
        let verdicts = suite["results"].as_array().into_iter().flatten();
        let assertion = |verdict: &Value| {
            Some(Assertion {
                name: verdict["type"].as_str()?.to_owned(),
                column: verdict["kwargs"]["column"].as_str().map(str::to_owned),
                success: verdict["success"].as_bool()?,
            })
        };
        numbers.assertions.insert((*table).to_owned(), verdicts.filter_map(assertion).collect());
    }
}
