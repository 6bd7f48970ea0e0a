//! The report of a week counts what became of the data in it, and of nothing else.

use crate::invented::{OLD, World, after};
use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use tempfile::TempDir;
use touchline_domain::ports::{IssueFilter, KeptCheck, QualityReader, QualityWriter};
use touchline_domain::{FeedPosition, Handling, IssueStatus, QualityIssue, Severity};
use touchline_intake::quality::weekly::week_report;
use touchline_quality::weekly::Week;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn finding(cause: u32, severity: Severity) -> QualityIssue {
    QualityIssue {
        table: "odds",
        document: None,
        locator: 0,
        error_type: if severity == Severity::Low { "book_sum" } else { "price_against_consensus" }.to_owned(),
        severity,
        message: format!("cause {cause}"),
        data: format!("cause {cause}"),
        requires_manual_review: severity >= Severity::Medium,
    }
}

#[tokio::test]
async fn a_week_has_its_own_checks_findings_and_decisions() {
    let folder = TempDir::new().unwrap();
    let world = World::open(&folder.path().join("week.db"), after(OLD)).await;
    let store = &world.store;
    for (day, score, missing) in [("2026-11-17", 90.0, 0), ("2026-11-24", 96.0, 3), ("2026-11-25", 92.0, 1)] {
        let checked_at = at(&format!("{day}T10:00:00Z"));
        let report = json!({
            "scores": { "overall": score, "odds": score - 1.0 }, "missing_matches": missing,
            "freshness": [{ "table": "odds", "hours": missing }],
        });
        let check = KeptCheck { checked_at, position: FeedPosition(0), report };
        store.keep_quality_check(&check).await.unwrap();
    }
    let (before, within) = (at("2026-11-22T23:59:59Z"), at("2026-11-23T00:00:00Z"));
    store.record_issues(&[finding(1, Severity::High)], before).await.unwrap();
    let found = [2, 3, 4, 5].map(|cause| finding(cause, Severity::High));
    store.record_issues(&found, within).await.unwrap();
    store.record_issues(&[finding(6, Severity::Low)], within + Duration::days(3)).await.unwrap();
    store.record_issues(&[finding(7, Severity::Critical)], at("2026-11-30T00:00:00Z")).await.unwrap();
    let decide = async |cause: u32, status, when| {
        let all = store.find_issues(&IssueFilter::default(), 100).await.unwrap();
        let issue = all.iter().find(|issue| issue.data == format!("cause {cause}")).unwrap();
        let handling = Handling { status, by: "Ann".to_owned(), notes: None };
        assert!(store.handle_issue(issue.id, &handling, when).await.unwrap());
    };
    decide(1, IssueStatus::Ignored, at("2026-11-10T00:00:00Z")).await;
    decide(2, IssueStatus::Ignored, within + Duration::days(1)).await;
    decide(3, IssueStatus::Resolved, within + Duration::days(2)).await;
    decide(4, IssueStatus::Resolved, within + Duration::days(2)).await;
    // What is of no weight is no alarm, and what was decided later is of another week.
    decide(6, IssueStatus::Ignored, within + Duration::days(4)).await;
    decide(5, IssueStatus::Ignored, at("2026-12-01T00:00:00Z")).await;
    let week: Week = "2026-W48".parse().unwrap();
    let report = week_report(store, week, at("2026-12-02T06:00:00Z")).await.unwrap();
    assert_eq!(report.checks, 2);
    let overall = report.scores.iter().find(|score| score.table == "overall").unwrap();
    assert_eq!(
        (overall.last, overall.lowest, overall.mean, overall.mean_before),
        (92.0, 92.0, 94.0, Some(90.0))
    );
    assert_eq!(report.trend.iter().map(|day| day.score).collect::<Vec<_>>(), [96.0, 92.0]);
    assert_eq!((report.missing_matches, report.most_missing_matches), (Some(1), Some(3)));
    assert_eq!((report.freshness[0].last_hours, report.freshness[0].most_hours), (1.0, 3.0));
    let kinds: Vec<_> = report.findings.iter().map(|of| (of.kind.as_str(), of.count, of.open)).collect();
    assert_eq!(kinds, [("price_against_consensus", 4, 0), ("book_sum", 1, 0)], "the worst first");
    assert_eq!(report.causes.len(), 4, "findings of low severity are told by kind alone");
    assert_eq!((report.repaired.findings, report.repaired.lines, report.repaired.recollected), (2, 0, 0));
    assert_eq!((report.false_alarms.count, report.false_alarms.of), (1, 3));
    assert_eq!((report.false_alarms_of_90_days.count, report.false_alarms_of_90_days.of), (2, 4));
    assert_eq!(report.waiting, 1, "now, whatever the week");
    let empty = week_report(store, "2025-W01".parse().unwrap(), at("2026-12-02T06:00:00Z")).await.unwrap();
    assert_eq!((empty.checks, empty.findings.len(), empty.false_alarms.of), (0, 0, 0));
}
