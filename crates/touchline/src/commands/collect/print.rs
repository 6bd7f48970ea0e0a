//! Plans and reports, for people and for programs.

use crate::commands::Ending;
use crate::commands::ingest::{self, Held};
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::Result;
use serde::Serialize;
use std::time::Duration;
use touchline_collect::http::Failure;
use touchline_domain::ports::{Retry, SilverCounts};
use touchline_intake::collect::{CollectReport, Fetched, Plan};
use touchline_intake::ingest::IngestReport;

/// Failures that are printed in full.
const SHOWN: usize = 10;

pub fn plan(session: &Session, plan: &Plan) -> Result<Ending> {
    if session.json {
        output::json(plan)?;
        return Ok(Ending::Done);
    }
    let rows: Vec<Vec<String>> = plan
        .calls
        .iter()
        .map(|call| {
            vec![call.document.clone(), call.kind.to_owned(), call.credits.to_string(), call.url.clone()]
        })
        .collect();
    output::table(&["document", "kind", "credits", "request"], &rows);
    output::line(format!(
        "{} requests, {} credits, at least {:.1} minutes by the limits of {}; nothing was sent",
        count(plan.requests),
        count(plan.credits),
        plan.minutes,
        plan.source
    ));
    if let (Some(left), Some(kept)) = (plan.credits_left, plan.credits_kept) {
        output::line(format!(
            "{} credits are left, of which {} are kept for line-ups and results",
            count(left),
            count(kept.min(left))
        ));
    }
    Ok(Ending::Done)
}

#[derive(Serialize)]
struct Printed<'a> {
    source: &'a str,
    #[serde(flatten)]
    fetched: Fetched,
    not_asked: u64,
    new_fields: &'a [String],
    failures: Vec<PrintedFailure<'a>>,
    #[serde(flatten)]
    ingested: &'a IngestReport,
    store: Option<Held>,
}

#[derive(Serialize)]
struct PrintedFailure<'a> {
    kind: &'static str,
    message: &'a str,
    endpoint: &'a str,
    status: Option<u16>,
    retries: u32,
    retry_after_seconds: Option<u64>,
}

/// What came, and what did not. Without counts of the store nothing was stored.
pub fn report(
    session: &Session,
    source: &str,
    report: &CollectReport,
    held: Option<SilverCounts>,
) -> Result<Ending> {
    let ending = report.outcome().into();
    if session.json {
        output::json(&Printed {
            source,
            fetched: report.fetched,
            not_asked: report.not_asked,
            new_fields: &report.new_fields,
            failures: report.failures.iter().map(printed).collect(),
            ingested: &report.ingested,
            store: held.map(Held::from),
        })?;
        return Ok(ending);
    }
    let fetched = &report.fetched;
    output::line(format!(
        "{} answers of {source}: {} fetched, {} confirmed by it, {} fresh on disk; {} the same as the last time",
        count(fetched.answers),
        count(fetched.fetched),
        count(fetched.confirmed),
        count(fetched.kept),
        count(fetched.held_before),
    ));
    for failure in report.failures.iter().take(SHOWN) {
        output::line(format!("  {:13} {failure}; {}", failure.kind.name(), advice(failure.retry)));
    }
    let more = report.failures.len().saturating_sub(SHOWN);
    if more > 0 {
        output::line(format!(
            "  and {} more; `touchline collect --runs` shows the latest",
            count(more as u64)
        ));
    }
    for fields in report.new_fields.iter().take(SHOWN) {
        output::line(format!("  new fields    {fields}"));
    }
    if report.not_asked > 0 {
        output::line(format!(
            "{} requests were not sent, since {source} refused others",
            count(report.not_asked)
        ));
    }
    match held {
        Some(held) => ingest::print(session, &report.ingested, held)?,
        None => output::line(format!("{} rows read; nothing was stored", count(report.ingested.rows))),
    }
    Ok(ending)
}

fn printed(failure: &Failure) -> PrintedFailure<'_> {
    PrintedFailure {
        kind: failure.kind.name(),
        message: &failure.message,
        endpoint: &failure.endpoint,
        status: failure.status,
        retries: failure.retries,
        retry_after_seconds: match failure.retry {
            Retry::After(wait) => Some(wait.as_secs()),
            Retry::Never => None,
        },
    }
}

fn advice(retry: Retry) -> String {
    match retry {
        Retry::Never => "asking again will not help".to_owned(),
        Retry::After(wait) if wait < Duration::from_mins(2) => format!("ask again in {} s", wait.as_secs()),
        Retry::After(wait) if wait < Duration::from_hours(2) => {
            format!("ask again in {} min", wait.as_secs().div_ceil(60))
        }
        Retry::After(wait) => format!("ask again in {} h", wait.as_secs().div_ceil(3_600)),
    }
}
