use super::{Ending, jobs};
use crate::cli::Flows;
use crate::config::Role;
use crate::jobs::scheduler_settings;
use crate::output;
use crate::wiring::Session;
use anyhow::{Result, bail};
use serde_json::{Value, json};
use std::collections::HashMap;
use touchline_domain::JobFilter;
use touchline_jobs::flows::{self, FLOWS};
use touchline_jobs::operate::run_flow;

/// Steps of a run that are shown.
const STEPS: u32 = 1_000;

/// `touchline flows`.
pub async fn run(session: &Session, command: &Flows) -> Result<Ending> {
    match command {
        Flows::List => list(session)?,
        Flows::Show { run } => show(session, run).await?,
        Flows::Run { name, parameters } => start(session, name, parameters).await?,
    }
    Ok(Ending::Done)
}

fn list(session: &Session) -> Result<()> {
    let sources = scheduler_settings(session).sources;
    let steps = |flow: &flows::Flow| -> Vec<String> {
        let jobs = flow.jobs("", session.clock.now(), &json!({}), &sources);
        jobs.into_iter().filter_map(|job| job.flow).map(|flow| flow.step).collect()
    };
    if session.json {
        let listed = FLOWS.iter().map(|flow| {
            json!({ "name": flow.name, "aliases": flow.aliases, "about": flow.about, "steps": steps(flow) })
        });
        return output::json(&listed.collect::<Vec<_>>());
    }
    let rows: Vec<Vec<String>> = FLOWS
        .iter()
        .map(|flow| vec![flow.name.to_owned(), steps(flow).join(", "), flow.about.to_owned()])
        .collect();
    output::table(&["flow", "steps", "what it does"], &rows);
    Ok(())
}

async fn show(session: &Session, run: &str) -> Result<()> {
    let filter = JobFilter { flow: Some(run.to_owned()), ..JobFilter::default() };
    let mut steps = session.store(Role::Reader).await?.jobs(&filter, STEPS).await?;
    if steps.is_empty() {
        bail!("there is no run {run:?}; `touchline jobs list` shows the latest");
    }
    steps.reverse();
    if session.json {
        return output::json(&json!({ "flow": run, "steps": steps }));
    }
    jobs::table(&steps, &HashMap::new(), session.clock.now());
    Ok(())
}

async fn start(session: &Session, name: &str, parameters: &Value) -> Result<()> {
    let store = session.store(Role::Writer).await?;
    let sources = scheduler_settings(session).sources;
    let (run, asked) = run_flow(store.as_ref(), name, parameters, &sources, session.clock.now()).await?;
    if session.json {
        return output::json(&json!({ "flow": run, "steps": asked }));
    }
    output::line(format!("{asked} steps wait for a worker; `touchline flows show {run}` tells how it goes"));
    Ok(())
}
