//! Documents read again end in the same silver, and facts are dated by their document. All names and numbers of answers
//! are invented.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use touchline_collect::sources::api_football::ApiFootball;
use touchline_domain::ports::{
    After, BronzeReader, BronzeWriter, EventReader, ExportRepository, InPlayOddsReader, MatchReader,
    SilverReader, SquadReader, Store,
};
use touchline_domain::{
    DocumentId, FixedClock, MatchId, NewDocument, Progress, RecordKind, Silent, Stopped, SystemClock,
};
use touchline_intake::identity::SourceOrder;
use touchline_intake::ingest::{Incoming, IngestReport, ingest};
use touchline_intake::reprocess::{Reprocess, ReprocessError, ReprocessReport, reprocess};
use touchline_store_sqlite::SqliteStore;

fn answer(get: &str, parameters: &Value, response: &Value) -> String {
    json!({"get": get, "parameters": parameters, "errors": [], "response": response}).to_string()
}

const KICKOFF: &str = "2024-03-02T15:00:00Z";

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn kickoff() -> DateTime<Utc> {
    time(KICKOFF)
}

fn fixtures(status: &str, goals: &Value) -> String {
    let row = json!({
        "fixture": {"id": 77, "referee": null, "date": KICKOFF, "status": {"short": status}},
        "league": {"id": 9_000, "name": "Invented League", "country": "Nowhere", "season": 2023},
        "teams": {"home": {"id": 1, "name": "Ashford"}, "away": {"id": 2, "name": "Brindle"}},
        "goals": goals, "score": {"halftime": {"home": null, "away": null}, "fulltime": goals}
    });
    answer("fixtures", &json!({"league": "9000"}), &json!([row]))
}

fn lineups(first: u32) -> String {
    let start: Vec<Value> = (first..first + 11)
        .map(|n| json!({"player": {"id": n, "name": format!("P. {n}"), "number": n, "pos": "M"}}))
        .collect();
    let row = json!({"team": {"id": 1, "name": "Ashford"}, "formation": "4-4-2", "startXI": start});
    answer("fixtures/lineups", &json!({"fixture": "77"}), &json!([row]))
}

fn injuries() -> String {
    let row = json!({
        "player": {"id": 50, "name": "P. 50", "type": "Missing Fixture", "reason": "Knee"},
        "team": {"id": 2, "name": "Brindle"}, "fixture": {"id": 77}
    });
    answer("injuries", &json!({"league": "9000"}), &json!([row]))
}

fn odds(update: &str, home: &str) -> String {
    let values = json!([
        {"value": "Home", "odd": home}, {"value": "Draw", "odd": "3.40"}, {"value": "Away", "odd": "3.60"}
    ]);
    let bookmakers =
        json!([{"id": 8, "name": "Bookie", "bets": [{"id": 1, "name": "Match Winner", "values": values}]}]);
    let row = json!({"fixture": {"id": 77}, "update": update, "bookmakers": bookmakers});
    answer("odds", &json!({"fixture": "77"}), &json!([row]))
}

fn live() -> String {
    let values = json!([{"value": "Home", "odd": "1.3", "handicap": null, "suspended": false}]);
    let row = json!({"fixture": {"id": 77}, "update": "2024-03-02T15:40:00Z",
        "odds": [{"id": 59, "name": "Fulltime Result", "values": values}]});
    answer("odds/live", &json!({"fixture": "77"}), &json!([row]))
}

fn events(minutes: &[u32]) -> String {
    let row = |minute: &u32| {
        json!({"time": {"elapsed": minute, "extra": null}, "team": {"id": 1, "name": "Ashford"},
            "player": {"id": 9, "name": "P. 9"}, "assist": {"id": 10, "name": "P. 10"},
            "type": "Goal", "detail": "Normal Goal", "comments": null})
    };
    let rows: Vec<Value> = minutes.iter().map(row).collect();
    answer("fixtures/events", &json!({"fixture": "77"}), &json!(rows))
}

fn incoming(name: &str, text: &str) -> Incoming {
    Incoming { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

async fn memory() -> SqliteStore {
    SqliteStore::in_memory(Arc::new(SystemClock)).await.unwrap()
}

/// Ingests an answer that comes at a time.
async fn come(store: &dyn Store, text: &str, at: DateTime<Utc>) -> IngestReport {
    let mut report = IngestReport::default();
    ingest(
        store,
        &ApiFootball,
        &incoming("answer.json", text),
        &SourceOrder::default(),
        &FixedClock(at),
        &mut report,
    )
    .await
    .unwrap();
    report
}

/// A match from its announcement to the day after it, with facts that came before their match.
async fn matchday(store: &dyn Store) {
    let hours = |hours| kickoff() + Duration::hours(hours);
    let (none, over) = (json!({"home": null, "away": null}), json!({"home": 2, "away": 0}));
    let early = come(store, &injuries(), hours(-100)).await;
    assert_eq!(early.rejections_by_reason["unknown_fixture"], 1);
    come(store, &fixtures("NS", &none), hours(-90)).await;
    come(store, &injuries(), hours(-80)).await;
    come(store, &odds("2024-02-29T08:00:00Z", "2.10"), hours(-50)).await;
    come(store, &lineups(1), hours(-1)).await;
    come(store, &lineups(2), hours(0) - Duration::minutes(20)).await;
    come(store, &events(&[12]), hours(1)).await;
    come(store, &live(), hours(1)).await;
    come(store, &odds("2024-03-02T15:10:00Z", "1.70"), hours(1)).await;
    come(store, &events(&[12, 80]), hours(2)).await;
    come(store, &fixtures("FT", &over), hours(3)).await;
    come(store, &events(&[12, 81]), hours(20)).await;
}

/// All documents of a store, and nothing else of it, with their records, in another store.
async fn copy_bronze(from: &dyn Store, to: &dyn Store) {
    let mut after = None;
    loop {
        let page = from.documents(after, 100).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(After { time: last.collected_at, id: last.id.0 });
        for info in &page {
            let raw = from.document(info.id).await.unwrap().unwrap();
            let records = from.records(info.id).await.unwrap();
            let new = NewDocument {
                source: &raw.source,
                name: &raw.name,
                bytes: &raw.bytes,
                hash: &raw.hash,
                collected_at: raw.collected_at,
                records: &records,
            };
            to.store_document(&new).await.unwrap();
        }
    }
}

async fn read_again(store: &dyn Store) -> ReprocessReport {
    reprocess(store, Reprocess::default(), &SourceOrder::default(), &SystemClock, &Silent).await.unwrap()
}

#[tokio::test]
async fn an_import_that_is_completed_a_day_later_is_dated_by_its_first_day() {
    let first_day = kickoff() - Duration::hours(30);
    let next_day = first_day + Duration::hours(24);
    let none = json!({"home": null, "away": null});
    let undated = odds("soon", "2.10");
    let store = memory().await;
    come(&store, &fixtures("NS", &none), first_day - Duration::hours(1)).await;
    for text in [lineups(1), injuries(), undated.clone()] {
        // As far as an import gets that dies between bronze and silver.
        let document = NewDocument {
            source: "api-football",
            name: "answer.json",
            bytes: text.as_bytes(),
            hash: &blake3_of(&text),
            collected_at: first_day,
            records: &[],
        };
        assert!(store.store_document(&document).await.unwrap().new);
        come(&store, &text, next_day).await;
    }
    let id = MatchId(1);
    let (_, lineup) = store.all_lineups().await.unwrap().remove(0);
    assert_eq!((lineup.known_at, lineup.known_at_imputed), (first_day, false));
    let (_, absence) = store.all_injuries().await.unwrap().remove(0);
    assert_eq!((absence.known_at, absence.known_at_imputed), (first_day, false));
    assert_eq!(store.odds_of_match(id).await.unwrap()[0].known_at, first_day);
    let undisturbed = memory().await;
    come(&undisturbed, &fixtures("NS", &none), first_day - Duration::hours(1)).await;
    for text in [lineups(1), injuries(), undated] {
        come(&undisturbed, &text, first_day).await;
    }
    assert_eq!(undisturbed.content_hash().await.unwrap(), store.content_hash().await.unwrap());
}

fn blake3_of(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

#[tokio::test]
async fn answers_are_kept_record_by_record_in_the_table_of_their_kind() {
    let store = memory().await;
    matchday(&store).await;
    let mut kinds = Vec::new();
    for info in store.documents(None, 100).await.unwrap() {
        let records = store.records(info.id).await.unwrap();
        for record in &records {
            let payload: Value = serde_json::from_str(record.payload.as_deref().unwrap()).unwrap();
            assert!(payload.is_object());
            assert_eq!(record.external_match_id.as_deref(), Some("77"));
        }
        kinds.extend(records.iter().map(|record| record.kind));
    }
    let of = |kind| kinds.iter().filter(|k| **k == kind).count();
    assert_eq!((of(RecordKind::Odds), of(RecordKind::Score)), (3, 0), "a record per fixture that is priced");
    assert_eq!(of(RecordKind::Match), 2 + 1 + 2 + 5);
}

#[tokio::test]
async fn reading_again_changes_nothing_and_builds_an_empty_silver_anew() {
    let store = memory().await;
    matchday(&store).await;
    let hash = store.content_hash().await.unwrap();
    let id = MatchId(1);
    let lists = store.events_of(&[id]).await.unwrap();
    let known: Vec<_> = lists.iter().map(|(_, l)| (l.known_at - kickoff()).num_hours()).collect();
    assert_eq!(known, [1, 2, 20]);
    assert_eq!(store.in_play_odds_of(&[id]).await.unwrap().len(), 2);
    assert_eq!(store.odds_of_match(id).await.unwrap().len(), 1);
    assert_eq!(store.lineups_of(&[id]).await.unwrap().len(), 2);

    let again = read_again(&store).await;
    assert_eq!((again.ingest.documents, again.ingest.facts.new_facts, again.ingest.matches.new), (11, 0, 0));
    assert_eq!(store.content_hash().await.unwrap(), hash);

    let bare = memory().await;
    copy_bronze(&store, &bare).await;
    assert_eq!(bare.counts().await.unwrap().matches, 0);
    let built = read_again(&bare).await;
    assert_eq!(built.ingest.rejected_rows, 0, "absences that came before their match are read after it");
    assert_eq!(bare.content_hash().await.unwrap(), hash);
    assert_eq!(bare.unprocessed_records().await.unwrap(), 0);
    assert_eq!(read_again(&bare).await.ingest.facts.new_facts, 0);
    assert_eq!(bare.content_hash().await.unwrap(), hash);
}

/// Asks to stop after some documents.
struct StopAfter(AtomicI64);

impl Progress for StopAfter {
    fn begin(&self, _: &str, _: u64) {}
    fn done(&self, _: u64) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
    fn end(&self) {}
    fn stop_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed) <= 0
    }
}

#[tokio::test]
async fn stopped_after_any_document_it_is_completed_by_the_next_run() {
    let store = memory().await;
    matchday(&store).await;
    let hash = store.content_hash().await.unwrap();
    for stop_after in 0..11 {
        let bare = memory().await;
        copy_bronze(&store, &bare).await;
        let stop = StopAfter(stop_after.into());
        let outcome =
            reprocess(&bare, Reprocess::default(), &SourceOrder::default(), &SystemClock, &stop).await;
        assert!(matches!(outcome, Err(ReprocessError::Stopped(Stopped))), "{outcome:?}");
        read_again(&bare).await;
        assert_eq!(bare.content_hash().await.unwrap(), hash, "after {stop_after} documents");
    }
}

#[tokio::test]
async fn only_the_documents_that_are_asked_for_are_read() {
    let store = memory().await;
    matchday(&store).await;
    let since = |since| Reprocess { since: Some(since), ..Reprocess::default() };
    let count = async |which| {
        let report = reprocess(&store, which, &SourceOrder::default(), &SystemClock, &Silent).await.unwrap();
        report.ingest.documents
    };
    assert_eq!(count(since(kickoff() + Duration::hours(2))).await, 3, "the time itself is included");
    assert_eq!(count(since(kickoff() + Duration::days(9))).await, 0);
    assert_eq!(count(Reprocess { source: Some("challenge"), since: None }).await, 0);
    assert_eq!(count(Reprocess { source: Some("api-football"), since: None }).await, 11);
}

#[tokio::test]
async fn documents_of_an_unknown_source_are_counted_and_left_alone() {
    let store = memory().await;
    matchday(&store).await;
    let hash = store.content_hash().await.unwrap();
    for text in ["one", "two"] {
        let document = NewDocument {
            source: "from-a-newer-program",
            name: "x",
            bytes: text.as_bytes(),
            hash: &blake3_of(text),
            collected_at: kickoff(),
            records: &[],
        };
        store.store_document(&document).await.unwrap();
    }
    let report = read_again(&store).await;
    assert_eq!(Vec::from_iter(report.skipped), [("from-a-newer-program".to_owned(), 2)]);
    assert_eq!((report.ingest.documents, report.ingest.rejected_documents), (11, 0));
    assert_eq!(store.content_hash().await.unwrap(), hash);
}

#[tokio::test]
async fn a_document_that_is_gone_is_not_read() {
    let store = memory().await;
    assert!(store.document(DocumentId(1)).await.unwrap().is_none());
    assert_eq!(read_again(&store).await, ReprocessReport::default());
}
