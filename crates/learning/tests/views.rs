//! Which views of prices the matches of a store allow to train.

use chrono::{DateTime, NaiveDate, Utc};
use std::sync::Arc;
use touchline_collect::sources::simulated::{self, Simulated};
use touchline_domain::{Silent, SystemClock};
use touchline_features::MarketView;
use touchline_intake::identity::SourceOrder;
use touchline_intake::import::import_documents;
use touchline_intake::ingest::Incoming;
use touchline_learning::train::trainable_views;
use touchline_store_sqlite::SqliteStore;

#[tokio::test]
async fn a_view_is_trained_where_enough_matches_were_priced_by_then() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("touchline.db"), Arc::new(SystemClock)).await.unwrap();
    let views = async |until: Option<DateTime<Utc>>| trainable_views(&store, until).await.unwrap();
    assert_eq!(views(None).await, [MarketView::None]);
    let today = NaiveDate::from_ymd_opt(2024, 3, 1).unwrap();
    let documents = simulated::files(5, today).into_iter().map(|(name, bytes)| Incoming { name, bytes });
    let (order, clock) = (SourceOrder::default(), SystemClock);
    import_documents(&store, &Simulated, documents.collect(), &order, &clock, &Silent).await.unwrap();
    // No price of the simulation is a closing one.
    let all = [MarketView::None, MarketView::Earlier, MarketView::PreMatch];
    assert_eq!(views(None).await, all);
    // Within the first of its seasons too few had been played.
    assert_eq!(views(Some("2020-12-01T00:00:00Z".parse().unwrap())).await, [MarketView::None]);
}
