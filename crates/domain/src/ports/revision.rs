use super::StoreError;
use async_trait::async_trait;
use std::sync::Arc;

/// Stands for everything that a store holds at one time. Two equal revisions of one store mean that nothing was
/// committed in between, by any process; two different ones may hold the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Revision(Arc<str>);

impl Revision {
    /// A revision by the text that the store gives it.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether anything has changed: what a cache asks before it answers from memory.
#[async_trait]
pub trait RevisionReader: Send + Sync {
    /// The revision that includes every write committed before the call. None where the store cannot say, and a
    /// caller must keep nothing.
    ///
    /// What is read after this call, and later answered while the revision is still the same, is current.
    ///
    /// # Errors
    /// The store is not available.
    async fn revision(&self) -> Result<Option<Revision>, StoreError>;
}
