//! Rows that a rule holds back: they wait, the rest goes on, and whoever decides ends in the same content.

use crate::invented::{OLD, SEASON, Sheet, World, after, name, season};
use tempfile::TempDir;
use touchline_collect::sources::by_name;
use touchline_domain::ports::{HeldFilter, IssueFilter, QualityReader, QualityWriter, SilverReader};
use touchline_domain::{HeldState, IssueStatus, NewRowDecision, RowVerdict, Silent};
use touchline_intake::held::{self, HeldError, decide, settle, take_back};
use touchline_intake::identity::SourceOrder;
use touchline_intake::import::import_documents;
use touchline_intake::ingest::Incoming;
use touchline_intake::quarantine::{self, LineDecision};

async fn world(folder: &TempDir, file: &str) -> World {
    World::open(&folder.path().join(file), after(OLD)).await
}

/// Forty matches, one of which has a digit too many: line 19.
fn sheets() -> (Sheet, Sheet) {
    let right = season(SEASON).until(40);
    let mut wrong = right.clone();
    let own = |sheet: &mut Sheet, heading: &str, text: &str| text.clone_into(sheet.cell(17, heading));
    own(&mut wrong, "FTHG", "31");
    own(&mut wrong, "FTR", "H");
    (right, wrong)
}

async fn states(world: &World) -> Vec<(u32, HeldState)> {
    let held = world.store.held_rows(&HeldFilter::default(), 100).await.unwrap();
    held.into_iter().map(|held| (held.row.line, held.row.state)).collect()
}

async fn statuses(world: &World, kind: &str) -> Vec<IssueStatus> {
    let filter = IssueFilter { error_type: Some(kind.to_owned()), ..IssueFilter::default() };
    world.store.find_issues(&filter, 10).await.unwrap().into_iter().map(|issue| issue.status).collect()
}

async fn hash(world: &World) -> String {
    world.store.content_hash().await.unwrap()
}

#[tokio::test]
async fn a_row_that_fails_waits_with_its_bytes_and_the_rest_goes_on() {
    let folder = TempDir::new().unwrap();
    let (right, wrong) = sheets();
    let world = world(&folder, "a.db").await;
    let report = world.ingest(&name(SEASON), &wrong.text()).await;
    assert_eq!((report.matches.new, report.held_rows, report.rejected_rows), (39, 1, 0), "{report:#?}");
    let rows = held::held(&world.store, &HeldFilter::default(), 10).await.unwrap();
    let [row] = &rows[..] else { panic!("{rows:#?}") };
    assert_eq!((row.line, row.rule.as_str(), row.rule_version), (19, "improbable_score", 1));
    assert_eq!(row.text.as_deref(), Some(wrong.rows[17].join(",").as_str()));
    assert!(row.reason.contains("31-"), "{row:#?}");
    // Read again it says the same and writes nothing; a corrected edition brings the match.
    let again = world.ingest(&name(SEASON), &wrong.text()).await;
    assert_eq!((again.matches.new, again.held_rows), (0, 1));
    let corrected = world.ingest(&name(SEASON), &right.text()).await;
    assert_eq!((corrected.matches.new, corrected.held_rows), (1, 0));
    let clean = self::world(&folder, "b.db").await;
    clean.ingest(&name(SEASON), &right.text()).await;
    assert_eq!(hash(&world).await, hash(&clean).await);
}

#[tokio::test]
async fn a_corrected_row_ends_in_the_content_of_one_that_came_right() {
    let folder = TempDir::new().unwrap();
    let (right, wrong) = sheets();
    let (clean, mended) = (world(&folder, "clean.db").await, world(&folder, "mended.db").await);
    clean.ingest(&name(SEASON), &right.text()).await;
    mended.ingest(&name(SEASON), &wrong.text()).await;
    assert_ne!(hash(&mended).await, hash(&clean).await);
    let row = held::held(&mended.store, &HeldFilter::default(), 10).await.unwrap().remove(0);
    let decision = LineDecision {
        text: Some(right.rows[17].join(",")),
        reason: "a digit too many".to_owned(),
        by: "Ann".to_owned(),
    };
    let order = SourceOrder::default();
    let finding = row.finding.unwrap();
    let decided = quarantine::decide(&mended.store, finding, decision, &order, &mended.clock).await.unwrap();
    assert_eq!(hash(&mended).await, hash(&clean).await);
    assert_eq!(states(&mended).await, [(19, HeldState::Corrected)]);
    assert_eq!(statuses(&mended, "improbable_score").await, [IssueStatus::Resolved]);
    assert_eq!(settle(&mended.store, &order, &mended.clock).await.unwrap().documents, 0);
    // Undone, the line is read as it came, and the row is held again.
    let of = (decided.document, decided.decision);
    quarantine::undo(&mended.store, of, "Bob", &order, &mended.clock).await.unwrap();
    assert_eq!(states(&mended).await, [(19, HeldState::Held)]);
    assert_eq!(statuses(&mended, "improbable_score").await, [IssueStatus::Open]);
}

#[tokio::test]
async fn a_released_row_ends_in_the_content_of_one_that_was_never_held() {
    let folder = TempDir::new().unwrap();
    let (_, wrong) = sheets();
    let order = SourceOrder::default();
    let (early, late) = (world(&folder, "early.db").await, world(&folder, "late.db").await);
    late.ingest(&name(SEASON), &wrong.text()).await;
    let row = late.store.held_rows(&HeldFilter::default(), 1).await.unwrap().remove(0);
    // Whoever knew before the file came is not asked.
    let before = NewRowDecision {
        fingerprint: row.row.fingerprint.clone(),
        verdict: RowVerdict::Release,
        reason: "known".to_owned(),
        by: "Ann".to_owned(),
    };
    early.store.decide_row(&before, early.clock.0).await.unwrap();
    let report = early.ingest(&name(SEASON), &wrong.text()).await;
    assert_eq!((report.matches.new, report.held_rows), (40, 0));
    let settled = decide(&late.store, row.id, RowVerdict::Release, ("it was so", "Ann"), &order, &late.clock)
        .await
        .unwrap();
    assert_eq!(settled.report.matches.new, 1);
    assert_eq!(hash(&late).await, hash(&early).await);
    assert_eq!(states(&late).await, [(19, HeldState::Released)]);
    assert_eq!(statuses(&late, "improbable_score").await, [IssueStatus::Ignored]);
    // The next edition of the file is not asked about again.
    let mut next = season(SEASON).until(50);
    next.rows[17] = wrong.rows[17].clone();
    let report = late.ingest(&name(SEASON), &next.text()).await;
    assert_eq!((report.matches.new, report.held_rows), (10, 0));
}

#[tokio::test]
async fn a_refused_row_stays_out_and_every_decision_can_be_taken_back() {
    let folder = TempDir::new().unwrap();
    let (_, wrong) = sheets();
    let order = SourceOrder::default();
    let world = world(&folder, "a.db").await;
    world.ingest(&name(SEASON), &wrong.text()).await;
    let before = hash(&world).await;
    let id = world.store.held_rows(&HeldFilter::default(), 1).await.unwrap()[0].id;
    let refused =
        decide(&world.store, id, RowVerdict::Refuse, ("a joke", "Ann"), &order, &world.clock).await.unwrap();
    assert_eq!((hash(&world).await, states(&world).await), (before.clone(), vec![(19, HeldState::Refused)]));
    assert_eq!(statuses(&world, "improbable_score").await, [IssueStatus::Resolved]);
    let again = world.ingest(&name(SEASON), &wrong.text()).await;
    assert_eq!((again.held_rows, again.matches.new), (0, 0), "nobody is asked again");
    take_back(&world.store, refused.decision, "Bob", &order, &world.clock).await.unwrap();
    assert_eq!(states(&world).await, [(19, HeldState::Held)]);
    let twice = take_back(&world.store, refused.decision, "Bob", &order, &world.clock).await;
    assert!(matches!(twice, Err(HeldError::TakenBack(_))));
    let unknown =
        decide(&world.store, id + 9, RowVerdict::Refuse, ("a joke", "Ann"), &order, &world.clock).await;
    assert!(matches!(unknown, Err(HeldError::Unknown(_))));
    decide(&world.store, id, RowVerdict::Release, ("it was so", "Cal"), &order, &world.clock).await.unwrap();
    let row = held::held(&world.store, &HeldFilter::default(), 1).await.unwrap().remove(0);
    let log: Vec<_> = row
        .decisions
        .iter()
        .map(|of| (of.verdict.name(), of.by.as_str(), of.undone.as_ref().map(|(by, _)| by.as_str())))
        .collect();
    assert_eq!(log, [("refuse", "Ann", Some("Bob")), ("release", "Cal", None)]);
}

/// A match of the season in the other source's form, with a score of the row's day and clubs.
fn openfootball(rows: &Sheet, lines: impl Iterator<Item = usize>) -> String {
    let matches: Vec<serde_json::Value> = lines
        .map(|row| {
            let cell = |heading: &str| rows.rows[row][rows.place(heading)].clone();
            let number = |heading: &str| cell(heading).parse::<u32>().unwrap();
            let date: Vec<String> = cell("Date").split('/').map(str::to_owned).collect();
            serde_json::json!({
                "round": format!("Matchday {}", row / 10 + 1),
                "date": format!("{}-{}-{}", date[2], date[1], date[0]),
                "team1": cell("HomeTeam"),
                "team2": cell("AwayTeam"),
                "score": { "ft": [number("FTHG"), number("FTAG")], "ht": [number("HTHG"), number("HTAG")] },
            })
        })
        .collect();
    serde_json::json!({ "name": "English Premier League 2023/24", "matches": matches }).to_string()
}

#[tokio::test]
async fn two_sources_that_say_the_same_release_a_row_by_rule() {
    let folder = TempDir::new().unwrap();
    let (right, wrong) = sheets();
    let order = SourceOrder::default();
    for other_agrees in [true, false] {
        let world = world(&folder, if other_agrees { "agrees.db" } else { "differs.db" }).await;
        world.ingest(&name(SEASON), &wrong.text()).await;
        let other = openfootball(if other_agrees { &wrong } else { &right }, 0..40);
        let source = by_name("openfootball").unwrap();
        let document = Incoming { name: "2023-24/en.1.json".to_owned(), bytes: other.into_bytes() };
        let report = import_documents(&world.store, source, vec![document], &order, &world.clock, &Silent)
            .await
            .unwrap();
        let mut states: Vec<HeldState> = states(&world).await.into_iter().map(|(_, state)| state).collect();
        states.sort_unstable();
        assert_eq!(report.held_rows, 0);
        if other_agrees {
            assert_eq!(states, [HeldState::Released, HeldState::Released]);
            let row = held::held(&world.store, &HeldFilter::default(), 10).await.unwrap().remove(0);
            assert_eq!(row.decisions[0].by, "rule:two_sources_agree");
        } else {
            assert_eq!(states, [HeldState::Held], "the other source's word stands alone");
        }
    }
}

#[tokio::test]
async fn a_decision_whose_reading_was_interrupted_is_completed_by_the_next_import() {
    let folder = TempDir::new().unwrap();
    let (right, wrong) = sheets();
    let order = SourceOrder::default();
    let world = world(&folder, "a.db").await;
    world.ingest(&name(SEASON), &wrong.text()).await;
    let row = world.store.held_rows(&HeldFilter::default(), 1).await.unwrap().remove(0);
    let decision = NewRowDecision {
        fingerprint: row.row.fingerprint,
        verdict: RowVerdict::Release,
        reason: "it was so".to_owned(),
        by: "Ann".to_owned(),
    };
    // As if the program had died here.
    world.store.decide_row(&decision, world.clock.0).await.unwrap();
    assert_eq!(states(&world).await, [(19, HeldState::Held)]);
    let other = Incoming { name: name(SEASON - 1), bytes: season(SEASON - 1).text().into_bytes() };
    let source = by_name("football-data").unwrap();
    import_documents(&world.store, source, vec![other], &order, &world.clock, &Silent).await.unwrap();
    assert_eq!(states(&world).await, [(19, HeldState::Released)]);
    assert_eq!(world.store.counts().await.unwrap().matches, 380 + 40);
    drop(right);
}

#[tokio::test]
async fn a_round_under_a_second_date_is_held_and_the_first_one_is_stored() {
    let folder = TempDir::new().unwrap();
    let mut sheet = season(SEASON).until(200);
    // The ten matches of the first round come again under dates of January, a day for all.
    for row in 0..10 {
        let mut copy = sheet.rows[row].clone();
        let place = sheet.place("Date");
        copy[place] = "03/01/2024".to_owned();
        sheet.rows.push(copy);
    }
    let world = world(&folder, "a.db").await;
    let report = world.ingest(&name(SEASON), &sheet.text()).await;
    assert_eq!((report.matches.new, report.held_rows), (200, 10), "{report:#?}");
    assert!(report.findings.contains_key("duplicated_round"), "{report:#?}");
}
