//! Whether the database answers.

use crate::PostgresStore;
use crate::error::Mapped;
use async_trait::async_trait;
use touchline_domain::ports::{HealthCheck, StoreError};

#[async_trait]
impl HealthCheck for PostgresStore {
    async fn check(&self) -> Result<String, StoreError> {
        let (version, bytes): (String, i64) = sqlx::query_as(include_str!("../queries/health.sql"))
            .fetch_one(&mut *self.read().await?)
            .await
            .mapped()?;
        Ok(format!("PostgreSQL {version}, {} MiB", bytes / (1 << 20)))
    }
}
