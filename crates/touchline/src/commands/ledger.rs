use super::Ending;
use crate::cli::Ledger;
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use std::path::{Path, PathBuf};
use touchline_domain::ports::Store;
use touchline_forecasting::ledger::{self, ExportedRoot, Verification};
use touchline_forecasting::verify::{self, Mean};
use touchline_learning::whole_file::replace_file;

/// `touchline ledger`.
pub async fn run(session: &Session, command: &Ledger) -> Result<Ending> {
    let role = if matches!(command, Ledger::Score) { Role::Writer } else { Role::Reader };
    let store = session.store(role).await?;
    match command {
        Ledger::Verify { against } => check(session, store.as_ref(), against).await,
        Ledger::Score => score(session, store.as_ref()).await,
        Ledger::Root { day, out } => root(session, store.as_ref(), *day, out.as_deref()).await,
    }
}

async fn check(session: &Session, store: &dyn Store, against: &[PathBuf]) -> Result<Ending> {
    let mut roots = Vec::new();
    for path in against {
        let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let read: Vec<ExportedRoot> = serde_json::from_slice(&text).with_context(|| {
            format!("{} does not hold roots as `touchline ledger root` writes them", path.display())
        })?;
        roots.extend(read);
    }
    let found = ledger::verify(store, &roots, &session.progress).await?;
    if session.json {
        output::json(&found)?;
    } else {
        print(&found);
    }
    Ok(if found.whole { Ending::Done } else { Ending::FaultsFound })
}

fn print(found: &Verification) {
    for fault in &found.faults {
        output::line(&fault.message);
    }
    let described = found.faults.len() as u64;
    if found.fault_count > described {
        output::line(format!("and {} more", count(found.fault_count - described)));
    }
    if found.outside > 0 {
        output::line(format!(
            "{} forecasts were sealed before the ledger began: nothing can be said of them",
            count(found.outside)
        ));
    }
    let entries = count(found.entries);
    let roots = match found.roots {
        0 => String::new(),
        n => format!(", compared with {} exported roots", count(n)),
    };
    output::line(if found.whole {
        format!("the ledger is whole: {entries} entries{roots}; the last has the hash {}", found.head)
    } else {
        format!("the ledger is NOT whole: {} faults in {entries} entries{roots}", count(found.fault_count))
    });
}

async fn score(session: &Session, store: &dyn Store) -> Result<Ending> {
    let report = verify::verify(store, session.clock.as_ref(), &session.progress).await?;
    let records = verify::records(store).await?;
    if session.json {
        output::json(&serde_json::json!({ "noted": report, "models": records }))?;
        return Ok(Ending::Done);
    }
    output::line(format!(
        "{} forecasts verified, {} verified again, {} taken back",
        count(report.verified),
        count(report.repeated),
        count(report.taken_back)
    ));
    if records.is_empty() {
        output::line("no forecast was sealed for a match that is over");
        return Ok(Ending::Done);
    }
    let mean = |mean: &Mean, digits: usize| match mean.standard_error {
        Some(error) => format!("{:.digits$} +- {error:.digits$}", mean.value),
        None => format!("{:.digits$}", mean.value),
    };
    let rows: Vec<Vec<String>> = records
        .iter()
        .map(|r| {
            vec![
                r.model_name.clone(),
                r.model_version.clone(),
                count(r.matches),
                mean(&r.accuracy, 3),
                mean(&r.rps, 4),
                mean(&r.log_loss, 4),
                count(r.priced),
                r.minus_closing.as_ref().map_or_else(String::new, |m| mean(m, 4)),
            ]
        })
        .collect();
    let heads = ["model", "version", "matches", "accuracy", "RPS", "log loss", "priced", "RPS minus closing"];
    output::table(&heads, &rows);
    Ok(Ending::Done)
}

async fn root(
    session: &Session,
    store: &dyn Store,
    day: Option<NaiveDate>,
    out: Option<&Path>,
) -> Result<Ending> {
    let roots = ledger::roots(store, day, &session.progress).await?;
    if let Some(day) = day.filter(|_| roots.is_empty()) {
        bail!("no forecast in the ledger was sealed on {day}");
    }
    if let Some(path) = out {
        let text = serde_json::to_vec_pretty(&roots)?;
        replace_file(path, &text).with_context(|| format!("cannot write {}", path.display()))?;
        if !session.json {
            output::line(format!("the roots of {} days written", count(roots.len() as u64)));
        }
        return Ok(Ending::Done);
    }
    if session.json {
        output::json(&roots)?;
        return Ok(Ending::Done);
    }
    let rows: Vec<Vec<String>> = roots
        .iter()
        .map(|r| {
            vec![r.day.to_string(), count(r.count), r.first.to_string(), r.last.to_string(), r.root.clone()]
        })
        .collect();
    output::table(&["day", "entries", "first", "last", "root"], &rows);
    Ok(Ending::Done)
}
