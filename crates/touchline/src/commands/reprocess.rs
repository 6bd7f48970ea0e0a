use super::{Ending, ingest};
use crate::cli::ReprocessArguments as Arguments;
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
    // Tables have sources of any name.
    if let Some(name) = &arguments.source
        && sources::by_name(name).is_none()
        && report.ingest.documents == 0
        && report.skipped.is_empty()
    {
        bail!(
            "no document of the source {name:?} is stored; name one of {}, or that of a table",
            sources::ALL.map(Source::name).join(", ")
        );
    }
    // As after an import: what is stored counts whether or not this succeeds.
    if let Err(error) = store.refresh(&[SummaryView::RecentPerformance]).await {
        tracing::warn!(%error, "recent performance was not computed anew: touchline db maintain");
    }
    print(session, &report, store.counts().await?)?;
    Ok(report.ingest.outcome().into())
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
