//! Versions of the data.

use super::fixture::prelude::*;
use super::fixture::time;
use crate::DocumentId;
use crate::ports::{DataVersion, Store};
use std::ops::Deref;

/// A name stands for what it stood for first.
pub async fn a_version_of_the_data_keeps_its_meaning<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert_eq!(store.data_versions().await.expect("read"), []);
    let version = |name: &str, at| DataVersion {
        name: name.to_owned(),
        content_hash: "0af1".repeat(16),
        last_document: Some(DocumentId(7)),
        documents: 3,
        program: "touchline 0.1.0".to_owned(),
        made_at: time(at),
    };
    let (first, second) = (version("Ä-1", 1), DataVersion { last_document: None, ..version("b", 2) });
    assert!(store.keep_data_version(&first).await.expect("kept"));
    assert!(store.keep_data_version(&second).await.expect("kept"));
    let other = DataVersion { content_hash: "1".repeat(64), ..version("Ä-1", 3) };
    assert!(!store.keep_data_version(&other).await.expect("it is there"));
    assert_eq!(store.data_versions().await.expect("read"), [second, first]);
    for wrong in
        [version("", 4), DataVersion { content_hash: "x".to_owned(), ..version("c", 4) }, version("a\0", 4)]
    {
        assert!(store.keep_data_version(&wrong).await.is_err(), "{wrong:?}");
    }
}
