//! Runs of jobs, and the jobs and datasets that events told of.

use crate::error::corrupt;
use crate::jobs::removed;
use crate::row::Read;
use crate::statements::Statements;
use crate::store::SqlStore;
use crate::values;
use chrono::{DateTime, Utc};
use touchline_domain::ports::{
    NewRunEvent, NodeKind, NodeName, RunEventEnd, RunEventKind, SchemaColumn, StoreError, StoredNode,
    StoredRun, StoredRunEvent, texts,
};

pub async fn graph_nodes<S: SqlStore>(
    store: &S,
    kind: NodeKind,
    namespace: Option<&str>,
) -> Result<Vec<StoredNode>, StoreError> {
    texts::optional("a namespace", namespace)?;
    store.read().await?.all(S::TEXTS.runs.nodes, &values![kind.name(), namespace], node).await
}

pub async fn runs_of<S: SqlStore>(
    store: &S,
    job: &NodeName,
    limit: u32,
) -> Result<Vec<StoredRun>, StoreError> {
    texts::node(job)?;
    let values = values![&job.namespace, &job.name, limit];
    store.read().await?.all(S::TEXTS.runs.of_job, &values, run).await
}

pub async fn find_run<S: SqlStore>(store: &S, id: &str) -> Result<Option<StoredRun>, StoreError> {
    texts::key("the number of a run", id)?;
    store.read().await?.first(S::TEXTS.runs.get, &values![id], run).await
}

pub async fn latest_runs<S: SqlStore>(store: &S) -> Result<Vec<StoredRun>, StoreError> {
    store.read().await?.all(S::TEXTS.runs.latest, &values![], run).await
}

pub async fn run_events<S: SqlStore>(
    store: &S,
    run: Option<&str>,
    limit: u32,
) -> Result<Vec<StoredRunEvent>, StoreError> {
    texts::optional("the number of a run", run)?;
    store.read().await?.all(S::TEXTS.runs.events, &values![run, limit], event).await
}

pub async fn unsent_run_events<S: SqlStore>(
    store: &S,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<StoredRunEvent>, StoreError> {
    store.read().await?.all(S::TEXTS.runs.unsent, &values![now, limit], event).await
}

pub async fn schema_columns<S: SqlStore>(store: &S) -> Result<Vec<SchemaColumn>, StoreError> {
    store.read().await?.all(S::TEXTS.runs.columns, &values![], column).await
}

pub async fn record_run_event<S: SqlStore>(store: &S, event: &NewRunEvent) -> Result<(), StoreError> {
    texts::run_event(event)?;
    let NewRunEvent { run, kind, at, job, body, is_to_send, nodes } = event;
    let body = body.to_string();
    texts::free("an event of a run", &body)?;
    let ended = (*kind != RunEventKind::Start).then_some(*at);
    let mut write = store.write(&[]).await?;
    let values = values![run, &job.namespace, &job.name, kind.name(), *at, ended, &body];
    write.run(S::TEXTS.runs.put_run, &values).await?;
    let values = values![run, kind.name(), *at, *is_to_send, &body];
    if write.run(S::TEXTS.runs.insert_event, &values).await? == 0 {
        return write.rollback().await;
    }
    // In one order, so that two writers never wait for each other.
    let mut nodes: Vec<_> = nodes.iter().collect();
    nodes.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    for told in nodes {
        let body = told.body.to_string();
        texts::free("what is known of a job or a dataset", &body)?;
        let values = values![told.kind.name(), &told.name.namespace, &told.name.name, *at, body];
        write.run(S::TEXTS.runs.put_node, &values).await?;
    }
    write.commit().await
}

pub async fn finish_run_events<S: SqlStore>(store: &S, ends: &[RunEventEnd]) -> Result<(), StoreError> {
    let mut write = store.write(&[]).await?;
    for RunEventEnd { id, fault } in ends {
        let (message, again) = fault.as_ref().map_or((None, None), |(text, again)| (Some(text), *again));
        texts::optional("why an event was not taken", message.map(String::as_str))?;
        let failures = u32::from(fault.is_some());
        let values = values![*id, again.is_some(), failures, message.map(String::as_str), again];
        write.run(S::TEXTS.runs.finish, &values).await?;
    }
    write.commit().await
}

pub async fn purge_runs<S: SqlStore>(store: &S, before: DateTime<Utc>) -> Result<u64, StoreError> {
    removed(store, S::TEXTS.runs.purge, before).await
}

fn json(text: &str) -> Result<serde_json::Value, StoreError> {
    serde_json::from_str(text).map_err(corrupt)
}

/// Namespace and name, from a column on.
fn name(row: &impl Read, column: usize) -> Result<NodeName, StoreError> {
    Ok(NodeName { namespace: row.value(column)?, name: row.value(column + 1)? })
}

fn node(row: &impl Read) -> Result<StoredNode, StoreError> {
    Ok(StoredNode {
        kind: row.parsed(0)?,
        name: name(row, 1)?,
        created_at: row.time(3)?,
        updated_at: row.time(4)?,
        body: json(row.value(5)?)?,
    })
}

fn run(row: &impl Read) -> Result<StoredRun, StoreError> {
    Ok(StoredRun {
        id: row.value(0)?,
        job: name(row, 1)?,
        kind: row.parsed(3)?,
        started_at: row.time(4)?,
        ended_at: row.optional_time(5)?,
        body: json(row.value(6)?)?,
    })
}

fn event(row: &impl Read) -> Result<StoredRunEvent, StoreError> {
    Ok(StoredRunEvent {
        id: row.value(0)?,
        run: row.value(1)?,
        kind: row.parsed(2)?,
        at: row.time(3)?,
        is_to_send: row.value(4)?,
        failures: row.number(5)?,
        fault: row.value(6)?,
        body: json(row.value(7)?)?,
    })
}

fn column(row: &impl Read) -> Result<SchemaColumn, StoreError> {
    Ok(SchemaColumn {
        table: row.value(0)?,
        column: row.value(1)?,
        kind: row.value(2)?,
        is_required: row.number::<i64>(3)? != 0,
        key_position: row.number(4)?,
    })
}
