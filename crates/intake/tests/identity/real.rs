//! Real files of two sources, where they are there.

use super::support::shared;
use super::world::{Given, World};
use std::fmt::Write;
use touchline_domain::MatchStatus;

fn read(source: &'static str, season: &str, file: &str, folder: &str) -> Option<Given> {
    let bytes = std::fs::read(shared(&format!("{folder}/{season}/{file}"))?).unwrap();
    Some(Given(source, format!("{season}/{file}"), String::from_utf8_lossy(&bytes).into_owned()))
}

/// Answers the names that wait by the results of their teams: what a person does who trusts them.
async fn answer(world: &World) -> usize {
    let mut answered = 0;
    for review in world.open().await {
        let found = touchline_intake::identity::suggestions(&world.store, &review).await.unwrap();
        let Some(best) = found.first().filter(|s| s.compared >= 30 && 10 * s.agreeing > 8 * s.compared)
        else {
            continue;
        };
        world.accept(&review.name, &best.team.name).await;
        answered += 1;
    }
    answered
}

#[tokio::test]
async fn a_real_season_of_two_sources_is_held_once() {
    let leagues = [
        ("E0", "en.1", 380),
        ("D1", "de.1", 306),
        ("SP1", "es.1", 380),
        ("I1", "it.1", 380),
        ("F1", "fr.1", 380),
    ];
    let mut said = String::new();
    for (first, second, matches) in leagues {
        let given = [
            read("football-data", "1718", &format!("{first}.csv"), "football-data"),
            read("openfootball", "2017-18", &format!("{second}.json"), "openfootball"),
        ];
        let [Some(first_file), Some(second_file)] = given else { return };
        let mut hashes = Vec::new();
        for order in [[&first_file, &second_file], [&second_file, &first_file]] {
            let world = World::new().await;
            world.ingest(order[0]).await;
            let report = world.ingest(order[1]).await;
            let waiting = report.waiting_names;
            let answered = answer(&world).await;
            let open: Vec<String> =
                world.open().await.into_iter().map(|review| review.details.name).collect();
            let held = world.matches().await;
            writeln!(
                said,
                "{first}: {waiting} names waited, {answered} answered by results, open {open:?}; {} matches, {} notes",
                held.len(),
                world.issues("sources_disagree").await.len()
            )
            .unwrap();
            assert_eq!((held.len(), world.leagues().await.len()), (matches, 1), "{said}");
            assert!(open.is_empty(), "{said}");
            assert!(held.iter().all(|m| m.status == MatchStatus::Finished));
            assert!(held.iter().all(|m| m.source == "football-data"), "{said}");
            hashes.push(world.hash().await);
        }
        assert_eq!(hashes[0], hashes[1], "{said}");
    }
    eprint!("{said}");
}
