//! Whether the database answers.

use crate::PostgresStore;
use crate::error::Mapped;
use async_trait::async_trait;
use std::fmt::Write;
use touchline_domain::ports::{HealthCheck, StoreError};

#[async_trait]
impl HealthCheck for PostgresStore {
    async fn check(&self) -> Result<String, StoreError> {
        let (version, bytes): (String, i64) = sqlx::query_as(include_str!("../queries/health.sql"))
            .fetch_one(&mut *self.read().await?)
            .await
            .mapped()?;
        let standings = self.replicas.standings().await;
        let mut told = format!("PostgreSQL {version}, {} MiB", bytes / (1 << 20));
        if !standings.is_empty() {
            let fit = standings.iter().filter(|replica| replica.fit.is_ok()).count();
            let _ = write!(told, "; {fit} of {} replicas answer", standings.len());
        }
        for replica in &standings {
            if let Err(why) = &replica.fit {
                let _ = write!(told, "; {}: {why}", replica.name);
            }
        }
        Ok(told)
    }
}
