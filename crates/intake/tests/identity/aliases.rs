//! Tables of aliases, and the review queue.

use super::world::{World, double_round, football_data, openfootball};
use touchline_domain::ports::{BronzeReader, TeamReader};
use touchline_intake::identity::{
    ImportOptions, NameImportError, NameTable, ReviewError, ReviewTarget, accept_name, export_names,
    import_names, reject_name, suggestions,
};

const TABLE: &str = r#"{"Manchester Corley": ["Man Corley", "Manchester Corley FC"], "Queens Park": ["QP"]}"#;
const ENGLAND: ImportOptions<'_> =
    ImportOptions { country: Some("England"), source: None, create: true, skip_unknown: false };

#[tokio::test]
async fn a_table_joins_what_names_alone_do_not() {
    let mut hashes = Vec::new();
    let short = football_data("E0", &double_round(&["Man Corley", "QP", "Dunton"]));
    let long = openfootball("en.1", &double_round(&["Manchester Corley FC", "Queens Park", "Dunton"]));
    for order in [[&short, &long], [&long, &short]] {
        let world = World::new().await;
        world.import(TABLE, ENGLAND).await;
        for given in order {
            assert_eq!(world.ingest(given).await.waiting_names, 0);
        }
        assert_eq!(world.teams().await, ["Dunton", "Manchester Corley", "Queens Park"]);
        assert_eq!(world.matches().await.len(), 6);
        hashes.push(world.hash().await);
    }
    // Between both, and after both.
    let world = World::new().await;
    world.ingest(&long).await;
    world.import(TABLE, ENGLAND).await;
    world.ingest(&short).await;
    hashes.push(world.hash().await);
    let world = World::new().await;
    world.ingest(&short).await;
    assert_eq!(world.ingest(&long).await.waiting_names, 2);
    let report = world.import(TABLE, ENGLAND).await;
    assert_eq!((report.answered, report.documents.documents), (2, 1));
    assert_eq!(world.open().await, []);
    assert_eq!(world.store.unprocessed_records().await.unwrap(), 0);
    hashes.push(world.hash().await);
    hashes.dedup();
    assert_eq!(hashes.len(), 1, "{hashes:?}");
}

#[tokio::test]
async fn a_clash_names_both_and_nothing_is_kept() {
    let world = World::new().await;
    world.ingest(&football_data("E0", &double_round(&["Man Corley", "QP", "Dunton"]))).await;
    let hash = world.hash().await;
    for table in [
        r#"{"Man Corley": ["Corley", "Dunton"]}"#,
        r#"{"Man Corley": ["The Reds"], "Dunton": ["The Reds"]}"#,
        r#"{"Brand New": ["Dunton", "QP"]}"#,
    ] {
        let table: NameTable = serde_json::from_str(table).unwrap();
        let error =
            import_names(&world.store, &table, ENGLAND, &world.order, &world.clock).await.unwrap_err();
        assert!(matches!(error, NameImportError::Clash { .. }), "{error}");
        assert!(error.to_string().contains("Dunton"), "{error}");
        assert_eq!(world.hash().await, hash);
    }
    let table: NameTable = serde_json::from_str(r#"{"Nobody": [], "QP": ["Queens"]}"#).unwrap();
    let strict = ImportOptions { create: false, ..ENGLAND };
    let error = import_names(&world.store, &table, strict, &world.order, &world.clock).await.unwrap_err();
    assert!(matches!(&error, NameImportError::Unknown(names) if *names == ["Nobody"]), "{error}");
    assert_eq!(world.hash().await, hash);
    let lenient = ImportOptions { skip_unknown: true, ..strict };
    let report = import_names(&world.store, &table, lenient, &world.order, &world.clock).await.unwrap();
    assert_eq!((report.unknown.as_slice(), report.new_aliases), (&["Nobody".to_owned()][..], 2));
    assert!(serde_json::from_str::<NameTable>(r#"{"alias": "name"}"#).is_err(), "the other way round");
}

#[tokio::test]
async fn an_export_comes_back_as_it_was() {
    let world = World::new().await;
    world.import(TABLE, ENGLAND).await;
    world.ingest(&football_data("E0", &double_round(&["Man Corley", "QP", "Dunton"]))).await;
    let table = export_names(&world.store, None).await.unwrap();
    let text = serde_json::to_string(&table).unwrap();
    assert!(text.contains(r#""Queens Park":["QP"]"#), "{text}");
    let hash = world.hash().await;
    let report = world.import(&text, ENGLAND).await;
    assert_eq!(report.created, 0);
    let again = World::new().await;
    again.import(&text, ENGLAND).await;
    assert_eq!(export_names(&again.store, None).await.unwrap(), table);
    assert_ne!(hash, String::new());
}

#[tokio::test]
async fn results_lead_to_the_right_team() {
    let world = World::new().await;
    world.ingest(&football_data("E0", &double_round(&["Ashford", "Brindle", "Corley", "Dunton"]))).await;
    let strange = ["Ashford", "The Blues", "Corley", "Brindle Athletic"];
    let report = world.ingest(&openfootball("en.1", &double_round(&strange))).await;
    assert_eq!(report.waiting_names, 2);
    for (name, team) in [("The Blues", "Brindle"), ("Brindle Athletic", "Dunton")] {
        let review = world.open().await.into_iter().find(|review| review.name == name).unwrap();
        let best = suggestions(&world.store, &review).await.unwrap().remove(0);
        assert_eq!(best.team.name, team, "the results count, not the likeness");
        assert_eq!(best.agreeing, best.compared);
        assert!(best.compared >= 4);
    }
    // Its rows do not count with the wrong team's, and the finding says what to do.
    let issue = world.issues("unknown_team_name").await;
    assert_eq!(issue.len(), 2);
    assert!(issue.iter().all(|i| i.severity == "high" && i.message.contains("touchline names accept")));
}

#[tokio::test]
async fn a_name_is_made_a_team_or_rejected() {
    let world = World::new().await;
    let mut played = double_round(&["Ashford", "Brindle", "Corley"]);
    world.ingest(&football_data("E0", &played)).await;
    played.extend([("Ashford", "Stranger", 1, 0), ("Stranger", "Brindle", 1, 1)]);
    played.extend([("Guest", "Ashford", 0, 0), ("Brindle", "Guest", 2, 0), ("Guest", "Corley", 1, 0)]);
    world.ingest(&openfootball("en.1", &played)).await;
    let open = world.open().await;
    let [first, second] = open.as_slice() else { panic!("{open:?}") };
    let (order, clock) = (&world.order, &world.clock);
    let report = accept_name(&world.store, first.id, ReviewTarget::New, "ann", order, clock).await.unwrap();
    assert_eq!((report.matches.new, report.waiting_names), (2, 1));
    let report = reject_name(&world.store, second.id, "ann", order, clock).await.unwrap();
    assert_eq!((report.rejected_rows, report.waiting_names, report.matches.new), (3, 0, 0));
    assert_eq!(world.store.unprocessed_records().await.unwrap(), 0, "the document is done");
    assert_eq!(world.teams().await.len(), 4);
    let held = world.store.teams().await.unwrap();
    let other = ReviewTarget::Team(held.iter().find(|team| team.name == "Corley").unwrap().id);
    let error = accept_name(&world.store, first.id, other, "ben", order, clock).await.unwrap_err();
    assert!(matches!(error, ReviewError::Store(_)), "decided before: {error}");
    let unknown = touchline_domain::ReviewId(99);
    let error = accept_name(&world.store, unknown, other, "ben", order, clock).await.unwrap_err();
    assert!(error.to_string().contains("no review 99"), "{error}");
}
