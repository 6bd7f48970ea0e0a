//! What became of the data in a week.

use chrono::{DateTime, Days, Utc};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use touchline_domain::ports::{IssueCount, IssueFilter, JobReader, QualityReader, StoreError};
use touchline_domain::{IssueStatus, JobFilter, JobStatus, Severity};
use touchline_quality::weekly::{
    CauseOfWeek, FindingsOfKind, Repaired, Share, Week, WeekReport, mean, summarise,
};

/// Causes that are told one by one.
const CAUSES: u32 = 20;
/// Days over which false alarms are counted beside those of the week.
const LONG: u64 = 90;
/// Jobs of a kind that are looked at: more than a week has.
const MOST_JOBS: u32 = 2000;
/// The kinds of jobs that collect what has become old.
const COLLECTING: [&str; 3] = ["fixtures_collection", "odds_collection", "injuries_collection"];
/// The flow that collects again what falls short.
const REPAIR: &str = "quality_check_and_repair@";

/// What a report asks of a store.
pub trait Reported: QualityReader + JobReader {}

impl<T: QualityReader + JobReader + ?Sized> Reported for T {}

/// The report of a week.
///
/// # Errors
/// The store is not available.
pub async fn week_report<S: Reported + ?Sized>(
    store: &S,
    week: Week,
    now: DateTime<Utc>,
) -> Result<WeekReport, StoreError> {
    let (from, until) = (week.from(), week.until());
    let within = IssueFilter { since: Some(from), until: Some(until), ..IssueFilter::default() };
    let counts = store.issue_counts(&within).await?;
    let resolved = decided(store, from, until, Some(IssueStatus::Resolved)).await?;
    let repaired = Repaired {
        findings: resolved.iter().map(|(_, count)| count).sum(),
        lines: store.line_decisions_between(from, until).await?,
        recollected: recollected(store, from, until).await?,
    };
    let open = IssueFilter { needs_review: true, status: Some(IssueStatus::Open), ..IssueFilter::default() };
    let mut report = WeekReport {
        week: week.to_string(),
        from,
        until,
        made_at: now,
        checks: 0,
        scores: Vec::new(),
        trend: Vec::new(),
        freshness: Vec::new(),
        missing_matches: None,
        most_missing_matches: None,
        findings: of_kinds(&counts),
        causes: causes(store, &within).await?,
        repaired,
        false_alarms: false_alarms(store, from, until).await?,
        false_alarms_of_90_days: false_alarms(store, until - Days::new(LONG), until).await?,
        waiting: store.issue_counts(&open).await?.iter().map(|count| count.count).sum(),
    };
    let checks = store.quality_checks_between(from, until).await?;
    let checks: Vec<_> = checks.iter().map(|check| (check.checked_at, &check.report)).collect();
    let before = store.quality_checks_between(week.previous().from(), from).await?;
    let mut means: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for check in &before {
        for (table, score) in check.report["scores"].as_object().into_iter().flatten() {
            means.entry(table.clone()).or_default().extend(score.as_f64());
        }
    }
    let before = means.into_iter().map(|(table, all)| (table, mean(&all))).collect();
    summarise(&mut report, &checks, &before);
    Ok(report)
}

/// Severities of findings that were decided about in a time, each with how many.
async fn decided<S: QualityReader + ?Sized>(
    store: &S,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    status: Option<IssueStatus>,
) -> Result<Vec<(Severity, u64)>, StoreError> {
    let filter =
        |handled_since| IssueFilter { status, handled_since: Some(handled_since), ..IssueFilter::default() };
    let severity = |count: &IssueCount| count.severity.parse().unwrap_or(Severity::Low);
    let mut counts: BTreeMap<Severity, u64> = BTreeMap::new();
    for count in store.issue_counts(&filter(from)).await? {
        *counts.entry(severity(&count)).or_default() += count.count;
    }
    // What was decided later is not of this time.
    for count in store.issue_counts(&filter(until)).await? {
        let counted = counts.entry(severity(&count)).or_default();
        *counted = counted.saturating_sub(count.count);
    }
    Ok(counts.into_iter().collect())
}

/// Findings that were none, among those that people decided about.
async fn false_alarms<S: QualityReader + ?Sized>(
    store: &S,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Share, StoreError> {
    let sum = |counts: Vec<(Severity, u64)>| -> u64 {
        counts.into_iter().filter(|(severity, _)| *severity >= Severity::Medium).map(|(_, count)| count).sum()
    };
    let ignored = sum(decided(store, from, until, Some(IssueStatus::Ignored)).await?);
    let resolved = sum(decided(store, from, until, Some(IssueStatus::Resolved)).await?);
    Ok(Share::new(ignored, ignored + resolved))
}

fn of_kinds(counts: &[IssueCount]) -> Vec<FindingsOfKind> {
    let mut kinds: BTreeMap<(Reverse<Severity>, &str, &str), (u64, u64)> = BTreeMap::new();
    for IssueCount { table, error_type, severity, status, count } in counts {
        let severity = severity.parse().unwrap_or(Severity::Low);
        let (all, open) = kinds.entry((Reverse(severity), table, error_type)).or_default();
        *all += count;
        *open += if *status == IssueStatus::Open { *count } else { 0 };
    }
    let of_kind = |((Reverse(severity), table, kind), (count, open)): (_, _)| {
        let (table, kind): (&str, &str) = (table, kind);
        let severity: Severity = severity;
        FindingsOfKind {
            table: table.to_owned(),
            kind: kind.to_owned(),
            severity: severity.name().to_owned(),
            count,
            open,
        }
    };
    let mut kinds: Vec<FindingsOfKind> = kinds.into_iter().map(of_kind).collect();
    let rank = |kind: &FindingsOfKind| kind.severity.parse().unwrap_or(Severity::Low);
    kinds.sort_by_key(|kind| (Reverse(rank(kind)), Reverse(kind.count)));
    kinds
}

/// The worst findings of the week, the latest of each severity first.
async fn causes<S: QualityReader + ?Sized>(
    store: &S,
    within: &IssueFilter,
) -> Result<Vec<CauseOfWeek>, StoreError> {
    let mut causes = Vec::new();
    for severity in [Severity::Critical, Severity::High, Severity::Medium] {
        let left = CAUSES - causes.len() as u32;
        let filter = IssueFilter { severity: Some(severity), ..within.clone() };
        for issue in store.find_issues(&filter, left).await? {
            let document = issue.document_name.map(|name| match issue.locator {
                0 => name,
                line => format!("{name}:{line}"),
            });
            causes.push(CauseOfWeek {
                id: issue.id,
                kind: issue.error_type,
                severity: issue.severity,
                message: issue.message,
                status: issue.status.name().to_owned(),
                document,
            });
        }
    }
    Ok(causes)
}

/// Sources that a repair has asked again.
async fn recollected<S: JobReader + ?Sized>(
    store: &S,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let mut count = 0;
    for name in COLLECTING {
        let filter = JobFilter {
            statuses: vec![JobStatus::Succeeded],
            name: Some(name.to_owned()),
            ..JobFilter::default()
        };
        for job in store.jobs(&filter, MOST_JOBS).await? {
            let is_repair = job.what.flow.as_ref().is_some_and(|step| step.flow.starts_with(REPAIR));
            let is_meant = is_repair && job.ended_at.is_some_and(|at| (from..until).contains(&at));
            let result = job.result.as_ref().filter(|_| is_meant);
            let sources = result.and_then(|result| result["sources"].as_array()).into_iter().flatten();
            count +=
                sources.filter(|source| source["stale"] != false && source["error"].is_null()).count() as u64;
        }
    }
    Ok(count)
}
