use super::Ending;
use crate::cli::LakeCommand;
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Context, Result};
use chrono::Months;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use touchline_domain::lake::Month;
use touchline_domain::ports::{Lake, PartitionState};
use touchline_lake::ParquetLake;
use touchline_upkeep::lake::{self, Export, ExportReport, PartitionOutcome};

/// `touchline lake`.
pub async fn run(session: &Session, command: &LakeCommand) -> Result<Ending> {
    let lake = session.lake()?;
    match command {
        LakeCommand::Export { prune, rewrite } => {
            export(session, &lake, Export { prune: *prune, rewrite: *rewrite }).await?;
        }
        LakeCommand::List { partitions, verify } => list(session, &lake, *partitions, *verify).await?,
        LakeCommand::Compact => compact(session, &lake).await?,
        LakeCommand::Archive { older_than_years, dry_run } => {
            archive(session, &lake, *older_than_years, *dry_run).await?;
        }
        LakeCommand::Restore { from, to } => return restore(session, &lake, (*from, *to)).await,
        LakeCommand::Cleanup { grace_hours, dry_run } => {
            clean_up(session, &lake, *grace_hours, *dry_run).await?;
        }
        LakeCommand::Sql { query, limit } => sql(session, &lake, query, *limit).await?,
    }
    Ok(Ending::Done)
}

async fn export(session: &Session, lake: &ParquetLake, options: Export) -> Result<()> {
    let store = session.store(Role::Reader).await?;
    let report = lake::export(store.as_ref(), lake, options, &session.progress).await?;
    let bytes: u64 = report.partitions.iter().map(|p| p.bytes).sum();
    let outcomes = [
        PartitionOutcome::Written,
        PartitionOutcome::Unchanged,
        PartitionOutcome::Larger,
        PartitionOutcome::Absent,
        PartitionOutcome::Emptied,
    ];
    if session.json {
        let counts: BTreeMap<_, _> = outcomes.map(|o| (o.name(), report.count(o))).into();
        let partitions: Vec<Value> = report
            .partitions
            .iter()
            .map(|p| {
                json!({ "partition": p.partition.to_string(), "outcome": p.outcome.name(), "rows": p.rows,
                    "bytes": p.bytes })
            })
            .collect();
        return output::json(
            &json!({ "lake": lake.location(), "counts": counts, "bytes": bytes, "partitions": partitions }),
        );
    }
    output::line(format!(
        "{}: {} partitions written ({} bytes), {} unchanged, {} emptied",
        lake.location(),
        count(report.count(PartitionOutcome::Written) as u64),
        count(bytes),
        count(report.count(PartitionOutcome::Unchanged) as u64),
        count(report.count(PartitionOutcome::Emptied) as u64),
    ));
    left(&report, PartitionOutcome::Larger, "hold more rows than the database");
    left(&report, PartitionOutcome::Absent, "hold what the database does not");
    Ok(())
}

/// Says which partitions an export left alone.
fn left(report: &ExportReport, outcome: PartitionOutcome, why: &str) {
    let partitions: Vec<String> =
        report.partitions.iter().filter(|p| p.outcome == outcome).map(|p| p.partition.to_string()).collect();
    if let Some(first) = partitions.first() {
        output::line(format!(
            "{} partitions ({first} first) {why} and were left as they are; --prune lets them go",
            count(partitions.len() as u64)
        ));
    }
}

async fn list(session: &Session, lake: &ParquetLake, each: bool, verify: bool) -> Result<()> {
    let states = lake.partitions().await?;
    let verified = if verify { Some(lake::verify(lake, &states, &session.progress).await?) } else { None };
    if session.json {
        let partitions: Vec<Value> = states.iter().map(described).collect();
        return output::json(
            &json!({ "lake": lake.location(), "partitions": partitions, "verified_rows": verified }),
        );
    }
    output::line(lake.location());
    let mut groups: BTreeMap<String, Vec<&PartitionState>> = BTreeMap::new();
    for state in &states {
        let table = state.partition.table;
        let name = if each {
            state.partition.to_string()
        } else {
            format!("{}/{}", table.layer().name(), table.name())
        };
        groups.entry(name).or_default().push(state);
    }
    let sum = |states: &[&PartitionState], of: fn(&PartitionState) -> u64| {
        count(states.iter().map(|s| of(s)).sum())
    };
    let rows: Vec<Vec<String>> = groups
        .iter()
        .map(|(name, states)| {
            vec![
                name.clone(),
                count(states.len() as u64),
                sum(states, |s| s.files.len() as u64),
                sum(states, PartitionState::rows),
                sum(states, PartitionState::bytes),
            ]
        })
        .collect();
    output::table(&["table", "partitions", "files", "rows", "bytes"], &rows);
    if let Some(rows) = verified {
        output::line(format!("every file is as its manifest says: {} rows were read", count(rows)));
    }
    Ok(())
}

fn described(state: &PartitionState) -> Value {
    let files: Vec<Value> = state
        .files
        .iter()
        .map(|f| json!({ "name": f.name, "rows": f.rows, "bytes": f.bytes, "blake3": f.hash, "content": f.content }))
        .collect();
    json!({
        "partition": state.partition.to_string(), "table": state.partition.table.name(),
        "month": state.partition.month.map(|m| m.to_string()), "generation": state.generation,
        "written_at": state.written_at, "rows": state.rows(), "bytes": state.bytes(), "files": files,
    })
}

async fn compact(session: &Session, lake: &ParquetLake) -> Result<()> {
    let r = lake::compact(lake, &session.progress).await?;
    if session.json {
        return output::json(&json!({ "partitions": r.partitions, "files": r.files, "rows": r.rows,
            "repeated": r.repeated, "bytes_before": r.bytes.0, "bytes_after": r.bytes.1 }));
    }
    output::line(format!(
        "{} files of {} partitions merged, {} rows ({} stood twice); the old files go with a cleanup",
        count(r.files),
        count(r.partitions),
        count(r.rows),
        count(r.repeated)
    ));
    Ok(())
}

async fn archive(session: &Session, lake: &ParquetLake, years: u16, dry_run: bool) -> Result<()> {
    let now = session.clock.now();
    let before = now.checked_sub_months(Months::new(u32::from(years) * 12));
    let before = before.with_context(|| format!("{years} years ago is before all time"))?;
    let store = session.store(Role::Admin).await?;
    let r = lake::archive(store.as_ref(), lake, before, dry_run, &session.progress).await?;
    if session.json {
        return output::json(&json!({ "lake": lake.location(), "before": before, "dry_run": dry_run,
            "matches": r.matches, "thinned": r.thinned, "quotes": r.quotes, "removed": r.removed,
            "written": r.written, "open": r.open }));
    }
    let did = if dry_run { "would be removed" } else { "were removed" };
    output::line(format!(
        "of {} matches before {}, {} have more quotes than represent them: {} of their {} quotes {did} from the database",
        count(r.matches),
        before.date_naive(),
        count(r.thinned),
        count(r.removed),
        count(r.quotes),
    ));
    if !dry_run {
        output::line(format!(
            "{} quotes were written to {} and read back",
            count(r.written),
            lake.location()
        ));
    }
    if r.open > 0 {
        output::line(format!("{} matches of that time are not over, and were left alone", count(r.open)));
    }
    Ok(())
}

async fn restore(
    session: &Session,
    lake: &ParquetLake,
    months: (Option<Month>, Option<Month>),
) -> Result<Ending> {
    let store = session.store(Role::Writer).await?;
    let r = lake::restore(store.as_ref(), lake, months, &session.progress).await?;
    let ending = if r.unplaced + r.differing > 0 { Ending::WithRejections } else { Ending::Done };
    if session.json {
        output::json(&json!({ "lake": lake.location(), "months": r.months, "quotes": r.quotes,
            "returned": r.returned, "differing": r.differing, "unplaced": r.unplaced, "matches": r.matches,
            "left": r.left }))?;
        return Ok(ending);
    }
    output::line(format!(
        "{} quotes of {} matches read, {} came back; the lake keeps them",
        count(r.quotes),
        count(r.matches),
        count(r.returned)
    ));
    if ending == Ending::WithRejections {
        output::line(format!(
            "{} quotes are of matches that the database does not hold, in place of {} it holds others:",
            count(r.unplaced),
            count(r.differing)
        ));
        for text in &r.left {
            output::line(format!("  {text}"));
        }
    }
    Ok(ending)
}

async fn clean_up(session: &Session, lake: &ParquetLake, hours: u32, dry_run: bool) -> Result<()> {
    let r = lake.clean_up(Duration::from_hours(hours.into()), dry_run).await?;
    if session.json {
        return output::json(&json!({ "lake": lake.location(), "dry_run": dry_run, "removed": r.removed,
            "bytes": r.bytes, "waiting": r.waiting, "foreign": r.foreign }));
    }
    let did = if dry_run { "would be removed" } else { "removed" };
    output::line(format!(
        "{} files {did} ({} bytes); {} are superfluous for less than {hours} hours; {} are not the lake's",
        count(r.removed),
        count(r.bytes),
        count(r.waiting),
        count(r.foreign)
    ));
    Ok(())
}

#[cfg(feature = "lake-sql")]
async fn sql(session: &Session, lake: &ParquetLake, query: &str, limit: u32) -> Result<()> {
    let answer = lake.sql(query, limit as usize).await?;
    if session.json {
        return output::json(&json!({ "columns": answer.columns, "rows": answer.rows, "more": answer.more }));
    }
    let heading: Vec<&str> = answer.columns.iter().map(String::as_str).collect();
    let cell = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let rows: Vec<Vec<String>> = answer.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    if !heading.is_empty() {
        output::table(&heading, &rows);
    }
    if answer.more {
        output::line(format!("there are more rows than {limit}; --limit N prints more"));
    }
    Ok(())
}

#[cfg(not(feature = "lake-sql"))]
#[expect(clippy::unused_async, reason = "the shape that it has with the feature")]
async fn sql(_: &Session, lake: &ParquetLake, _: &str, _: u32) -> Result<()> {
    use touchline_domain::lake::LakeTable;
    let tables = LakeTable::ALL.map(LakeTable::name).join(", ");
    anyhow::bail!(
        "this program was built without SQL over the lake: build it with `cargo build --release -p touchline --features \
         lake-sql` (DataFusion: some minutes more), or read the tables ({tables}) below {} with any tool that reads \
         Parquet",
        lake.location()
    )
}
