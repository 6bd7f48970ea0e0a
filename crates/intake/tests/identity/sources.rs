//! Two sources of one league and season are one set of matches, whichever comes first.

use super::world::{Given, Played, World, double_round, football_data, openfootball};
use touchline_domain::ports::NameReader;
use touchline_domain::{ClaimField, MatchStatus, Score};

const SHORT: [&str; 4] = ["Ashford", "Brindle", "Man Corley", "Dunton"];
const LONG: [&str; 4] = ["Ashford FC", "AFC Brindle", "Manchester Corley FC", "Dunton"];

fn renamed<'a>(played: &[Played<'_>], names: [&'a str; 4]) -> Vec<Played<'a>> {
    let name = |short: &str| names[SHORT.iter().position(|s| *s == short).unwrap()];
    played.iter().map(|(home, away, h, a)| (name(home), name(away), *h, *a)).collect()
}

/// Both sources of a season, which disagree about the score of one match.
fn both() -> [Given; 2] {
    let played = double_round(&SHORT);
    let mut other = renamed(&played, LONG);
    other[5].2 += 1;
    [football_data("E0", &played), openfootball("en.1", &other)]
}

#[tokio::test]
async fn a_season_of_two_sources_is_held_once() {
    let world = World::new().await;
    let [first, second] = both();
    assert_eq!(world.ingest(&first).await.matches.new, 12);
    let report = world.ingest(&second).await;
    assert_eq!(report.waiting_names, 1, "{report:?}");
    assert_eq!((report.matches.new, report.waiting_rows), (0, 6));
    assert_eq!(world.open().await[0].name, "Manchester Corley FC");
    let report = world.accept("Manchester Corley FC", "Man Corley").await;
    assert_eq!((report.documents, report.matches.new, report.waiting_names), (1, 0, 0));
    assert_eq!(world.leagues().await, ["E0"]);
    assert_eq!(world.teams().await, ["Ashford", "Brindle", "Dunton", "Man Corley"]);
    assert_eq!(world.matches().await.len(), 12);
    assert_eq!(world.store.league_aliases().await.unwrap().len(), 2);
    assert_eq!(world.open().await, []);
    assert_eq!(touchline_domain::ports::BronzeReader::unprocessed_records(&world.store).await.unwrap(), 0);
}

/// The more trusted source decides; what the other says is kept, once, and found.
#[tokio::test]
async fn disagreements_are_decided_by_the_order_and_kept() {
    let world = World::new().await;
    let [first, second] = both();
    for given in [&second, &first] {
        world.ingest(given).await;
    }
    world.accept("Man Corley", "Manchester Corley FC").await;
    let trusted = double_round(&SHORT)[5];
    let m = world.matches().await.into_iter().nth(5).unwrap();
    assert_eq!(m.score, Some(Score { home: trusted.2, away: trusted.3 }));
    assert_eq!((m.source.as_str(), m.half_time), ("football-data", Some(Score { home: 0, away: 0 })));
    let mut claims = world.store.claims_of(&[(m.league, m.season)]).await.unwrap();
    claims.retain(|claim| claim.field == ClaimField::Score);
    assert_eq!(claims.len(), 1, "{claims:?}");
    assert_eq!(claims[0].match_id, m.id);
    assert_eq!(
        (claims[0].source.as_str(), claims[0].value.as_str()),
        ("openfootball", &*format!("{}-{}", trusted.2 + 1, trusted.3))
    );
    let found = world.issues("sources_disagree").await;
    assert_eq!(found.len(), 1, "{found:?}");
    // Once more: nothing changes.
    let hash = world.hash().await;
    for given in [&first, &second] {
        let report = world.ingest(given).await;
        assert_eq!(
            (report.matches.unchanged, report.matches.changed, report.matches.conflicting),
            (12, 0, 0)
        );
    }
    assert_eq!(world.hash().await, hash);
    assert_eq!(world.issues("sources_disagree").await.len(), 2, "once per document");
}

#[tokio::test]
async fn the_order_of_ingestion_does_not_change_the_content() {
    let [first, second] = both();
    let mut hashes = Vec::new();
    for order in [[&first, &second], [&second, &first]] {
        let world = World::new().await;
        for given in order {
            world.ingest(given).await;
        }
        let review = world.open().await.remove(0);
        let other = if review.source == "openfootball" { SHORT[2] } else { LONG[2] };
        world.accept(&review.details.name, other).await;
        hashes.push((world.hash().await, world.teams().await, world.leagues().await));
    }
    assert_eq!(hashes[0], hashes[1]);
}

/// Three sources that disagree about one field, in all six orders.
#[tokio::test]
async fn three_sources_agree_on_one_content_in_any_order() {
    let played = [("Ashford", "Brindle", 1, 0)];
    let challenge = "Sea,Lge,Date,HT,AT,HS,AS,GD,WDL\n23-24,ENG1,12/08/2023,Ashford,Brindle,3,0,3,W\n";
    let given = [
        football_data("E0", &played),
        openfootball("en.1", &[("Ashford", "Brindle", 2, 0)]),
        Given("challenge", "c.csv".to_owned(), challenge.to_owned()),
    ];
    let mut hashes = Vec::new();
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let world = World::new().await;
        for n in order {
            world.ingest(&given[n]).await;
        }
        let matches = world.matches().await;
        assert_eq!(matches.len(), 1, "{order:?}: {:?}", world.open().await);
        assert_eq!(matches[0].score, Some(Score { home: 1, away: 0 }), "{order:?}");
        hashes.push(world.hash().await);
    }
    hashes.dedup();
    assert_eq!(hashes.len(), 1);
}

/// A source that is a day off, and one that does not know the result yet, make no second match.
#[tokio::test]
async fn dates_that_differ_a_little_make_no_second_match() {
    let world = World::new().await;
    world.ingest(&football_data("E0", &[("Ashford", "Brindle", 1, 0)])).await;
    let late = r#"{"name":"A 2023/24","matches":[{"date":"2023-08-13","team1":"Ashford","team2":"Brindle","score":{"ft":[1,0]}}]}"#;
    world.ingest(&Given("openfootball", "2023-24/en.1.json".into(), late.into())).await;
    let open =
        r#"{"name":"A 2023/24","matches":[{"date":"2023-08-14","team1":"Ashford","team2":"Brindle"}]}"#;
    world.ingest(&Given("openfootball", "b/2023-24/en.1.json".into(), open.into())).await;
    let matches = world.matches().await;
    assert_eq!(matches.len(), 1);
    assert_eq!(matches[0].status, MatchStatus::Finished);
    assert_eq!(matches[0].kickoff.at.to_rfc3339(), "2023-08-12T14:00:00+00:00");
}

/// A league that one source alone brings makes its teams as ever, also beside other leagues of the country.
#[tokio::test]
async fn a_source_makes_the_teams_of_its_own_league() {
    let world = World::new().await;
    world.ingest(&football_data("E0", &double_round(&SHORT))).await;
    let report = world.ingest(&openfootball("en.2", &double_round(&["Elgin FC", "Fenton"]))).await;
    assert_eq!((report.waiting_names, report.matches.new), (0, 2));
    assert_eq!(world.leagues().await, ["E0", "en.2"]);
}
