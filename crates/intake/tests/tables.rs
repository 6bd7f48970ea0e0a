//! Tables by a map: their matches reach the store, join leagues of other sources, and read again they end in the same
//! silver. All values are invented.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::{Cursor, Write};
use touchline_collect::sources::football_data::FootballData;
use touchline_collect::tables::{Map, TableSource, Told, presets};
use touchline_domain::ports::{
    BronzeReader, BronzeWriter, ExportRepository, LeagueReader, NameReader, SilverReader,
};
use touchline_domain::{FixedClock, NameKind, NewDocument, Silent};
use touchline_intake::files::tables_of;
use touchline_intake::identity::{
    ReviewError, ReviewTarget, SourceOrder, accept_league, accept_name, reject_name,
};
use touchline_intake::import::{ImportError, import_documents, import_tables};
use touchline_intake::ingest::{Incoming, IngestReport, ingest};
use touchline_intake::reprocess::{Reprocess, reprocess};
use touchline_store_sqlite::SqliteStore;
use zip::write::{SimpleFileOptions, ZipWriter};

const MAP: &str = r#"
name = "mine"
[columns]
date = "Tag"
home = "Heim"
away = "Gast"
score = "Ergebnis"
[dates]
formats = ["%d.%m.%Y"]
"#;

const TABLE: &str =
    "Tag;Heim;Gast;Ergebnis\n06.08.2022;Ashford;Brindle;2:1\n13.08.2022;Brindle;Ashford;0:0\n";

fn clock() -> FixedClock {
    FixedClock("2023-06-30T12:00:00Z".parse().unwrap())
}

async fn store() -> SqliteStore {
    SqliteStore::in_memory(std::sync::Arc::new(clock())).await.unwrap()
}

fn source(map: &str, league: &str) -> TableSource {
    let told = Told { league: Some(league.to_owned()), season: "2022-23".parse().ok(), source: None };
    TableSource::new(Map::parse(map).unwrap(), told).unwrap()
}

fn file(name: &str, text: &str) -> Incoming {
    Incoming { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

/// Copies bronze alone into an empty store.
async fn bronze_alone(store: &SqliteStore) -> SqliteStore {
    let bare = self::store().await;
    for info in store.documents(None, 100).await.unwrap() {
        let held = store.document(info.id).await.unwrap().unwrap();
        let new = NewDocument {
            source: &held.source,
            name: &held.name,
            bytes: &held.bytes,
            hash: &held.hash,
            collected_at: held.collected_at,
            records: &[],
        };
        let stored = bare.store_document(&new).await.unwrap();
        let reading = store.reading(info.id).await.unwrap().unwrap();
        bare.keep_reading(stored.id, &reading).await.unwrap();
    }
    bare
}

#[tokio::test]
async fn a_table_read_again_ends_in_the_same_silver_also_from_bronze_alone() {
    let store = store().await;
    let source = source(MAP, "E0");
    let mut report = IngestReport::default();
    let order = SourceOrder::default();
    ingest(&store, &source, &file("x.csv", TABLE), &order, &clock(), &mut report).await.unwrap();
    assert_eq!((report.matches.new, report.rejected_documents), (2, 0));
    let before = store.content_hash().await.unwrap();
    for _ in 0..2 {
        let again = reprocess(&store, Reprocess::default(), &order, &clock(), &Silent).await.unwrap();
        assert_eq!(
            (again.ingest.documents, again.ingest.matches.new, again.ingest.matches.unchanged),
            (1, 0, 2)
        );
        assert!(again.skipped.is_empty());
        assert_eq!(store.content_hash().await.unwrap(), before);
    }
    let bare = bronze_alone(&store).await;
    reprocess(&bare, Reprocess::default(), &order, &clock(), &Silent).await.unwrap();
    assert_eq!(bare.content_hash().await.unwrap(), before);
}

#[tokio::test]
async fn the_map_of_the_last_import_counts() {
    let store = store().await;
    let order = SourceOrder::default();
    let mut report = IngestReport::default();
    let wrong = source(&MAP.replace("Ergebnis", "Resultat"), "E0");
    ingest(&store, &wrong, &file("x.csv", TABLE), &order, &clock(), &mut report).await.unwrap();
    assert_eq!((report.rejected_documents, report.matches.new), (1, 0));
    ingest(&store, &source(MAP, "E0"), &file("x.csv", TABLE), &order, &clock(), &mut report).await.unwrap();
    assert_eq!(report.matches.new, 2);
    let again = reprocess(&store, Reprocess::default(), &order, &clock(), &Silent).await.unwrap();
    assert_eq!((again.ingest.rejected_documents, again.ingest.matches.unchanged), (0, 2));
}

#[tokio::test]
async fn a_table_joins_the_league_that_another_source_brought() {
    let store = store().await;
    let order = SourceOrder::default();
    let mut report = IngestReport::default();
    let other = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\nE0,06/08/2022,Ashford,Brindle,2,1,H\nE0,13/08/2022,Brindle,Ashford,0,0,D\n";
    ingest(&store, &FootballData, &file("2223/E0.csv", other), &order, &clock(), &mut report).await.unwrap();
    ingest(&store, &source(MAP, "en.1"), &file("x.csv", TABLE), &order, &clock(), &mut report).await.unwrap();
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.leagues, counts.teams, counts.matches), (1, 2, 2), "{report:?}");
}

#[tokio::test]
async fn tables_of_an_archive_are_documents_of_their_own() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let table = "Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\n06/08/2022,Ashford,Brindle,2,1,H\n";
    for (name, text) in [("2223/E0.csv", table), ("2223/D1.csv", table), ("readme.md", "x")] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    let tables = tables_of(Incoming { name: "data.zip".to_owned(), bytes }).unwrap();
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["data.zip/2223/D1.csv", "data.zip/2223/E0.csv"]);
    let store = store().await;
    let preset = presets::by_name("football-data-table").unwrap().clone();
    let source = TableSource::new(preset, Told::default()).unwrap();
    let order = SourceOrder::default();
    let report = import_documents(&store, &source, tables, &order, &clock(), &Silent).await.unwrap();
    assert_eq!((report.documents, report.matches.new), (2, 2));
    assert_eq!(store.counts().await.unwrap().leagues, 2);
}

#[tokio::test]
async fn what_came_before_a_file_that_cannot_be_read_is_stored() {
    let (store, source, order) = (store().await, source(MAP, "E0"), SourceOrder::default());
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join("a.csv"), TABLE).unwrap();
    let mut without_tables = ZipWriter::new(Cursor::new(Vec::new()));
    without_tables.start_file("readme.md", SimpleFileOptions::default()).unwrap();
    let without_tables = without_tables.finish().unwrap().into_inner();
    std::fs::write(folder.path().join("b.zip"), without_tables).unwrap();
    let paths = [folder.path().to_owned()];
    let told = import_tables(&store, &source, &paths, &order, &clock(), &Silent).await.unwrap_err();
    assert!(matches!(told, ImportError::File(_)), "{told}");
    assert_eq!(store.counts().await.unwrap().matches, 2);
}

const OF_LEAGUES: &str = "name = \"mine\"\n[columns]\nleague = \"Liga\"\ndate = \"Tag\"\nhome = \"Heim\"\naway = \"Gast\"\n\
    score = \"Ergebnis\"\n[dates]\nformats = [\"%d.%m.%Y\"]\n";

fn of_leagues() -> TableSource {
    let told = Told { league: None, season: "2022-23".parse().ok(), source: None };
    TableSource::new(Map::parse(OF_LEAGUES).unwrap(), told).unwrap()
}

/// Rows of a league that nothing is known of wait, those of others go on; who says which it is brings them, also those of
/// later files, and from bronze alone.
#[tokio::test]
async fn rows_of_an_unknown_league_wait_for_a_word_and_the_rest_goes_on() {
    let (store, order) = (store().await, SourceOrder::default());
    let text = "Liga;Tag;Heim;Gast;Ergebnis\n\
        E0;06.08.2022;Ashford;Brindle;2:1\n\
        Top Tier;06.08.2022;Corley;Dunmore;1:1\n\
        Top Tier;13.08.2022;Dunmore;Corley;0:3\n\
        E0;13.08.2022;Brindle;Ashford;0:0\n";
    let mut report = IngestReport::default();
    ingest(&store, &of_leagues(), &file("x.csv", text), &order, &clock(), &mut report).await.unwrap();
    assert_eq!((report.matches.new, report.waiting_names), (2, 1), "{report:#?}");
    assert_eq!(report.rejections_by_reason["unknown_league"], 2);
    let review = store.reviews(true).await.unwrap().remove(0);
    assert_eq!((review.kind, review.name.as_str()), (NameKind::League, "Top Tier"));
    // Asked again, it is one question.
    let mut again = IngestReport::default();
    ingest(&store, &of_leagues(), &file("x.csv", text), &order, &clock(), &mut again).await.unwrap();
    assert_eq!((store.reviews(true).await.unwrap().len(), again.matches.new), (1, 0));

    let team = accept_name(&store, review.id, ReviewTarget::New, "Ann", &order, &clock()).await;
    assert!(matches!(team, Err(ReviewError::Kind { .. })));
    let unknown = accept_league(&store, review.id, "ZZ9", "Ann", &order, &clock()).await;
    assert!(matches!(unknown, Err(ReviewError::UnknownLeague(_))));
    let report = accept_league(&store, review.id, "E1", "Ann", &order, &clock()).await.unwrap();
    assert_eq!(
        (report.matches.new, report.matches.unchanged, report.waiting_names),
        (2, 2, 0),
        "{report:#?}"
    );
    let codes: Vec<String> =
        store.leagues().await.unwrap().into_iter().map(|league| league.details.code).collect();
    assert_eq!(codes, ["E0", "E1"]);
    // A later file of the league is not asked about.
    let later = "Liga;Tag;Heim;Gast;Ergebnis\nTop Tier;20.08.2022;Corley;Eastry;2:2\n";
    let mut report = IngestReport::default();
    ingest(&store, &of_leagues(), &file("y.csv", later), &order, &clock(), &mut report).await.unwrap();
    assert_eq!((report.matches.new, report.rejections), (1, 0), "{report:#?}");
    let hash = store.content_hash().await.unwrap();
    reprocess(&store, Reprocess::default(), &order, &clock(), &Silent).await.unwrap();
    assert_eq!(store.content_hash().await.unwrap(), hash);
    // As if the league had been known from the first: its map told it.
    let knowing = Map::parse(&format!("{OF_LEAGUES}[leagues]\n\"Top Tier\" = \"E1\"\n")).unwrap();
    let told = Told { league: None, season: "2022-23".parse().ok(), source: None };
    let (clean, knowing) = (self::store().await, TableSource::new(knowing, told).unwrap());
    for (name, text) in [("x.csv", text), ("y.csv", later)] {
        let mut report = IngestReport::default();
        ingest(&clean, &knowing, &file(name, text), &order, &clock(), &mut report).await.unwrap();
    }
    assert_eq!(clean.counts().await.unwrap(), store.counts().await.unwrap());
}

/// Who says that a league is not to be used is not asked again.
#[tokio::test]
async fn a_league_that_is_not_to_be_used_does_not_wait() {
    let (store, order) = (store().await, SourceOrder::default());
    let text =
        "Liga;Tag;Heim;Gast;Ergebnis\nE0;06.08.2022;Ashford;Brindle;2:1\nU21;06.08.2022;Corley;Dunmore;1:1\n";
    let mut report = IngestReport::default();
    ingest(&store, &of_leagues(), &file("x.csv", text), &order, &clock(), &mut report).await.unwrap();
    let review = store.reviews(true).await.unwrap().remove(0);
    let report = reject_name(&store, review.id, "Ann", &order, &clock()).await.unwrap();
    assert_eq!((report.waiting_names, report.rejections_by_reason["unknown_league"]), (0, 1));
    assert_eq!(store.unprocessed_records().await.unwrap(), 0, "its document is done");
}
