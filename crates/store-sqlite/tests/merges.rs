//! What the journal of merges must hold on SQLite, and how long a big merge takes.

mod support;

use support::fresh;
use touchline_domain::ports::FeatureSet;
use touchline_domain::ports::contract::samples::merge_of_five_thousand;

/// Texts of numbers in the journal give the numbers back.
#[tokio::test]
async fn a_number_comes_back_bit_for_bit_from_its_text() {
    let store = fresh().await;
    let mut raw = store.raw().await;
    let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000), \
        x (v) AS MATERIALIZED (SELECT (abs(random() / 2) % 9007199254740881) * 99.0 / 9007199254740881.0 FROM n) \
        SELECT count(*) FROM x WHERE CAST(printf('%!.17g', v) AS REAL) <> v";
    let wrong: i64 = sqlx::query_scalar(sql).fetch_one(&mut raw).await.unwrap();
    assert_eq!(wrong, 0);
}

#[tokio::test]
#[ignore = "measures, so run it alone: --run-ignored only"]
async fn five_thousand_matches_are_merged_and_parted() {
    let store = fresh().await;
    let features = FeatureSet::new(|bytes| *blake3::hash(bytes).as_bytes(), vec!["strength@1".to_owned()]);
    let [merging, parting] = merge_of_five_thousand(&store.store, &features).await;
    eprintln!("merged in {} ms, parted in {} ms", merging.num_milliseconds(), parting.num_milliseconds());
}
