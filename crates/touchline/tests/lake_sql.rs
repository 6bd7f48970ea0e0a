//! SQL over the lake, in builds that have it.
#![cfg(feature = "lake-sql")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use serde_json::{Value, json};
use std::sync::Arc;
use support::{Place, quotes, results};
use touchline_domain::SystemClock;
use touchline_domain::ports::Store;
use touchline_store_sqlite::SqliteStore;

fn rows(place: &Place, query: &str) -> Value {
    place.run(&["lake", "sql", query, "--json"]).ending(0).json()["rows"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_see_what_the_manifests_name() {
    let place = Place::new();
    assert_eq!(rows(&place, "SELECT count(*) FROM odds"), json!([[0]]), "an empty lake has all tables");
    let clubs: Vec<usize> = (0..4).collect();
    let file = place.write("2019.csv", results::text(&results::season("XAA1", 2019, &clubs)));
    place.ingest(0, "challenge", &[&file]);
    let path = place.data().join("touchline.db");
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&path, Arc::new(SystemClock)).await.unwrap());
    let held = quotes::collect(&store, 10).await;
    place.run(&["lake", "export"]).ending(0);
    assert_eq!(rows(&place, "SELECT count(*), count(DISTINCT match_id) FROM odds"), json!([[held, 12]]));
    let dearest = rows(&place, "SELECT max(home_odds) FROM odds WHERE market_type = '1x2'");
    let ids: Vec<_> = store.results().await.unwrap().iter().map(|r| r.id).collect();
    let recorded = store.recorded_quotes(&ids).await.unwrap();
    let homes = recorded.iter().filter(|r| r.quote.market.name() == "1x2").filter_map(|r| r.quote.prices[0]);
    let most = homes.max().unwrap().thousandths();
    assert_eq!(dearest, json!([[format!("{}.{:03}", most / 1000, most % 1000)]]), "decimals are exact");
    let joined = rows(
        &place,
        "SELECT m.home_team, count(*) AS n FROM matches m JOIN odds o USING (match_id) \
         WHERE o.bookmaker = 'O''Neill''s \"X\"' GROUP BY m.home_team ORDER BY n DESC, 1",
    );
    assert_eq!(joined.as_array().unwrap().len(), 4, "{joined}");

    place.run(&["lake", "archive"]).ending(0);
    assert_eq!(
        rows(&place, "SELECT count(*) FROM (SELECT * FROM odds UNION SELECT * FROM odds_archive)"),
        json!([[held]])
    );
    let limited =
        place.run(&["lake", "sql", "SELECT * FROM odds", "--limit", "3", "--json"]).ending(0).json();
    assert_eq!((limited["rows"].as_array().unwrap().len(), &limited["more"]), (3, &json!(true)));
    let table = place.run(&["lake", "sql", "SELECT league, season FROM matches LIMIT 1"]).ending(0);
    assert!(table.out.contains("league") && table.out.contains("XAA1"), "{table:?}");
}

#[test]
fn only_queries_are_answered() {
    let place = Place::new();
    for (query, what) in [
        ("DROP TABLE odds", "DDL"),
        ("INSERT INTO teams VALUES ('a', 'b')", "DML"),
        ("COPY teams TO '/tmp/x.csv'", "DML"),
        ("CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '/etc/passwd'", "DDL"),
        ("SET datafusion.execution.batch_size = 1", "Statement"),
        ("SELECT * FROM '/etc/passwd'", "not found"),
        ("SELECT nothing FROM odds", "nothing"),
        ("SELEC 1", "SELEC"),
    ] {
        let said = place.run(&["lake", "sql", query]).ending(1);
        assert!(said.err.contains(what), "{query}: {said:?}");
    }
}
