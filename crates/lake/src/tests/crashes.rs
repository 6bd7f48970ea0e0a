//! Storage that fails at any point: what is read afterwards is the old state or the new one.

use super::{REPLACE, TEAMS, clock, held, put, teams};
use crate::ParquetLake;
use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use touchline_domain::ports::{Commit, Lake};

/// Dies at the request of a number: that one and all later ones fail, and where `late` it was carried out nevertheless.
#[derive(Debug)]
struct Dying {
    inner: Arc<InMemory>,
    left: AtomicUsize,
    late: bool,
}

fn dead() -> Error {
    Error::Generic { store: "dying", source: "the connection was lost".into() }
}

impl Dying {
    fn lives(&self) -> bool {
        self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok()
    }

    /// The last request before the end may have been carried out.
    fn is_last(&self) -> bool {
        self.late && self.left.load(Ordering::SeqCst) == 0
    }
}

impl fmt::Display for Dying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("dying")
    }
}

#[async_trait]
impl ObjectStore for Dying {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        if !self.lives() {
            return Err(dead());
        }
        let put = self.inner.put_opts(location, payload, options).await;
        if self.is_last() { Err(dead()) } else { put }
    }

    async fn put_multipart_opts(
        &self,
        at: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        if self.lives() { self.inner.put_multipart_opts(at, options).await } else { Err(dead()) }
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        if self.lives() { self.inner.get_opts(location, options).await } else { Err(dead()) }
    }

    fn delete_stream(&self, at: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        if self.lives() {
            return self.inner.delete_stream(at);
        }
        Box::pin(futures::stream::once(async { Err(dead()) }))
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        if self.lives() {
            return self.inner.list(prefix);
        }
        Box::pin(futures::stream::once(async { Err(dead()) }))
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

#[tokio::test]
async fn a_crash_at_any_request_leaves_the_old_or_the_new() {
    let (old, new) = (teams(&["Alpha"]), teams(&["Beta", "Gamma"]));
    for late in [false, true] {
        let mut outcomes = Vec::new();
        for left in 0..10 {
            let inner = Arc::new(InMemory::new());
            let alive = ParquetLake::on(inner.clone(), clock());
            put(&alive, TEAMS, old.clone(), REPLACE).await.unwrap();
            let dying = Dying { inner, left: AtomicUsize::new(left), late };
            let written = put(&ParquetLake::on(Arc::new(dying), clock()), TEAMS, new.clone(), REPLACE).await;
            let found = held(&alive, TEAMS).await;
            assert!(found == old || found == new, "{found:?}");
            assert!(written.is_err() || found == new, "what was said to be written is there");
            outcomes.push((written.is_ok(), found == new));
            // Whoever comes after finishes it, and a cleanup leaves one state.
            put(&alive, TEAMS, new.clone(), REPLACE).await.unwrap();
            alive.clean_up(Duration::ZERO, false).await.unwrap();
            assert_eq!(held(&alive, TEAMS).await, new);
        }
        assert!(outcomes.contains(&(false, false)) && outcomes.contains(&(true, true)), "{outcomes:?}");
        assert_eq!(outcomes.contains(&(false, true)), late, "{outcomes:?}");
    }
}

#[tokio::test]
async fn a_writer_that_is_dropped_leaves_nothing() {
    let lake = super::memory();
    let mut writer = lake.write(TEAMS).await.unwrap();
    writer.write(teams(&["Alpha"])).await.unwrap();
    drop(writer);
    assert_eq!(lake.objects.list("").await.unwrap().len(), 0);
    // Appending on top of a crash does not repeat what was appended.
    let inner = Arc::new(InMemory::new());
    let alive = ParquetLake::on(inner.clone(), clock());
    for left in [2, 3] {
        let dying = Dying { inner: inner.clone(), left: AtomicUsize::new(left), late: true };
        let _ = put(&ParquetLake::on(Arc::new(dying), clock()), TEAMS, teams(&["A"]), Commit::Append).await;
    }
    put(&alive, TEAMS, teams(&["A"]), Commit::Append).await.unwrap();
    assert_eq!(held(&alive, TEAMS).await, teams(&["A"]));
}
