//! What a check says of a store, and what it leaves there.

use crate::invented::{OLD, SEASON, World, after, held, name, season};
use chrono::TimeDelta;
use touchline_domain::ports::{IssueFilter, QualityReader, QualityWriter};
use touchline_domain::{FixedClock, Handling, IssueStatus, Severity};

async fn open(folder: &tempfile::TempDir, rounds: usize) -> World {
    World::open(&folder.path().join("held.db"), after(rounds)).await
}

async fn recorded(world: &World) -> Vec<String> {
    let issues = world.store.find_issues(&IssueFilter::default(), 1000).await.unwrap();
    issues.into_iter().map(|issue| format!("{} {}", issue.error_type, issue.data)).collect()
}

#[tokio::test]
async fn clean_seasons_have_no_finding_and_full_scores() {
    let folder = held().await;
    let world = open(&folder, OLD).await;
    let first = &world.store.quality_checks(1).await.unwrap()[0].report;
    assert_eq!((first["full"].as_bool(), first["seasons"].as_u64()), (Some(true), Some(4)));
    assert_eq!(first["matches"].as_u64(), Some(3 * 380 + 300));
    assert_eq!(first["quotes"].as_u64(), Some((3 * 380 + 300) * 10));
    assert_eq!(first["findings"].as_array().map(Vec::len), Some(0), "{:#}", first["findings"]);
    assert!(first["scores"]["overall"].as_f64().unwrap() > 99.9, "{}", first["scores"]);
    assert!(first["suites"].as_array().unwrap().iter().all(|suite| suite["success"] == true));
    let names: Vec<String> =
        world.store.quality_baselines().await.unwrap().into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, [""; 0], "ten matches a week are too few to judge drift by");
    let again = world.check(false).await;
    assert_eq!((again.full, again.seasons, again.quotes), (false, 0, 0), "nothing came in");
    assert!(again.is_clean());
}

#[tokio::test]
async fn a_clean_round_is_looked_at_alone_and_has_no_finding() {
    let folder = held().await;
    let world = open(&folder, OLD + 1).await;
    world.ingest(&name(SEASON), &season(SEASON).until(10 * (OLD + 1)).text()).await;
    let report = world.check(false).await;
    assert!(report.is_clean(), "{:#?}", report.findings);
    assert_eq!((report.full, report.seasons), (false, 1));
    // Ten new matches, and five before them to see whether a feed stands still.
    assert_eq!(report.quotes, 15 * 10);
    assert_eq!(recorded(&world).await, [""; 0]);
}

#[tokio::test]
async fn a_cause_is_recorded_once_and_stays_as_it_was_handled() {
    let folder = held().await;
    let world = open(&folder, OLD + 1).await;
    let mut sheet = season(SEASON).until(10 * (OLD + 1));
    *sheet.cell(10 * OLD + 3, "FTHG") = "14".to_owned();
    *sheet.cell(10 * OLD + 3, "FTR") = "H".to_owned();
    world.ingest(&name(SEASON), &sheet.text()).await;
    let report = world.check(false).await;
    assert!(!report.is_clean());
    assert_eq!(report.new_findings, 1, "{:#?}", report.findings);
    let held = world.store.find_issues(&IssueFilter::default(), 10).await.unwrap();
    assert_eq!((held[0].error_type.as_str(), held[0].severity.as_str()), ("improbable_score", "medium"));
    assert!(held[0].requires_manual_review && held[0].message.contains("a digit too many"));
    let handling = Handling { status: IssueStatus::Resolved, by: "test".to_owned(), notes: None };
    world.store.handle_issue(held[0].id, &handling, after(OLD + 1)).await.unwrap();
    // A full check finds it again, and records it no more.
    let later = World { clock: FixedClock(after(OLD + 1) + TimeDelta::hours(4)), ..world };
    let again = later.check(true).await;
    assert_eq!((again.findings.len(), again.new_findings), (1, 0), "{:#?}", again.findings);
    let held = later.store.find_issues(&IssueFilter::default(), 10).await.unwrap();
    assert_eq!((held.len(), held[0].status), (1, IssueStatus::Resolved));
}

#[tokio::test]
async fn many_quotes_of_a_book_are_one_cause_and_later_ones_belong_to_it() {
    let folder = held().await;
    let mut sheet = season(SEASON).until(10 * (OLD + 2));
    for row in 10 * OLD..10 * (OLD + 2) {
        sheet.swap(row, "IWH", "IWA");
    }
    let world = open(&folder, OLD + 1).await;
    world.ingest(&name(SEASON), &sheet.until(10 * (OLD + 1)).text()).await;
    let first = world.check(false).await;
    assert_eq!(first.new_findings, 1, "{:#?}", first.findings);
    assert_eq!(first.findings[0].severity, Severity::High);
    assert!(
        first.findings[0].message.contains("home and away are exchanged"),
        "{}",
        first.findings[0].message
    );
    let later = World { clock: FixedClock(after(OLD + 2)), ..world };
    later.ingest(&name(SEASON), &sheet.text()).await;
    assert_eq!(later.check(false).await.new_findings, 0);
    assert_eq!(recorded(&later).await.len(), 1);
}

#[tokio::test]
async fn a_check_that_is_asked_to_stop_records_nothing() {
    struct Stopping;
    impl touchline_domain::Progress for Stopping {
        fn begin(&self, _: &str, _: u64) {}
        fn done(&self, _: u64) {}
        fn end(&self) {}
        fn stop_requested(&self) -> bool {
            true
        }
    }
    let folder = held().await;
    let world = open(&folder, OLD).await;
    let options = touchline_intake::quality::check::CheckOptions { full: true, ..Default::default() };
    let stopped =
        touchline_intake::quality::check::check(&world.store, &options, &world.clock, &Stopping).await;
    assert!(matches!(stopped, Err(touchline_intake::quality::check::CheckError::Stopped(_))));
    assert_eq!(world.store.quality_checks(10).await.unwrap().len(), 1, "the one before");
}
