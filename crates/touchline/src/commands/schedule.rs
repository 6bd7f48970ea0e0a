use super::Ending;
use crate::cli::{ScheduleCommand, SetSchedule};
use crate::config::Role;
use crate::jobs::scheduler_settings;
use crate::output;
use crate::wiring::Session;
use anyhow::{Context, Result, anyhow, bail};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;
use touchline_domain::ports::Store;
use touchline_domain::{Misfire, Schedule};
use touchline_jobs::timetable::{self, TRIGGERS};

/// Times that are shown of one line.
const SHOWN: usize = 10;

/// `touchline schedule`.
pub async fn run(session: &Session, command: &ScheduleCommand) -> Result<Ending> {
    match command {
        ScheduleCommand::List => list(session).await?,
        ScheduleCommand::Show { id } => show(session, id).await?,
        ScheduleCommand::Set(change) => set(session, change).await?,
        ScheduleCommand::Pause { id } => enable(session, id, false).await?,
        ScheduleCommand::Resume { id } => enable(session, id, true).await?,
        ScheduleCommand::Run { id } => run_now(session, id).await?,
    }
    Ok(Ending::Done)
}

/// The timetable as it stands, with the lines that a scheduler will add when it begins.
async fn timetable_of(session: &Session, store: &Arc<dyn Store>) -> Result<Vec<Schedule>> {
    let mut lines = store.schedules().await?;
    let held: HashSet<String> = lines.iter().map(|line| line.id.clone()).collect();
    let defaults = timetable::defaults(session.clock.now()).into_iter();
    lines.extend(defaults.filter(|line| !held.contains(&line.id)));
    lines.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(lines)
}

async fn find(session: &Session, store: &Arc<dyn Store>, id: &str) -> Result<Schedule> {
    let canonical = timetable::canonical(id);
    let found = timetable_of(session, store).await?.into_iter().find(|schedule| schedule.id == canonical);
    found.with_context(|| {
        format!("there is no line {id:?} in the timetable; `touchline schedule list` shows it")
    })
}

#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    schedule: Schedule,
    next: Vec<DateTime<Utc>>,
}

fn line(schedule: Schedule, now: DateTime<Utc>, times: usize) -> Result<Line> {
    let after = now.max(schedule.done_until);
    let next = if schedule.enabled {
        timetable::next(&schedule.cron, after, times).map_err(|error| anyhow!(error))?
    } else {
        Vec::new()
    };
    Ok(Line { schedule, next })
}

async fn list(session: &Session) -> Result<()> {
    let store = session.store(Role::Reader).await?;
    let now = session.clock.now();
    let lines = timetable_of(session, &store).await?.into_iter().map(|schedule| line(schedule, now, 1));
    let lines = lines.collect::<Result<Vec<_>>>()?;
    if session.json {
        return output::json(&json!({ "schedules": lines }));
    }
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|Line { schedule, next }| {
            let next = next
                .first()
                .map_or_else(|| "paused".to_owned(), |at| at.format("%Y-%m-%d %H:%M").to_string());
            let edited = if schedule.edited { "yes" } else { "" };
            vec![schedule.id.clone(), schedule.cron.clone(), schedule.job.clone(), next, edited.to_owned()]
        })
        .collect();
    output::table(&["schedule", "times (UTC)", "job or flow", "next", "changed"], &rows);
    Ok(())
}

async fn show(session: &Session, id: &str) -> Result<()> {
    let store = session.store(Role::Reader).await?;
    let shown = line(find(session, &store, id).await?, session.clock.now(), SHOWN)?;
    if session.json {
        return output::json(&shown);
    }
    let schedule = &shown.schedule;
    output::line(format!("{}: {} at {:?} (UTC)", schedule.id, schedule.job, schedule.cron));
    output::line(format!("parameters {}", schedule.parameters));
    output::line(match schedule.misfire {
        Misfire::Skip => "times that pass while nothing runs are left out",
        Misfire::RunOnce => "of times that pass while nothing runs the last is made up for",
    });
    if shown.next.is_empty() {
        output::line(format!("paused; `touchline schedule resume {}` lets it count again", schedule.id));
    }
    shown.next.iter().for_each(|at| output::line(format!("  {}", at.format("%a %Y-%m-%d %H:%M"))));
    Ok(())
}

async fn set(session: &Session, change: &SetSchedule) -> Result<()> {
    let store = session.store(Role::Writer).await?;
    let now = session.clock.now();
    let held = find(session, &store, &change.id).await.ok();
    let mut schedule = match (held, &change.job, &change.cron) {
        (Some(held), None, _) => held,
        (Some(held), Some(_), _) => bail!("{} does {}: add another line for another job", held.id, held.job),
        (None, Some(job), Some(cron)) => {
            let misfire = Misfire::RunOnce;
            let (id, job, cron) = (change.id.clone(), job.clone(), cron.clone());
            Schedule {
                id,
                job,
                cron,
                parameters: json!({}),
                enabled: true,
                misfire,
                edited: true,
                done_until: now,
            }
        }
        (None, ..) => bail!(
            "{:?} is not in the timetable; a new line wants --job and --cron, and `touchline schedule list` shows all",
            change.id
        ),
    };
    if schedule.id == TRIGGERS {
        bail!("{TRIGGERS} follows the fixture list and has no times; it can be paused");
    }
    if let Some(cron) = &change.cron {
        timetable::parse(cron).map_err(|error| anyhow!(error))?;
        schedule.cron.clone_from(cron);
    }
    if !timetable::is_known(&schedule.job) {
        bail!(
            "there is no job or flow {:?}; `touchline jobs kinds` and `touchline flows list` list them",
            schedule.job
        );
    }
    if let Some(parameters) = &change.parameters {
        schedule.parameters = parameters.clone();
    }
    schedule.edited = true;
    // Times of the new table before now are nothing that was missed.
    schedule.done_until = now;
    store.put_schedule(&schedule).await?;
    let shown = line(schedule, now, SHOWN)?;
    if session.json {
        return output::json(&shown);
    }
    output::line(format!("{} is due next at:", shown.schedule.id));
    shown.next.iter().for_each(|at| output::line(format!("  {}", at.format("%a %Y-%m-%d %H:%M"))));
    Ok(())
}

async fn enable(session: &Session, id: &str, enabled: bool) -> Result<()> {
    let store = session.store(Role::Writer).await?;
    let held = find(session, &store, id).await?;
    let schedule = Schedule { enabled, edited: true, done_until: session.clock.now(), ..held };
    store.put_schedule(&schedule).await?;
    if session.json {
        return output::json(&schedule);
    }
    let standing = if enabled { "counts again from now on" } else { "is paused" };
    output::line(format!("{} {standing}", schedule.id));
    Ok(())
}

async fn run_now(session: &Session, id: &str) -> Result<()> {
    let store = session.store(Role::Writer).await?;
    let schedule = find(session, &store, id).await?;
    if schedule.id == TRIGGERS {
        bail!(
            "{TRIGGERS} follows the fixture list; `touchline jobs run prediction --match MATCH` seals one forecast"
        );
    }
    let now = session.clock.now();
    let jobs = timetable::jobs_of(&schedule, now, &scheduler_settings(session).sources);
    let asked = store.enqueue(&jobs, now).await?;
    if session.json {
        return output::json(&json!({ "schedule": schedule.id, "jobs": asked }));
    }
    output::line(format!("{asked} jobs wait for a worker; `touchline jobs list` tells how they go"));
    Ok(())
}
