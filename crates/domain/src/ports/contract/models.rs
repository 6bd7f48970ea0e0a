//! The registry of models.

use super::fixture::prelude::*;
use super::fixture::{refused, time};
use crate::ports::{ModelVersion, Store};
use std::ops::Deref;

fn model(name: &str, version: &str, trained_at: i64) -> ModelVersion {
    ModelVersion {
        name: name.to_owned(),
        version: version.to_owned(),
        path: format!("models/{name}/{version}"),
        manifest_hash: format!("hash of {name} {version}"),
        trained_at: time(trained_at),
        metrics: serde_json::json!({ "rps": { "mean": 0.2144, "n": 714 }, "notes": ["é\"'\\"], "none": null }),
    }
}

/// Of all models and versions, the one activated last; versions come latest first.
pub async fn one_version_answers<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert_eq!(store.active().await.expect("read"), None);
    let [a, b, c] = [model("gbm", "1", 0), model("gbm", "2", 50), model("poisson", "1", 20)];
    for registered in [&a, &b, &c, &a] {
        store.register(registered).await.expect("registered, also again");
    }
    assert_eq!(store.active().await.expect("read"), None, "registering does not activate");
    assert_eq!(store.versions().await.expect("read"), [b.clone(), c.clone(), a.clone()]);
    for active in [&a, &c, &c, &b, &a] {
        store.activate(&active.name, &active.version).await.expect("activated");
        assert_eq!(store.active().await.expect("read").as_ref(), Some(active));
    }
}

/// A version is what its manifest says, for good.
pub async fn a_version_has_one_manifest<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let first = model("gbm", "1", 0);
    store.register(&first).await.expect("registered");
    let other = ModelVersion { manifest_hash: "another".to_owned(), ..first.clone() };
    refused(store.register(&other).await, "another manifest");
    assert_eq!(store.versions().await.expect("read"), [first]);
}

/// What is not registered cannot answer, and what answers goes on.
pub async fn an_unknown_version_cannot_answer<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let first = model("gbm", "1", 0);
    store.register(&first).await.expect("registered");
    store.activate("gbm", "1").await.expect("activated");
    refused(store.activate("gbm", "2").await, "an unknown version");
    refused(store.activate("poisson", "1").await, "an unknown model");
    assert_eq!(store.active().await.expect("read"), Some(first));
}
