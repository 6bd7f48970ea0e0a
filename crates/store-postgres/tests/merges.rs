//! How long a big merge takes.

mod support;

use support::fresh;
use touchline_domain::ports::FeatureSet;
use touchline_domain::ports::contract::samples::merge_of_five_thousand;

#[tokio::test]
#[ignore = "measures, so run it alone: --run-ignored only"]
async fn five_thousand_matches_are_merged_and_parted() {
    let store = fresh().await;
    let features = FeatureSet::new(|bytes| *blake3::hash(bytes).as_bytes(), vec!["strength@1".to_owned()]);
    let [merging, parting] = merge_of_five_thousand(&store.store, &features).await;
    eprintln!("merged in {} ms, parted in {} ms", merging.num_milliseconds(), parting.num_milliseconds());
}
