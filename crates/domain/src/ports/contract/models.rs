//! The registry of models.

use super::fixture::prelude::*;
use super::fixture::{refused, time};
use crate::ports::{Artifact, ArtifactError, ModelAlias, ModelVersion, Store};
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

async fn champion(store: &(impl Store + ?Sized), name: &str) -> Option<ModelVersion> {
    store.aliased(name, ModelAlias::Champion).await.expect("read")
}

/// Each name of a model has a champion of its own; versions come latest first.
pub async fn every_model_has_one_champion<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let [a, b, c] = [model("gbm", "1", 0), model("gbm", "2", 50), model("poisson", "1", 20)];
    for registered in [&a, &b, &c, &a] {
        store.register(registered).await.expect("registered, also again");
    }
    assert_eq!(store.model_aliases().await.expect("read"), [], "registering gives no alias");
    assert_eq!(store.versions().await.expect("read"), [b.clone(), c.clone(), a.clone()]);
    for promoted in [&a, &c, &c, &b, &a] {
        store.promote(&promoted.name, &promoted.version).await.expect("promoted");
        assert_eq!(champion(&*store, &promoted.name).await.as_ref(), Some(promoted));
    }
    assert_eq!(champion(&*store, "poisson").await, Some(c));
    assert_eq!(store.aliased("gbm", ModelAlias::Previous).await.expect("read"), Some(b));
}

/// A rollback exchanges champion and previous version; a challenger is neither.
pub async fn a_promotion_is_rolled_back<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert_eq!(store.roll_back("gbm").await.expect("nothing to do"), None);
    for version in ["1", "2", "3"] {
        store.register(&model("gbm", version, 0)).await.expect("registered");
    }
    store.promote("gbm", "1").await.expect("promoted");
    assert_eq!(store.roll_back("gbm").await.expect("nothing before"), None);
    refused(store.challenge("gbm", "1").await, "the champion as its challenger");
    store.challenge("gbm", "2").await.expect("a challenger");
    store.promote("gbm", "2").await.expect("promoted");
    store.challenge("gbm", "3").await.expect("a challenger");
    let assigned = async || {
        let all = store.model_aliases().await.expect("read");
        all.into_iter().map(|a| (a.alias, a.version)).collect::<Vec<_>>()
    };
    let of = |champion: &str, previous: &str| {
        [(ModelAlias::Challenger, "3"), (ModelAlias::Champion, champion), (ModelAlias::Previous, previous)]
            .map(|(alias, version)| (alias, version.to_owned()))
    };
    let sorted = async || {
        let mut all = assigned().await;
        all.sort_by_key(|(alias, _)| alias.name());
        all
    };
    assert_eq!(sorted().await, of("2", "1"));
    assert_eq!(store.roll_back("gbm").await.expect("rolled back").as_deref(), Some("1"));
    assert_eq!(sorted().await, of("1", "2"));
    assert_eq!(store.roll_back("gbm").await.expect("rolled back").as_deref(), Some("2"));
    assert_eq!(sorted().await, of("2", "1"));
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

/// What is not registered gets no alias, and the champion stays.
pub async fn an_unknown_version_gets_no_alias<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let first = model("gbm", "1", 0);
    store.register(&first).await.expect("registered");
    store.promote("gbm", "1").await.expect("promoted");
    refused(store.promote("gbm", "2").await, "an unknown version");
    refused(store.challenge("gbm", "2").await, "an unknown challenger");
    refused(store.promote("poisson", "1").await, "an unknown model");
    assert_eq!(champion(&*store, "gbm").await, Some(first));
}

/// A bundle is kept once and comes back byte for byte; another one under its name is refused.
pub async fn files_of_a_model_come_back<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let file = |name: &str, bytes: &[u8]| Artifact { name: name.to_owned(), bytes: bytes.to_vec() };
    let files = [file("b.txt", &[0, 255, 10, 13]), file("a.json", b""), file("c", &vec![7; 100_000])];
    assert_eq!(store.fetch_bundle("gbm", "1").await.expect("read"), None);
    for _ in 0..2 {
        store.keep_bundle("gbm", "1", &files).await.expect("kept, also again");
    }
    let mut wanted = files.to_vec();
    wanted.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(store.fetch_bundle("gbm", "1").await.expect("read"), Some(wanted.clone()));
    for other in [&files[..2], &[file("b.txt", b"x"), files[1].clone(), files[2].clone()]] {
        let refused = store.keep_bundle("gbm", "1", other).await;
        assert!(matches!(refused, Err(ArtifactError::Conflict(_))), "{refused:?}");
    }
    assert_eq!(store.fetch_bundle("gbm", "1").await.expect("read"), Some(wanted));
    assert!(store.keep_bundle("gbm", "2", &[file("../up", b"x")]).await.is_err());
    assert_eq!(store.fetch_bundle("gbm", "2").await.expect("read"), None);
}
