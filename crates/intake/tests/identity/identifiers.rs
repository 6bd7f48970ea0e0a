//! One match per identifier of a source.

use super::world::{Given, World, football_data};
use touchline_domain::ports::NameReader;
use touchline_domain::{Match, Score};

fn fixture(
    id: u32,
    date: &str,
    status: &str,
    home: &str,
    away: &str,
    goals: Option<(u8, u8)>,
) -> serde_json::Value {
    let goals = goals.map_or(
        serde_json::json!({"home": null, "away": null}),
        |(home, away)| serde_json::json!({"home": home, "away": away}),
    );
    serde_json::json!({
        "fixture": {"id": id, "date": format!("{date}T14:00:00+00:00"), "status": {"short": status}},
        "league": {"id": 39, "name": "Premier League", "country": "England", "season": 2023},
        "teams": {"home": {"name": home}, "away": {"name": away}},
        "goals": goals, "score": {"fulltime": goals},
    })
}

fn answer(name: &str, fixtures: &[serde_json::Value]) -> Given {
    let text = serde_json::json!({"get": "fixtures", "errors": [], "response": fixtures}).to_string();
    Given("api-football", name.to_owned(), text)
}

async fn only(world: &World) -> Match {
    let mut matches = world.matches().await;
    assert_eq!(matches.len(), 1, "{matches:#?}");
    matches.remove(0)
}

#[tokio::test]
async fn swapped_sides_are_a_change_of_the_match() {
    let world = World::new().await;
    world.ingest(&answer("1", &[fixture(33, "2023-09-02", "NS", "Ashford", "Brindle", None)])).await;
    let report =
        world.ingest(&answer("2", &[fixture(33, "2023-09-02", "NS", "Brindle", "Ashford", None)])).await;
    assert_eq!((report.matches.new, report.matches.changed), (0, 1));
    let m = only(&world).await;
    assert_eq!(Some(m.home), world.team("Brindle").await);
    // Both legs swap at once.
    let legs = |a: &str, b: &str| {
        [fixture(33, "2023-09-02", "NS", a, b, None), fixture(34, "2023-12-02", "NS", b, a, None)]
    };
    world.ingest(&answer("3", &legs("Brindle", "Ashford"))).await;
    let report = world.ingest(&answer("4", &legs("Ashford", "Brindle"))).await;
    assert_eq!((report.matches.new, report.matches.changed), (0, 2));
    let matches = world.matches().await;
    assert_eq!(matches.iter().map(|m| m.leg).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(Some(matches[0].home), world.team("Ashford").await);
}

#[tokio::test]
async fn a_renamed_team_keeps_its_matches() {
    let world = World::new().await;
    let first = [
        fixture(34, "2023-09-03", "FT", "Corley", "Dunton", Some((1, 0))),
        fixture(35, "2023-09-10", "NS", "Dunton", "Corley", None),
    ];
    world.ingest(&answer("1", &first)).await;
    let report =
        world.ingest(&answer("2", &[fixture(35, "2023-09-10", "NS", "Dunton", "Corley Town", None)])).await;
    assert_eq!((report.matches.new, report.matches.unchanged), (0, 1), "{report:?}");
    assert_eq!(world.teams().await, ["Corley", "Dunton"]);
    assert_eq!(world.issues("renamed_team").await.len(), 1);
    let aliases = world.store.team_aliases(&["England".into()], Some("api-football")).await.unwrap();
    assert!(aliases.iter().any(|a| a.alias == "Corley Town"));
}

#[tokio::test]
async fn a_match_that_is_listed_twice_is_one() {
    let world = World::new().await;
    let twice = [
        fixture(35, "2023-09-02", "PST", "Ashford", "Brindle", None),
        fixture(35, "2023-11-02", "FT", "Ashford", "Brindle", Some((2, 2))),
    ];
    world.ingest(&answer("1", &twice)).await;
    assert_eq!(only(&world).await.score, Some(Score { home: 2, away: 2 }));
    let report = world.ingest(&answer("2", &twice)).await;
    assert_eq!((report.matches.new, report.matches.changed), (0, 0));
    only(&world).await;
}

#[tokio::test]
async fn another_date_or_season_label_makes_no_second_match() {
    let world = World::new().await;
    world.ingest(&answer("1", &[fixture(36, "2023-09-02", "FT", "Ashford", "Brindle", Some((1, 0)))])).await;
    let mut later = fixture(36, "2024-02-02", "FT", "Ashford", "Brindle", Some((1, 0)));
    later["league"]["season"] = serde_json::json!(2024);
    let report = world.ingest(&answer("2", &[later])).await;
    assert_eq!(report.matches.new, 0);
    assert_eq!(only(&world).await.season.to_string(), "2023-24");
    let swapped = fixture(36, "2023-09-02", "FT", "Brindle", "Ashford", Some((0, 1)));
    let report = world.ingest(&answer("3", &[swapped])).await;
    assert_eq!((report.matches.new, report.matches.conflicting), (0, 1));
    only(&world).await;
}

/// The second source's identifier is kept with the match that the first one brought.
#[tokio::test]
async fn a_second_sources_identifier_is_added() {
    let world = World::new().await;
    world.ingest(&football_data("E0", &[("Ashford", "Brindle", 1, 0)])).await;
    let given = answer("1", &[fixture(7, "2023-08-12", "FT", "Ashford FC", "Brindle", Some((1, 0)))]);
    let report = world.ingest(&given).await;
    assert_eq!((report.matches.new, report.waiting_names), (0, 0), "{report:?}");
    let m = only(&world).await;
    assert_eq!(m.source, "football-data");
    let named = world.store.identified("api-football", &["7".into()]).await.unwrap();
    assert_eq!(named, [("7".to_owned(), m.id)]);
    let hash = world.hash().await;
    assert_eq!(world.ingest(&given).await.matches.unchanged, 1);
    assert_eq!(world.hash().await, hash);
    // Facts find the match by it, and the side by the source's own name.
    let statistics = serde_json::json!({
        "get": "fixtures/statistics", "parameters": {"fixture": "7"}, "errors": [],
        "response": [{"team": {"id": 1, "name": "Ashford FC"}, "statistics": [{"type": "Total Shots", "value": 9}]}],
    });
    let report = world.ingest(&Given("api-football", "s".into(), statistics.to_string())).await;
    assert_eq!(report.facts.new_facts, 1, "{report:?}");
}
