use super::Ending;
use crate::cli::{ScheduleCommand, SetSchedule};
use crate::config::Role;
use crate::jobs::scheduler_settings;
use crate::output;
use crate::wiring::Session;
use anyhow::Result;
use serde_json::json;
use touchline_domain::Misfire;
use touchline_jobs::operate::{self, Line, ScheduleChange};

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

async fn list(session: &Session) -> Result<()> {
    let store = session.store(Role::Reader).await?;
    let now = session.clock.now();
    let lines = operate::schedules(store.as_ref(), now).await?.into_iter();
    let lines = lines.map(|schedule| Line::of(schedule, now, 1)).collect::<Result<Vec<_>, _>>()?;
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
    let now = session.clock.now();
    let shown = Line::of(operate::schedule(store.as_ref(), id, now).await?, now, SHOWN)?;
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
    let wish = ScheduleChange {
        cron: change.cron.clone(),
        job: change.job.clone(),
        parameters: change.parameters.clone(),
        enabled: None,
    };
    let schedule = operate::set_schedule(store.as_ref(), &change.id, &wish, now).await?;
    let shown = Line::of(schedule, now, SHOWN)?;
    if session.json {
        return output::json(&shown);
    }
    output::line(format!("{} is due next at:", shown.schedule.id));
    shown.next.iter().for_each(|at| output::line(format!("  {}", at.format("%a %Y-%m-%d %H:%M"))));
    Ok(())
}

async fn enable(session: &Session, id: &str, enabled: bool) -> Result<()> {
    let store = session.store(Role::Writer).await?;
    let change = ScheduleChange { enabled: Some(enabled), ..ScheduleChange::default() };
    let schedule = operate::set_schedule(store.as_ref(), id, &change, session.clock.now()).await?;
    if session.json {
        return output::json(&schedule);
    }
    let standing = if enabled { "counts again from now on" } else { "is paused" };
    output::line(format!("{} {standing}", schedule.id));
    Ok(())
}

async fn run_now(session: &Session, id: &str) -> Result<()> {
    let store = session.store(Role::Writer).await?;
    let sources = scheduler_settings(session).sources;
    let (schedule, asked) = operate::run_schedule(store.as_ref(), id, &sources, session.clock.now()).await?;
    if session.json {
        return output::json(&json!({ "schedule": schedule.id, "jobs": asked }));
    }
    output::line(format!("{asked} jobs wait for a worker; `touchline jobs list` tells how they go"));
    Ok(())
}
