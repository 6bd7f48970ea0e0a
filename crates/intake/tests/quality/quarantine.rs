//! Lines that were not used are put right, or left out, and silver ends as if they had come so.

use crate::invented::{OLD, SEASON, World, after, name, season};
use tempfile::TempDir;
use touchline_domain::ports::{IssueFilter, LineageReader, QualityReader, SilverReader};
use touchline_domain::{DocumentId, IssueStatus};
use touchline_intake::identity::SourceOrder;
use touchline_intake::quarantine::{LineDecision, QuarantineError, decide, undo, waiting};

async fn world(folder: &TempDir, file: &str) -> World {
    World::open(&folder.path().join(file), after(OLD)).await
}

fn decision(text: Option<String>) -> LineDecision {
    LineDecision { text, reason: "seen on the club's page".to_owned(), by: "Ann".to_owned() }
}

#[tokio::test]
async fn a_corrected_line_ends_in_the_content_of_one_that_came_right() {
    let folder = TempDir::new().unwrap();
    let right = season(SEASON).until(40);
    let mut wrong = right.clone();
    // A date, a score and a price that are none; lines count from 1, and the headings are the first.
    *wrong.cell(3, "Date") = "31/02/2023".to_owned();
    *wrong.cell(17, "FTHG") = "minus one".to_owned();
    *wrong.cell(29, "B365H") = "0".to_owned();
    let clean = world(&folder, "clean.db").await;
    clean.ingest(&name(SEASON), &right.text()).await;
    let mended = world(&folder, "mended.db").await;
    mended.ingest(&name(SEASON), &wrong.text()).await;
    let hash = async |world: &World| world.store.content_hash().await.unwrap();
    assert_ne!(hash(&mended).await, hash(&clean).await);
    let held = waiting(&mended.store, 50).await.unwrap();
    let lines: Vec<u32> = held.iter().map(|line| line.line).collect();
    assert!(lines.contains(&5) && lines.contains(&19), "{held:#?}");
    let issues = mended.store.find_issues(&IssueFilter::default(), 100).await.unwrap();
    for row in [3_usize, 17, 29] {
        let issue = issues.iter().find(|issue| issue.locator == row as u32 + 2).unwrap();
        let text = Some(right.rows[row].join(","));
        let order = SourceOrder::default();
        let decided =
            decide(&mended.store, issue.id, decision(text.clone()), &order, &mended.clock).await.unwrap();
        assert_eq!(decided.line, row as u32 + 2);
        // Deciding the same again changes nothing.
        let before = hash(&mended).await;
        decide(&mended.store, issue.id, decision(text), &order, &mended.clock).await.unwrap();
        assert_eq!(hash(&mended).await, before);
    }
    assert_eq!(hash(&mended).await, hash(&clean).await);
    let issues = mended.store.find_issues(&IssueFilter::default(), 100).await.unwrap();
    assert!(issues.iter().all(|issue| issue.status == IssueStatus::Resolved), "{issues:#?}");
    // The lines that were put right are the origins of their matches.
    let brought = mended.store.brought_by(DocumentId(1), 100).await.unwrap();
    assert_eq!(brought.iter().map(|(_, line)| *line).collect::<Vec<_>>(), (2..42).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_line_is_left_out_and_that_is_undone() {
    let folder = TempDir::new().unwrap();
    let mut sheet = season(SEASON).until(20);
    *sheet.cell(7, "FTHG") = "x".to_owned();
    let world = world(&folder, "a.db").await;
    world.ingest(&name(SEASON), &sheet.text()).await;
    let held = waiting(&world.store, 10).await.unwrap().remove(0);
    assert_eq!((held.line, held.text), (9, Some(sheet.rows[7].join(","))));
    let order = SourceOrder::default();
    let several = decision(Some("a\nb".to_owned()));
    let refused = decide(&world.store, held.finding, several, &order, &world.clock).await;
    assert!(matches!(refused, Err(QuarantineError::Several)));
    let left = decide(&world.store, held.finding, decision(None), &order, &world.clock).await.unwrap();
    assert_eq!((left.report.rows, left.report.rejected_rows), (19, 0));
    assert_eq!(waiting(&world.store, 10).await.unwrap(), []);
    let report =
        undo(&world.store, (left.document, left.decision), "Bob", &order, &world.clock).await.unwrap();
    assert_eq!(report.rows, 20);
    let again = waiting(&world.store, 10).await.unwrap().remove(0);
    assert_eq!(again.decided[0].undone.as_ref().map(|(by, _)| by.as_str()), Some("Bob"));
    let twice = undo(&world.store, (left.document, left.decision), "Bob", &order, &world.clock).await;
    assert!(matches!(twice, Err(QuarantineError::Undone(..))));
    let unknown = decide(&world.store, 999, decision(None), &order, &world.clock).await;
    assert!(matches!(unknown, Err(QuarantineError::Unknown(999))));
}
