//! The report of the week that is over.

use super::Desk;
use crate::commands::quality::summary;
use crate::output;
use async_trait::async_trait;
use serde_json::{Value, json};
use std::sync::Arc;
use touchline_alerting::Alerting;
use touchline_intake::quality::weekly::week_report;
use touchline_jobs::{Body, JobError, Run};
use touchline_learning::whole_file::replace_file;
use touchline_quality::weekly::Week;
use touchline_report::render_quality;

/// Writes the report, as a page and as JSON, and tells people.
pub struct QualityReport {
    pub desk: Desk,
}

#[async_trait]
impl Body for QualityReport {
    async fn run(&self, run: &Run) -> Result<Value, JobError> {
        // Of the time that it is for: one that is made up for later is of the same week.
        let week = match run.text("week") {
            Some(text) => text.parse().map_err(|wrong| JobError::permanent("parameters", wrong))?,
            None => Week::before(run.job.what.due_at),
        };
        let store = &self.desk.store;
        let report = week_report(store.as_ref(), week, run.clock.now()).await?;
        let folder = self.desk.session.data_dir().join("reports").join("quality");
        let page = folder.join(format!("{week}.html"));
        let data = folder.join(format!("{week}.json"));
        let json_text = serde_json::to_vec_pretty(&report).map_err(|e| JobError::permanent("report", e))?;
        let written = std::fs::create_dir_all(&folder)
            .and_then(|()| replace_file(&page, render_quality(&report).as_bytes()))
            .and_then(|()| replace_file(&data, &json_text));
        written.map_err(|error| {
            JobError::transient("disk", format!("cannot write to {}: {error}", folder.display()))
        })?;
        let settings = &self.desk.session.config.alerts;
        let of_settings = |error: anyhow::Error| JobError::permanent("alerts", output::told(error.as_ref()));
        let channels = settings.channels(&run.clock).map_err(of_settings)?;
        let routes = settings.routes().map_err(of_settings)?;
        let alerting = Alerting::new(Arc::clone(store), channels, routes, settings.public_url());
        let text = format!("{}\n\nThe whole report: {}", summary(&report), page.display());
        let (told, faults) = alerting.inform(&format!("quality of data, {week}"), &text).await;
        if told.is_empty() && !faults.is_empty() {
            // It is written anew the next time, and told then.
            return Err(JobError::transient("channel", faults.join("; ")));
        }
        Ok(json!({ "week": report.week, "page": page, "told_by": told, "not_told": faults }))
    }
}
