use super::{Ending, ingest};
use crate::cli::Reprocess as Arguments;
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Result, bail};
use chrono::NaiveTime;
use serde::Serialize;
use touchline_collect::Source;
use touchline_collect::sources;
use touchline_domain::ports::{SilverCounts, SummaryView};
use touchline_intake::reprocess::{Reprocess, ReprocessReport, reprocess};

#[derive(Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    report: &'a ReprocessReport,
    store: ingest::Held,
}

/// `touchline reprocess`.
pub async fn run(session: &Session, arguments: &Arguments) -> Result<Ending> {
    if let Some(name) = &arguments.source
        && sources::by_name(name).is_none()
    {
        bail!(
            "this program does not know the source {name:?}; name one of {}",
            sources::ALL.map(Source::name).join(", ")
        );
    }
    let store = session.store(Role::Writer).await?;
    let which = Reprocess {
        source: arguments.source.as_deref(),
        since: arguments.since.map(|day| day.and_time(NaiveTime::MIN).and_utc()),
    };
    let report = reprocess(
        store.as_ref(),
        which,
        &session.config.source_order_with(arguments.corrections),
        session.clock.as_ref(),
        &session.progress,
    )
    .await?;
    // As after an import: what is stored counts whether or not this succeeds.
    if let Err(error) = store.refresh(&[SummaryView::RecentPerformance]).await {
        tracing::warn!(%error, "recent performance was not computed anew: touchline db maintain");
    }
    print(session, &report, store.counts().await?)?;
    Ok(if report.ingest.has_rejected_rows() { Ending::WithRejections } else { Ending::Done })
}

fn print(session: &Session, report: &ReprocessReport, held: SilverCounts) -> Result<()> {
    if session.json {
        return output::json(&Printed { report, store: held.into() });
    }
    ingest::print(session, &report.ingest, held)?;
    for (source, documents) in &report.skipped {
        output::line(format!(
            "{} documents of {source:?} were skipped: this program does not know that source",
            count(*documents)
        ));
    }
    Ok(())
}
