//! The whole program on PostgreSQL: `DATABASE_URL` is all that differs.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use sqlx::AssertSqlSafe;
use support::server::Server;
use support::{Place, results};
use touchline_store_postgres::testing::TestDatabase;

/// Results, statistics and odds in the format of football-data.co.uk.
const FOOTBALL_DATA: &str = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,HTR,Referee,HS,AS,B365H,B365D,B365A\n\
    E0,05/08/2022,20:00,Crystal Palace,Arsenal,0,2,A,0,1,A,A Taylor,10,10,4.2,3.6,1.85\n\
    E0,06/08/2022,12:30,Fulham,Liverpool,2,2,D,1,0,H,A Madley,9,11,11,6,1.25\n\
    E0,06/08/2022,15:00,O'Neill's \"XI\",Leeds,2,1,H,1,1,D,R Jones,x,18,2.3,3.25,3.2\n";

/// A place whose database is on the test server.
async fn served() -> (TestDatabase, Place) {
    let database = TestDatabase::create().await;
    let mut place = Place::new();
    place.set("DATABASE_URL", database.url());
    place.set("TOUCHLINE__TRAINING__ROUNDS", "8");
    (database, place)
}

/// The URL of a user of the test server who is in one role and no other.
async fn user_of(database: &TestDatabase, role: &str) -> String {
    let (address, _) = database.url().split_once('?').unwrap();
    let name = format!("{role}_of_{}", address.rsplit('/').next().unwrap());
    let sql = format!(
        "DROP ROLE IF EXISTS {name}; CREATE ROLE {name} LOGIN PASSWORD 's3cret' IN ROLE football_{role}"
    );
    let mut connection = database.connection().await;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    let (scheme, rest) = database.url().split_once("://").unwrap();
    let host = rest.split_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}://{name}:s3cret@{host}")
}

#[tokio::test]
async fn each_role_connects_by_its_own_user_and_does_its_work() {
    let (database, owner) = served().await;
    owner.run(&["db", "migrate"]).ending(0);
    owner.run(&["db", "roles"]).ending(0);
    let [reader, writer, admin] = [
        user_of(&database, "reader").await,
        user_of(&database, "writer").await,
        user_of(&database, "admin").await,
    ];
    let mut place = Place::new();
    place.set("TOUCHLINE__TRAINING__ROUNDS", "8");
    place.set("DATABASE_READER_URL", &reader);
    place.set("DATABASE_WRITER_URL", &writer);
    place.set("DATABASE_ADMIN_URL", &admin);

    place.run(&["db", "maintain"]).ending(0);
    fill(&place);
    place.run(&["train", "--activate"]).ending(0);
    place.run(&["predict"]).ending(0);
    for reads in [
        ["models", "list"],
        ["ledger", "verify"],
        ["names", "list"],
        ["lake", "export"],
        ["doctor", "--json"],
    ] {
        place.run(&reads).ending(0);
    }
    place.run(&["db", "doctor"]).ending(0);
    let shown = place.run(&["config", "show"]).ending(0);
    assert!(!shown.out.contains("s3cret") && shown.out.contains(":***@"), "{shown:?}");

    let server = Server::start(&place);
    for path in ["/api/v1/leagues", "/api/v1/models/info", "/health/ready"] {
        let answer = server.answer(path);
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }
    let sql = "SELECT DISTINCT usename::text FROM pg_stat_activity \
               WHERE datname = current_database() AND application_name = 'touchline'";
    let users: Vec<String> =
        sqlx::query_scalar(sql).fetch_all(&mut database.connection().await).await.unwrap();
    // It reads as the reader; accounts, the audit and what operators ask for are written as the writer.
    let is_either = |user: &String| user.starts_with("reader_of_") || user.starts_with("writer_of_");
    assert!(users.iter().any(|user| user.starts_with("reader_of_")), "{users:?}");
    assert!(users.iter().all(is_either), "{users:?}");
    drop(server);

    let mut alone = Place::new();
    alone.set("DATABASE_READER_URL", &reader);
    let doctor = alone.run(&["doctor", "--json"]).ending(0).json();
    let database_of =
        doctor["findings"].as_array().unwrap().iter().find(|f| f["check"] == "database").unwrap();
    assert_eq!(database_of["healthy"], true, "{doctor}");
    alone.run(&["names", "merges"]).ending(0);

    let file = place.write("more.csv", FOOTBALL_DATA.replace("05/08/2022", "05/09/2022"));
    place.set("DATABASE_WRITER_URL", &reader);
    let said = place.run(&["ingest", "football-data", file.to_str().unwrap()]);
    assert!(said.code != Some(0) && said.err.contains("more rights"), "a reader cannot write: {said:?}");
    place.set("DATABASE_ADMIN_URL", &writer);
    let said = place.run(&["db", "maintain", "--keep-odds-months", "1"]).ending(1);
    assert!(said.err.contains("more rights"), "a writer changes no schema: {said:?}");
}

/// Both kinds of files; the second is not without flaws.
fn fill(place: &Place) -> serde_json::Value {
    let clubs: Vec<usize> = (0..10).collect();
    let lines: Vec<_> = (2017..2022).flat_map(|start| results::season("XAA1", start, &clubs)).collect();
    let challenge = place.write("results.csv", results::text(&lines));
    place.ingest(0, "challenge", &[&challenge]);
    let odds = place.write("2223/E0.csv", FOOTBALL_DATA);
    place.ingest(0, "football-data", &[&odds])
}

#[tokio::test]
async fn the_same_files_give_the_same_content_in_both_stores() {
    let (_database, place) = served().await;
    let embedded = Place::new();
    let (there, here) = (fill(&place), fill(&embedded));
    assert_eq!(there["store"], here["store"]);
    assert_eq!(there["store"]["odds"], 3);
    assert_eq!(place.content_hash(), embedded.content_hash());
    assert!(!place.data().join("touchline.db").exists(), "no file beside the server");

    let again = fill(&place);
    assert_eq!((&again["new"], &again["changed"], &again["unchanged"]), (&0.into(), &0.into(), &3.into()));
    assert_eq!(again["store"], here["store"]);
    assert_eq!(place.content_hash(), embedded.content_hash());
}

#[tokio::test]
async fn a_model_is_trained_and_answers() {
    let (_database, place) = served().await;
    fill(&place);
    let built = place.run(&["features", "build", "--json"]).ending(0).json();
    assert_eq!(built["matches"], 453);
    place.run(&["train", "--activate"]).ending(0);
    let fixtures =
        format!("ID,Sea,Lge,Date,HT,AT\n1,22-23,XAA1,20/08/2022,{},{}\n", results::club(0), results::club(9));
    let fixtures = place.write("fixtures.csv", fixtures);
    let said = place.run(&["predict", "--fixtures", fixtures.to_str().unwrap()]).ending(0);
    assert_eq!(said.out.lines().count(), 2, "{said:?}");
    let doctor = place.run(&["doctor"]).ending(0);
    assert!(doctor.out.contains("PostgreSQL") && doctor.out.contains("every record has reached silver"));

    let server = Server::start(&place);
    let answers = ["leagues", "teams/1/recent_stats", "teams/1/recent_stats?as_of=2022-03-01"]
        .map(|path| server.answer(&format!("/api/v1/{path}")));
    drop(server);
    assert!(answers.iter().all(|answer| answer.starts_with("HTTP/1.1 200")), "{answers:?}");
    assert!(answers[0].contains("XAA1"));
    // The import computed the view; another time is another question.
    assert!(
        answers[1].contains("\"source\":\"view\"") && answers[2].contains("\"source\":\"live\""),
        "{answers:?}"
    );
}

#[test]
fn a_password_is_never_told() {
    let mut place = Place::new();
    // Nothing listens on port 1.
    place.set("DATABASE_URL", "postgres://ann:s3cret@127.0.0.1:1/x");
    place.set("TOUCHLINE__LOG__FILTER", "trace");
    let file = place.write("results.csv", results::HEADINGS);
    let ingest = place.run(&["ingest", "challenge", file.to_str().unwrap()]).ending(1);
    assert!(ingest.err.contains("cannot open the database postgres://ann:***@127.0.0.1:1/x"), "{ingest:?}");
    for arguments in [["config", "show"], ["doctor", "--json"]] {
        let said = place.run(&arguments).ending(0);
        assert!(!said.out.contains("s3cret") && !said.err.contains("s3cret"), "{said:?}");
        assert!(said.out.contains("ann:***@"), "{said:?}");
    }
}

#[test]
fn the_demo_keeps_off_a_served_database() {
    let place = Place::new();
    let said = place.run(&["demo", "--no-serve", "--database-url", "postgres://db/x"]).ending(1);
    assert!(said.err.contains("leave out --database-url"), "{said:?}");
}

#[tokio::test]
async fn the_database_is_looked_after() {
    let (_database, place) = served().await;
    place.run(&["db", "migrate"]).ending(0);
    fill(&place);
    let findings = |place: &Place| {
        let report = place.run(&["db", "doctor", "--json"]).ending(0).json();
        let sick = report["findings"].as_array().unwrap().iter().filter(|f| f["healthy"] == false);
        sick.map(|f| f["advice"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // Partitions ahead of time, and the trends of odds, which imports leave alone.
    assert_eq!(findings(&place), ["touchline db maintain"; 2]);
    let made = place.run(&["db", "maintain", "--json"]).ending(0).json();
    assert!(made["created"].as_u64().unwrap() > 10, "{made}");
    assert_eq!(made["refreshed"], serde_json::json!(["mv_odds_trends", "mv_team_recent_performance"]));
    assert_eq!(findings(&place), [""; 0]);
    let hash = place.content_hash();
    let made = place.run(&["db", "maintain", "--keep-odds-months", "1", "--json"]).ending(0).json();
    assert_eq!((&made["created"], &made["detached"][0]), (&0.into(), &"detached.odds_2022_08".into()));
    assert_ne!(place.content_hash(), hash, "what is put away is no longer there");
    place.run(&["db", "roles"]).ending(0);
    place.run(&["db", "roles"]).ending(0);

    let embedded = Place::new();
    assert_eq!(findings(&embedded), [""; 0]);
    let said = embedded.run(&["db", "roles"]).ending(1);
    assert!(said.err.contains("names a server"), "{said:?}");
}
