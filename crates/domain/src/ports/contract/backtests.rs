//! Reports of backtests.

use super::fixture::prelude::*;
use crate::BacktestId;
use crate::ports::{NewBacktest, Store};
use chrono::{DateTime, Duration};
use std::ops::Deref;

fn backtest(day: i64, profit: f64) -> NewBacktest {
    NewBacktest {
        made_at: DateTime::UNIX_EPOCH + Duration::days(19_700 + day),
        summary: serde_json::json!({ "strategies": 1, "of": "Ä" }),
        report: serde_json::json!({ "strategies": [{ "name": "Ä", "profit": profit }] }),
    }
}

/// They come back whole, the latest first, page by page.
pub async fn backtests_come_back_latest_first<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert_eq!(store.backtests(None, 10).await.expect("read"), []);
    assert_eq!(store.backtest(BacktestId(1)).await.expect("read"), None);
    let (first, second) = (backtest(1, -3.5), backtest(2, 0.25));
    let ids =
        [store.keep_backtest(&first).await.expect("kept"), store.keep_backtest(&second).await.expect("kept")];
    assert!(ids[0] < ids[1]);
    let page = store.backtests(None, 1).await.expect("read");
    assert_eq!((page.len(), page[0].id, page[0].made_at), (1, ids[1], second.made_at));
    let rest = store.backtests(Some(ids[1]), 10).await.expect("read");
    assert_eq!((rest.len(), rest[0].id, &rest[0].summary), (1, ids[0], &first.summary));
    assert_eq!(store.backtests(Some(ids[0]), 10).await.expect("read"), []);
    let whole = store.backtest(ids[0]).await.expect("read").expect("it was kept");
    assert_eq!((&whole.entry, &whole.report), (&rest[0], &first.report));
}

/// The same strategies on the same data say the same: that is kept once, by its first time.
pub async fn a_backtest_that_says_the_same_is_kept_once<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let id = store.keep_backtest(&backtest(1, 1.5)).await.expect("kept");
    assert_eq!(store.keep_backtest(&backtest(9, 1.5)).await.expect("kept"), id);
    let held = store.backtests(None, 10).await.expect("read");
    assert_eq!((held.len(), held[0].made_at), (1, backtest(1, 1.5).made_at));
    assert_ne!(store.keep_backtest(&backtest(9, 1.75)).await.expect("kept"), id);
    let hostile = NewBacktest { report: serde_json::json!({ "name": "\0" }), ..backtest(1, 0.0) };
    // JSON writes it as an escape, which is text like any other.
    let id = store.keep_backtest(&hostile).await.expect("kept");
    let held = store.backtest(id).await.expect("read").expect("it was kept");
    assert_eq!(held.report, hostile.report);
}
