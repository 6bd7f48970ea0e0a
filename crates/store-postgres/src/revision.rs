//! Whether anything was committed, by whatever process.

use crate::PostgresStore;
use crate::error::Mapped;
use async_trait::async_trait;
use touchline_domain::ports::{Revision, RevisionReader, StoreError};

#[async_trait]
impl RevisionReader for PostgresStore {
    /// None where replicas answer reads: each has a past of its own.
    async fn revision(&self) -> Result<Option<Revision>, StoreError> {
        if self.replicas.are_there() {
            return Ok(None);
        }
        let query = sqlx::query_scalar(include_str!("../queries/revision.sql"));
        let snapshot: String = query.fetch_one(&mut *self.read().await?).await.mapped()?;
        Ok(Some(Revision::new(&snapshot)))
    }
}
