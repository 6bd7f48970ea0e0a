//! Rows that rules held back, once somebody has decided about them.

use super::{Desk, failed};
use async_trait::async_trait;
use serde_json::{Value, json};
use touchline_intake::held::settle;
use touchline_jobs::{Body, JobError, Run};

/// Reads the documents of decided rows again.
pub struct HeldRows {
    pub desk: Desk,
}

#[async_trait]
impl Body for HeldRows {
    async fn run(&self, run: &Run) -> Result<Value, JobError> {
        let Desk { session, store } = &self.desk;
        let order = session.config.source_order();
        let report = settle(store.as_ref(), &order, run.clock.as_ref()).await;
        let report = report.map_err(|error| failed("held_rows", &error))?;
        Ok(
            json!({ "documents": report.documents, "new": report.matches.new, "changed": report.matches.changed }),
        )
    }
}
