//! The simulated league of a demo, as a source: what is known of it grows by the day.

use super::failed;
use crate::wiring::Session;
use serde_json::{Value, json};
use touchline_collect::sources::simulated::{Simulated, World};
use touchline_domain::ports::Store;
use touchline_domain::{CollectionCounts, CollectionEnd, CollectionKind, CollectionStatus};
use touchline_intake::import::import_documents;
use touchline_intake::ingest::Incoming;
use touchline_jobs::{JobError, Run};

/// The name of the source.
pub const NAME: &str = "simulated";

/// Takes what was played of a world since the last time.
pub async fn collect(
    session: &Session,
    store: &dyn Store,
    world: World,
    run: &Run,
) -> Result<Value, JobError> {
    let started = run.clock.now();
    if !world.lasts(started.date_naive()) {
        let why = "the season of the simulated league is over; `touchline demo` begins the next";
        return Ok(json!({ "source": NAME, "matches": null, "why": why }));
    }
    let begun = store.begin_collection(NAME, CollectionKind::Results, started, Some(run.job.id)).await?;
    let files = world.files(started.date_naive()).into_iter();
    let documents = files.map(|(name, bytes)| Incoming { name, bytes }).collect();
    let (order, clock) = (session.config.source_order(), run.clock.as_ref());
    let imported = import_documents(store, &Simulated, documents, &order, clock, run.progress.as_ref()).await;
    let (status, counts, message) = match &imported {
        Ok(report) => {
            let counts = CollectionCounts {
                answers: report.documents,
                read: report.rows,
                new: report.matches.new,
                changed: report.matches.changed,
                rejected: report.rejected_rows,
                ..CollectionCounts::default()
            };
            (CollectionStatus::Success, counts, None)
        }
        Err(error) => (CollectionStatus::Failed, CollectionCounts::default(), Some(error.to_string())),
    };
    store.end_collection(begun, &CollectionEnd { at: run.clock.now(), status, counts, message }).await?;
    let report = imported.map_err(|error| failed("collection", &error))?;
    Ok(json!({ "source": NAME, "matches": report.matches, "facts": report.facts }))
}
