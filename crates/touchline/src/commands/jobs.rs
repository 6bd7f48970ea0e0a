use super::Ending;
use crate::cli::{Jobs, ListJobs};
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::Result;
use chrono::{DateTime, Days, Utc};
use serde_json::{Value, json};
use std::collections::HashMap;
use touchline_domain::ports::Store;
use touchline_domain::{Job, JobFilter, JobId, JobStatus, MatchId};
use touchline_jobs::catalogue::{self, JOBS};
use touchline_jobs::operate::{self, OperateError};
use touchline_jobs::supervision;

/// `touchline jobs`.
pub async fn run(session: &Session, command: &Jobs) -> Result<Ending> {
    match command {
        Jobs::List(filter) => list(session, filter).await?,
        Jobs::Show { id } => show(session, *id).await?,
        Jobs::Run { name, parameters, match_id } => ask(session, name, parameters, *match_id).await?,
        Jobs::Cancel { id } => cancel(session, *id).await?,
        Jobs::Retry { id } => retry(session, *id).await?,
        Jobs::Purge { keep_days } => {
            let before = session.clock.now() - Days::new((*keep_days).into());
            let removed = session.store(Role::Writer).await?.purge_jobs(before).await?;
            said(session, &json!({ "removed": removed }), &format!("{} jobs removed", count(removed)))?;
        }
        Jobs::Kinds => kinds(session)?,
        Jobs::Health => return health(session).await,
    }
    Ok(Ending::Done)
}

fn said(session: &Session, data: &Value, words: &str) -> Result<()> {
    if session.json {
        return output::json(data);
    }
    output::line(words);
    Ok(())
}

async fn list(session: &Session, asked: &ListJobs) -> Result<()> {
    let name = match &asked.name {
        Some(name) => {
            let kind = catalogue::by_name(name).ok_or_else(|| OperateError::UnknownKind(name.clone()))?;
            Some(kind.name.to_owned())
        }
        None => None,
    };
    let filter = JobFilter {
        statuses: asked.statuses.clone(),
        name,
        queue: asked.queue,
        match_id: asked.match_id.map(MatchId),
        ..JobFilter::default()
    };
    let store = session.store(Role::Reader).await?;
    let jobs = store.jobs(&filter, asked.limit).await?;
    if session.json {
        return output::json(&json!({ "jobs": jobs }));
    }
    if jobs.is_empty() {
        output::line("no such job; `touchline schedule list` shows what is due when");
        return Ok(());
    }
    let holders = holders(store.as_ref()).await?;
    table(&jobs, &holders, session.clock.now());
    Ok(())
}

/// The job of each group of jobs that exclude each other that runs now.
async fn holders(store: &dyn Store) -> Result<HashMap<String, JobId>> {
    let running = JobFilter { statuses: vec![JobStatus::Running], ..JobFilter::default() };
    let running = store.jobs(&running, 1_000).await?;
    Ok(running.into_iter().filter_map(|job| Some((job.what.exclusion?, job.id))).collect())
}

/// Prints jobs, and for whom those wait that could begin.
pub fn table(jobs: &[Job], holders: &HashMap<String, JobId>, now: DateTime<Utc>) {
    let rows: Vec<Vec<String>> = jobs
        .iter()
        .map(|job| {
            let what = &job.what;
            let holder = what.exclusion.as_ref().and_then(|group| holders.get(group));
            let word = match (&job.fault, holder) {
                (_, Some(holder)) if job.status == JobStatus::Waiting && what.due_at <= now => {
                    format!("waits for job {holder}")
                }
                (Some(fault), _) => fault.message.chars().take(60).collect(),
                _ => String::new(),
            };
            vec![
                job.id.to_string(),
                job.status.name().to_owned(),
                what.key.clone(),
                minute(what.due_at),
                job.ended_at.map_or_else(String::new, minute),
                word,
            ]
        })
        .collect();
    output::table(&["job", "status", "what for", "due (UTC)", "ended", ""], &rows);
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

async fn show(session: &Session, id: JobId) -> Result<()> {
    let store = session.store(Role::Reader).await?;
    let job = store.job(id).await?.ok_or(OperateError::UnknownJob(id))?;
    let changes = store.changes_of_job(id).await?;
    let mut shown = serde_json::to_value(&job)?;
    shown["changes"] = changes.iter().map(|(kind, count)| (kind.name().to_owned(), json!(count))).collect();
    if session.json {
        return output::json(&shown);
    }
    output::line(serde_json::to_string_pretty(&shown)?);
    Ok(())
}

async fn ask(session: &Session, name: &str, parameters: &Value, match_id: Option<i64>) -> Result<()> {
    let store = session.store(Role::Writer).await?;
    let now = session.clock.now();
    let (id, kind) = operate::run_job(store.as_ref(), name, parameters, match_id, now).await?;
    let words =
        format!("job {id} waits for a worker: {}; `touchline jobs show {id}` tells how it goes", kind.about);
    said(session, &json!({ "job": id }), &words)
}

async fn cancel(session: &Session, id: JobId) -> Result<()> {
    let store = session.store(Role::Writer).await?;
    let status = operate::cancel(store.as_ref(), id, session.clock.now()).await?;
    let words = match status {
        JobStatus::Running => format!("job {id} is asked to stop"),
        _ => format!("job {id} is called off"),
    };
    said(session, &json!({ "job": id, "status": status }), &words)
}

async fn retry(session: &Session, id: JobId) -> Result<()> {
    let store = session.store(Role::Writer).await?;
    operate::retry(store.as_ref(), id, session.clock.now()).await?;
    said(session, &json!({ "job": id, "status": JobStatus::Waiting }), &format!("job {id} waits again"))
}

fn kinds(session: &Session) -> Result<()> {
    if session.json {
        let kinds = JOBS.iter().map(|k| {
            json!({ "name": k.name, "aliases": k.aliases, "about": k.about, "queue": k.queue, "attempts": k.attempts })
        });
        return output::json(&kinds.collect::<Vec<_>>());
    }
    let rows: Vec<Vec<String>> =
        JOBS.iter().map(|k| vec![k.name.to_owned(), k.queue.name().to_owned(), k.about.to_owned()]).collect();
    output::table(&["kind", "queue", "what it does"], &rows);
    Ok(())
}

async fn health(session: &Session) -> Result<Ending> {
    let store = session.store(Role::Reader).await?;
    let health = supervision::look(store.as_ref(), session.clock.now()).await?;
    let leader = store.leader().await?.filter(|lease| lease.until > session.clock.now());
    if session.json {
        output::json(&json!({ "health": health, "leader": leader }))?;
    } else {
        output::line(format!(
            "{} jobs ended in the last hour, {} of them failed",
            health.ended, health.failed
        ));
        output::line(format!("{} workers give signs of life", health.workers));
        output::line(leader.map_or_else(
            || "no scheduler leads: start `touchline serve` or `touchline scheduler`".to_owned(),
            |lease| format!("{} leads", lease.leadership.holder),
        ));
        health.problems.iter().for_each(|problem| output::line(format!("  {problem}")));
    }
    Ok(if health.healthy { Ending::Done } else { Ending::FaultsFound })
}
