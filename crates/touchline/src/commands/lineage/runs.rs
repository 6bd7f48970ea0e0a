//! Runs of jobs, and what they read and write.

use crate::commands::Ending;
use crate::config::Role;
use crate::output;
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use chrono::Days;
use touchline_domain::ports::{NodeName, ReadStore, Store, StoredRun};
use touchline_lineage::graph::{Graph, NodeId};
use touchline_lineage::{JOBS, forward, marquez};

/// A backend that takes nothing is not asked for ever.
const ROUNDS: usize = 1000;

/// Jobs with their latest runs.
pub async fn latest(session: &Session, store: &dyn Store) -> Result<()> {
    print(session, &store.latest_runs().await?)
}

/// Runs of one job.
pub async fn of_job(session: &Session, store: &dyn Store, job: &str, limit: u32) -> Result<()> {
    let runs = store.runs_of(&NodeName::new(JOBS, job), limit).await?;
    if runs.is_empty() {
        let known: Vec<&str> = touchline_lineage::jobs().iter().map(|job| job.name).collect();
        bail!("no run of {job:?} is recorded; recorded are runs of {}", known.join(", "));
    }
    print(session, &runs)
}

fn print(session: &Session, runs: &[StoredRun]) -> Result<()> {
    if session.json {
        return output::json(&runs.iter().map(marquez::run).collect::<Vec<_>>());
    }
    if runs.is_empty() {
        output::line("no run is recorded yet");
        return Ok(());
    }
    let row = |run: &StoredRun| {
        let took =
            run.ended_at.map_or_else(String::new, |at| format!("{} s", (at - run.started_at).num_seconds()));
        let began = run.started_at.format("%Y-%m-%d %H:%M:%S").to_string();
        vec![run.job.name.clone(), run.kind.state().to_lowercase(), began, took, run.id.clone()]
    };
    let rows: Vec<Vec<String>> = runs.iter().map(row).collect();
    output::table(&["job", "state", "began", "took", "run"], &rows);
    Ok(())
}

/// Events, one a line.
pub async fn events(store: &dyn Store, run: Option<&str>, limit: u32) -> Result<()> {
    for event in store.run_events(run, limit).await? {
        output::line(event.body);
    }
    Ok(())
}

/// What is around a node.
pub async fn graph(session: &Session, store: &dyn Store, node: &NodeId, depth: u32) -> Result<()> {
    let reader: &dyn ReadStore = store;
    let graph = Graph::of(reader).await?;
    if graph.node(node).is_none() {
        bail!("no run has told of {node}; `touchline lineage runs` lists jobs, and an event names datasets");
    }
    if session.json {
        return output::json(&marquez::lineage(&graph, node, depth));
    }
    for id in graph.around(node, depth) {
        let (from, to) = graph.edges_of(&id);
        output::line(&id);
        for (from, _) in from {
            output::line(format!("  <- {from}"));
        }
        for (_, to) in to {
            output::line(format!("  -> {to}"));
        }
    }
    Ok(())
}

/// Sends what waits.
pub async fn send(session: &Session) -> Result<Ending> {
    let backend = session.config.lineage.backend()?;
    let backend = backend.context("no backend is configured: set [lineage] url, or OPENLINEAGE_URL")?;
    let store = session.store(Role::Writer).await?;
    // Times to try again are of now and later.
    let now = session.clock.now() + Days::new(1);
    let (mut sent, mut refused) = (0, 0);
    for _ in 0..ROUNDS {
        let done = forward::forward(store.as_ref(), &backend, now).await?;
        (sent, refused) = (sent + done.sent, refused + done.refused);
        if let Some(fault) = done.fault.filter(|_| done.refused == 0) {
            bail!("{sent} events were sent, then: {fault}");
        }
        if done.sent + done.refused == 0 {
            break;
        }
    }
    output::line(format!("{sent} events were sent, {refused} were refused for good"));
    Ok(Ending::Done)
}
