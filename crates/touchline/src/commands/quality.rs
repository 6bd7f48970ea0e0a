mod held;
mod lines;
mod week;

pub use week::summary;

use super::Ending;
use crate::cli::{Decision, Quality, Review, SuiteCommand};
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use chrono::Duration;
use serde::Serialize;
use std::collections::BTreeMap;
use touchline_domain::ports::{IssueCount, IssueFilter, Store, StoredIssue};
use touchline_domain::{DocumentId, Handling, RowVerdict, Severity};
use touchline_intake::quality::check::{CheckOptions, CheckReport, baselines, check};
use touchline_quality::baseline::Past;
use touchline_quality::suite::{Suite, checkpoints, kinds, shipped};

/// Findings of a check that are shown.
const SHOWN: usize = 20;

/// `touchline quality`.
pub async fn run(session: &Session, command: &Quality) -> Result<Ending> {
    match command {
        Quality::Suite(command) => return suite(session, command),
        Quality::Rules => return held::rules(session),
        _ => {}
    }
    let role = match command {
        Quality::Check { .. }
        | Quality::Review(_)
        | Quality::Correct(_)
        | Quality::Undo { .. }
        | Quality::Release(_)
        | Quality::Refuse(_)
        | Quality::TakeBack { .. } => Role::Writer,
        _ => Role::Reader,
    };
    let store = session.store(role).await?;
    let store = store.as_ref();
    match command {
        Quality::Check { full, profile } => {
            let options = CheckOptions { full: *full, profile: *profile };
            let report = check(store, &options, session.clock.as_ref(), &session.progress).await?;
            print_check(session, &report)
        }
        Quality::Anomalies { hours } => anomalies(session, store, *hours).await,
        Quality::Logs(logs) => list(session, store.find_issues(&logs.filter(), logs.limit).await?),
        Quality::Review(review) => decide(session, store, review).await,
        Quality::Quarantine { limit } => lines::list(session, store, *limit).await,
        Quality::Correct(correct) => lines::correct(session, store, correct).await,
        Quality::Undo { document, decision, by } => {
            lines::undo(session, store, (DocumentId(*document), *decision), by).await
        }
        Quality::Held { all, state, limit } => held::list(session, store, (*all, *state), *limit).await,
        Quality::Release(decision) => held::decide(session, store, RowVerdict::Release, decision).await,
        Quality::Refuse(decision) => held::decide(session, store, RowVerdict::Refuse, decision).await,
        Quality::TakeBack { decisions, by } => held::take_back(session, store, decisions, by).await,
        Quality::Baseline => baseline(session, &baselines(store).await?),
        Quality::Report { week: Some(week), html, .. } => {
            week::run(session, store, week, html.as_deref()).await
        }
        Quality::Report { checks, .. } => report(session, store, *checks).await,
        Quality::Suite(_) | Quality::Rules => unreachable!("answered above"),
    }
}

fn print_check(session: &Session, report: &CheckReport) -> Result<Ending> {
    let ending = if report.is_clean() { Ending::Done } else { Ending::FaultsFound };
    if session.json {
        output::json(report)?;
        return Ok(ending);
    }
    output::line(format!(
        "{} seasons checked ({}): {} matches, {} quotes; {} findings, {} of them new",
        report.seasons,
        if report.full { "everything" } else { "what came in" },
        count(report.matches),
        count(report.quotes),
        report.findings.len(),
        report.new_findings
    ));
    for finding in report.findings.iter().take(SHOWN) {
        output::line(format!("  {} {}: {}", finding.severity.name(), finding.rule, finding.message));
    }
    if report.findings.len() > SHOWN {
        output::line(format!("  and {} more: touchline quality logs", report.findings.len() - SHOWN));
    }
    for suite in &report.suites {
        output::line(format!(
            "{}: {} of {} expectations hold",
            suite.suite, suite.successful_expectations, suite.evaluated_expectations
        ));
    }
    let scores: Vec<String> =
        report.scores.iter().map(|(table, score)| format!("{table} {score:.2}")).collect();
    output::line(format!("score of 100: {}", scores.join(", ")));
    for fresh in &report.freshness {
        output::line(format!("{}: the latest was collected {:.1} hours ago", fresh.table, fresh.hours));
    }
    if report.missing_matches > 0 {
        output::line(format!(
            "{} matches were due more than a day ago and have no result",
            count(report.missing_matches)
        ));
    }
    Ok(ending)
}

async fn anomalies(session: &Session, store: &dyn Store, hours: u32) -> Result<Ending> {
    #[derive(Serialize)]
    struct Counted {
        table: String,
        kind: String,
        severity: String,
        status: &'static str,
        count: u64,
    }
    let since = session.clock.now() - Duration::hours(hours.into());
    let counts: Vec<Counted> = store
        .issue_counts(&IssueFilter { since: Some(since), ..IssueFilter::default() })
        .await?
        .into_iter()
        .map(|c| Counted {
            table: c.table,
            kind: c.error_type,
            severity: c.severity,
            status: c.status.name(),
            count: c.count,
        })
        .collect();
    if session.json {
        output::json(&counts)?;
    } else if counts.is_empty() {
        output::line(format!("nothing was found in the last {hours} hours"));
    } else {
        let row = |c: &Counted| {
            vec![c.table.clone(), c.kind.clone(), c.severity.clone(), c.status.to_owned(), count(c.count)]
        };
        let rows: Vec<Vec<String>> = counts.iter().map(row).collect();
        output::table(&["table", "kind", "severity", "state", "findings"], &rows);
    }
    Ok(Ending::Done)
}

fn list(session: &Session, issues: Vec<StoredIssue>) -> Result<Ending> {
    #[derive(Serialize)]
    struct Listed {
        id: i64,
        table: String,
        kind: String,
        severity: String,
        status: &'static str,
        needs_review: bool,
        message: String,
        cause: String,
        document: Option<String>,
        line: u32,
        detected_at: chrono::DateTime<chrono::Utc>,
        handled_by: Option<String>,
        handled_at: Option<chrono::DateTime<chrono::Utc>>,
        resolution_notes: Option<String>,
    }
    if session.json {
        let listed = issues.into_iter().map(|i| Listed {
            id: i.id,
            table: i.table,
            kind: i.error_type,
            severity: i.severity,
            status: i.status.name(),
            needs_review: i.requires_manual_review,
            message: i.message,
            cause: i.data,
            document: i.document_name,
            line: i.locator,
            detected_at: i.detected_at,
            handled_by: i.handled_by,
            handled_at: i.handled_at,
            resolution_notes: i.resolution_notes,
        });
        output::json(&listed.collect::<Vec<_>>())?;
        return Ok(Ending::Done);
    }
    if issues.is_empty() {
        output::line("no finding is like that");
    }
    for i in issues {
        let place = i.document_name.map_or_else(String::new, |name| format!(" {name}:{}", i.locator));
        output::line(format!(
            "{} {} {} {}{place}: {}",
            i.id,
            i.status.name(),
            i.severity,
            i.error_type,
            i.message
        ));
    }
    Ok(Ending::Done)
}

async fn decide(session: &Session, store: &dyn Store, review: &Review) -> Result<Ending> {
    let Review { decision, findings, notes, by } = review;
    // An accepted finding and a resolved one are in one state; the notes tell them apart.
    let notes = match (decision, notes) {
        (Decision::Accept, None) => Some("accepted as it is".to_owned()),
        _ => notes.clone(),
    };
    let handling = Handling { status: decision.status(), by: by.clone(), notes };
    for id in findings {
        if !store.handle_issue(*id, &handling, session.clock.now()).await? {
            bail!("there is no finding {id}; touchline quality logs lists them");
        }
    }
    output::line(format!("{} findings are {} now", findings.len(), handling.status.name()));
    Ok(Ending::Done)
}

fn baseline(session: &Session, pasts: &BTreeMap<String, Past>) -> Result<Ending> {
    if session.json {
        output::json(pasts)?;
        return Ok(Ending::Done);
    }
    if pasts.is_empty() {
        output::line("no baseline is held; touchline quality check --full computes them");
        return Ok(Ending::Done);
    }
    let shown = |limit: Option<f64>| limit.map_or_else(|| "-".to_owned(), |limit| format!("{limit:.2}"));
    let row = |(name, past): (&String, &Past)| {
        vec![name.clone(), count(past.windows as u64), shown(past.limit(0.01)), shown(past.limit(0.001))]
    };
    let rows: Vec<Vec<String>> = pasts.iter().map(row).collect();
    output::table(&["column", "windows", "1 in 100 above", "1 in 1,000 above"], &rows);
    Ok(Ending::Done)
}

async fn report(session: &Session, store: &dyn Store, checks: u32) -> Result<Ending> {
    let checks = store.quality_checks(checks).await?;
    if session.json {
        output::json(&checks.into_iter().map(|check| check.report).collect::<Vec<_>>())?;
        return Ok(Ending::Done);
    }
    let row = |check: &touchline_domain::ports::KeptCheck| {
        let report = &check.report;
        let score =
            |table: &str| report["scores"][table].as_f64().map_or_else(String::new, |s| format!("{s:.2}"));
        vec![
            check.checked_at.format("%Y-%m-%d %H:%M").to_string(),
            score("overall"),
            score("matches"),
            score("odds"),
            report["findings"].as_array().map_or(0, Vec::len).to_string(),
            report["new_findings"].to_string(),
            report["missing_matches"].to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = checks.iter().map(row).collect();
    output::table(&["checked at", "overall", "matches", "odds", "findings", "new", "missing matches"], &rows);
    let waiting = IssueFilter {
        needs_review: true,
        status: Some(touchline_domain::IssueStatus::Open),
        ..IssueFilter::default()
    };
    let open = store.issue_counts(&waiting).await?;
    let is_high = |c: &&IssueCount| c.severity.parse::<Severity>().is_ok_and(|s| s >= Severity::High);
    let sum = |counts: &mut dyn Iterator<Item = &IssueCount>| counts.map(|c| c.count).sum::<u64>();
    output::line(format!(
        "{} findings wait for a decision, {} of them high: touchline quality logs --review",
        count(sum(&mut open.iter())),
        count(sum(&mut open.iter().filter(is_high)))
    ));
    Ok(Ending::Done)
}

fn suite(session: &Session, command: &SuiteCommand) -> Result<Ending> {
    match command {
        SuiteCommand::List if session.json => output::json(&checkpoints())?,
        SuiteCommand::List => {
            for shipped in shipped() {
                output::line(format!("{}: {}", shipped.table, shipped.suite.name));
            }
            for checkpoint in checkpoints() {
                output::line(format!("checkpoint {}", checkpoint.name));
            }
        }
        SuiteCommand::Show { table } => {
            let found = shipped().into_iter().find(|shipped| shipped.table == table);
            output::line(found.context("no such suite ships; write matches or odds")?.suite.write());
        }
        SuiteCommand::Kinds => kinds().for_each(output::line),
        SuiteCommand::Check { file } => {
            let text =
                std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            let suite = Suite::read(&text).with_context(|| file.display().to_string())?;
            output::line(format!("{}: {} expectations, all supported", suite.name, suite.expectations.len()));
        }
    }
    Ok(Ending::Done)
}
