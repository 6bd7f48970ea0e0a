//! A version of the data is built anew from its documents and decisions, whatever came since.

use crate::invented::{OLD, SEASON, World, after, name, season};
use chrono::TimeDelta;
use tempfile::TempDir;
use touchline_domain::ports::{
    HeldFilter, LeagueReader, NameReader, QualityReader, SilverReader, VersionReader,
};
use touchline_domain::{FixedClock, RowVerdict, Silent};
use touchline_intake::held::{decide, take_back};
use touchline_intake::identity::SourceOrder;
use touchline_intake::quarantine::{self, LineDecision};
use touchline_intake::versions::{Rebuilt, VersionError, name_version, rebuild};
use touchline_store_sqlite::SqliteStore;

async fn built(world: &World, name: &str) -> Rebuilt {
    let scratch = SqliteStore::in_memory(std::sync::Arc::new(world.clock)).await.unwrap();
    let order = SourceOrder::default();
    rebuild(&world.store, &scratch, name, &order, &world.clock, &Silent).await.unwrap()
}

#[tokio::test]
async fn a_version_is_what_it_was_whatever_came_and_was_decided_since() {
    let folder = TempDir::new().unwrap();
    let mut world = World::open(&folder.path().join("a.db"), after(OLD)).await;
    let order = SourceOrder::default();
    world.ingest(&name(SEASON - 1), &season(SEASON - 1).text()).await;
    let right = season(SEASON).until(40);
    let mut wrong = right.clone();
    for (row, goals) in [(17, "31"), (23, "29")] {
        *wrong.cell(row, "FTHG") = goals.to_owned();
        *wrong.cell(row, "FTR") = "H".to_owned();
    }
    *wrong.cell(30, "Date") = "31/02/2023".to_owned();
    world.ingest(&name(SEASON), &wrong.text()).await;
    let version = name_version(&world.store, "as-held", "test", &world.clock).await.unwrap();
    assert_eq!(version.documents, 2);

    world.clock = FixedClock(world.clock.0 + TimeDelta::hours(1));
    let rows = world.store.held_rows(&HeldFilter::default(), 10).await.unwrap();
    assert_eq!(rows.len(), 2);
    let released =
        decide(&world.store, rows[0].id, RowVerdict::Release, ("seen", "Ann"), &order, &world.clock)
            .await
            .unwrap();
    let issue =
        quarantine::waiting(&world.store, 50).await.unwrap().into_iter().find(|l| l.line == 32).unwrap();
    let line = LineDecision {
        text: Some(right.rows[30].join(",")),
        reason: "the day before".to_owned(),
        by: "Ann".to_owned(),
    };
    quarantine::decide(&world.store, issue.finding, line, &order, &world.clock).await.unwrap();
    name_version(&world.store, "decided", "test", &world.clock).await.unwrap();

    world.clock = FixedClock(world.clock.0 + TimeDelta::hours(1));
    take_back(&world.store, released.decision, "Bob", &order, &world.clock).await.unwrap();
    world.ingest(&name(SEASON), &season(SEASON).until(60).text()).await;
    name_version(&world.store, "later", "test", &world.clock).await.unwrap();

    let hashes: Vec<String> =
        world.store.data_versions().await.unwrap().into_iter().map(|v| v.content_hash).collect();
    assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2], "{hashes:?}");
    for (name, documents, decisions) in [("as-held", 2, 0), ("decided", 2, 2)] {
        let built = built(&world, name).await;
        assert!(built.same, "{name}: {built:#?}");
        assert_eq!(
            (built.documents, built.decisions, built.not_repeated),
            (documents, decisions, 0),
            "{name}"
        );
    }
    // Nothing of the store changed.
    assert_eq!(world.store.content_hash().await.unwrap(), hashes[0]);
    assert_eq!(world.store.leagues().await.unwrap().len(), 1);
    assert_eq!(world.store.reviews(false).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_name_keeps_its_meaning() {
    let folder = TempDir::new().unwrap();
    let world = World::open(&folder.path().join("a.db"), after(OLD)).await;
    world.ingest(&name(SEASON), &season(SEASON).until(40).text()).await;
    let first = name_version(&world.store, "v1", "test", &world.clock).await.unwrap();
    assert_eq!(name_version(&world.store, "v1", "test", &world.clock).await.unwrap().name, first.name);
    world.ingest(&name(SEASON), &season(SEASON).until(50).text()).await;
    let taken = name_version(&world.store, "v1", "test", &world.clock).await;
    assert!(matches!(taken, Err(VersionError::Taken(_))));
    for wrong in ["", "../x", "a b", ".hidden"] {
        let refused = name_version(&world.store, wrong, "test", &world.clock).await;
        assert!(matches!(refused, Err(VersionError::BadName(_))), "{wrong:?}");
    }
    let order = SourceOrder::default();
    let unknown = rebuild(&world.store, &world.store, "v2", &order, &world.clock, &Silent).await;
    assert!(matches!(unknown, Err(VersionError::Unknown(_))));
    let full = rebuild(&world.store, &world.store, "v1", &order, &world.clock, &Silent).await;
    assert!(matches!(full, Err(VersionError::NotEmpty)));
}
