//! Whether the database answers.

use crate::SqliteStore;
use crate::error::Mapped;
use async_trait::async_trait;
use touchline_domain::ports::{HealthCheck, StoreError};

#[async_trait]
impl HealthCheck for SqliteStore {
    async fn check(&self) -> Result<String, StoreError> {
        let mut connection = self.read().await?;
        let (version, bytes): (String, i64) = sqlx::query_as(include_str!("../queries/health.sql"))
            .fetch_one(&mut *connection)
            .await
            .mapped()?;
        Ok(format!("SQLite {version}, {} MiB", bytes / (1 << 20)))
    }
}
