//! Bookmakers have one name in the store, whoever writes their prices and whenever these were stored. All values are invented.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::Arc;
use touchline_collect::sources::by_name;
use touchline_domain::ports::{MatchFacts, MatchReader, SilverChange, SilverReader, SilverWriter};
use touchline_domain::{FixedClock, MatchId, OddsQuote};
use touchline_intake::identity::SourceOrder;
use touchline_intake::ingest::{Incoming, IngestReport, ingest};
use touchline_store_sqlite::SqliteStore;

fn clock() -> FixedClock {
    FixedClock("2026-03-01T12:00:00Z".parse().unwrap())
}

fn rows(bookmakers: &[&str]) -> String {
    let heading = "league,commence_time,home_team,away_team,bookmaker,market,outcome,price,last_update\n";
    let row = |book: &str, outcome: &str, price: &str| {
        format!("E0,2026-03-07T15:00:00Z,Aau,Bau,{book},h2h,{outcome},{price},2026-02-28T18:00:00Z\n")
    };
    let of =
        |book: &&str| [row(book, "Aau", "1.8"), row(book, "Draw", "3.6"), row(book, "Bau", "4.5")].concat();
    format!("{heading}{}", bookmakers.iter().map(of).collect::<String>())
}

async fn take(store: &SqliteStore, name: &str, text: &str) -> IngestReport {
    let document = Incoming { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
    let (order, mut report) = (SourceOrder::default(), IngestReport::default());
    let source = by_name("odds-import").unwrap();
    ingest(store, source, &document, &order, &clock(), &mut report).await.unwrap();
    report
}

async fn books(store: &SqliteStore) -> Vec<String> {
    let quotes = store.odds_of_match(MatchId(1)).await.unwrap();
    let mut books: Vec<String> = quotes.iter().map(|quote| quote.bookmaker.to_string()).collect();
    books.sort_unstable();
    books
}

#[tokio::test]
async fn prices_are_kept_under_the_code_of_their_bookmaker() {
    let store = SqliteStore::in_memory(Arc::new(clock())).await.unwrap();
    let report = take(&store, "a.csv", &rows(&["Pinnacle", "bet365", "A Book of Its Own"])).await;
    assert_eq!(report.matches.new, 1, "{report:#?}");
    assert_eq!(books(&store).await, ["A Book of Its Own", "B365", "PS"]);
    // Another spelling of the same price says nothing new.
    let again = take(&store, "b.csv", &rows(&["Pinnacle Sports"])).await;
    assert_eq!((again.matches.new, again.matches.changed), (0, 0), "{again:#?}");
    assert_eq!(books(&store).await.len(), 3);
}

#[tokio::test]
async fn a_price_that_was_stored_before_the_table_had_its_name_is_not_stored_twice() {
    let store = SqliteStore::in_memory(Arc::new(clock())).await.unwrap();
    take(&store, "a.csv", &rows(&["A Book of Its Own"])).await;
    let quote = store.odds_of_match(MatchId(1)).await.unwrap().remove(0);
    let old = OddsQuote { bookmaker: "Pinnacle".into(), ..quote };
    let facts = MatchFacts { odds: vec![old], ..MatchFacts::default() };
    let change = SilverChange { facts: vec![(MatchId(1), facts)], ..SilverChange::default() };
    store.apply(&change).await.unwrap();
    let before = store.content_hash().await.unwrap();
    take(&store, "b.csv", &rows(&["Pinnacle"])).await;
    assert_eq!(books(&store).await, ["A Book of Its Own", "Pinnacle"]);
    assert_eq!(store.content_hash().await.unwrap(), before);
}
