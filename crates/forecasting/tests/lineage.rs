//! From a sealed forecast to the lines behind it, and from a document to what came of it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::time::Instant;
use tempfile::TempDir;
use touchline_collect::sources::by_name;
use touchline_domain::ports::{
    FeatureSet, MatchFacts, MatchReader, ModelVersion, ModelWriter, PredictionWriter, SealedDetails,
    SealedFilter, SealedForecast, SilverChange, SilverWriter, VerificationReader,
};
use touchline_domain::{
    DocumentId, FixedClock, Forecast, Kickoff, Match, MatchId, MatchStatus, NewMatch, ScoreGrid,
};
use touchline_forecasting::lineage::{of_document, of_forecast};
use touchline_intake::identity::SourceOrder;
use touchline_intake::ingest::{Incoming, IngestReport, ingest};
use touchline_store_sqlite::SqliteStore;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

async fn bring(store: &SqliteStore, source: &str, name: &str, bytes: Vec<u8>, now: DateTime<Utc>) {
    let (order, mut report) = (SourceOrder::default(), IngestReport::default());
    let document = Incoming { name: name.to_owned(), bytes };
    let source = by_name(source).unwrap();
    ingest(store, source, &document, &order, &FixedClock(now), &mut report).await.unwrap();
}

/// Stores a match to come between the clubs of a played one, and seals a forecast of it.
async fn sealed(store: &SqliteStore, like: &Match, now: DateTime<Utc>) -> (MatchId, i64) {
    let kickoff = Kickoff::at(now + TimeDelta::days(1));
    let details = NewMatch {
        kickoff,
        leg: 9,
        status: MatchStatus::Scheduled,
        score: None,
        half_time: None,
        external_id: None,
        ..like.details.clone()
    };
    let change = SilverChange { new: vec![(details, MatchFacts::default())], ..SilverChange::default() };
    store.apply(&change).await.unwrap();
    let season = store.matches_of(&[(like.league, like.season)]).await.unwrap();
    let id = season.iter().find(|m| m.leg == 9 && m.home == like.home && m.away == like.away).unwrap().id;
    let features = FeatureSet::new(|bytes| *blake3::hash(bytes).as_bytes(), vec!["elo@1".to_owned()]);
    let forecast = Forecast::normalised([0.47, 0.25, 0.28]).unwrap();
    let cells = (1..=36).map(|cell| 1.0 / f64::from(cell)).collect();
    let grid = ScoreGrid::from_weights(5, cells).unwrap().conditioned_on(&forecast);
    let hashes = [features.hash().to_owned(), "manifest".to_owned(), "facts".to_owned()];
    let forecast = SealedForecast {
        match_id: id,
        model_name: "touchline".to_owned(),
        model_version: "1".to_owned(),
        forecast,
        expected_goals: grid.expected_goals(),
        as_of: now,
        sealed_at: now,
        details: Some(Box::new(SealedDetails::of(&forecast, grid, kickoff, hashes))),
    };
    store.seal(&[forecast], &[features]).await.unwrap();
    let page = store.sealed_page(SealedFilter::default(), None, 1).await.unwrap();
    (id, page[0].id)
}

const SEASON: &str = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR\n\
    E0,05/08/2023,15:00,Ashmoor,Brindle,2,1,H\n\
    E0,12/08/2023,15:00,Calder,Ashmoor,0,0,D\n\
    E0,12/08/2023,15:00,Brindle,Dunholm,1,3,A\n\
    E0,19/08/2023,15:00,Dunholm,Calder,1,0,H\n";

#[tokio::test]
async fn a_forecast_leads_to_lines_and_a_document_to_forecasts() {
    let now = at("2023-09-01T12:00:00Z");
    let store = SqliteStore::in_memory(Arc::new(FixedClock(now))).await.unwrap();
    let arrived = now - TimeDelta::days(2);
    bring(&store, "football-data", "2324/E0.csv", SEASON.as_bytes().to_vec(), arrived).await;
    // The same file a day later, with one score corrected.
    let corrected = SEASON.replace("0,0,D", "0,2,A");
    bring(&store, "football-data", "2324/E0.csv", corrected.into_bytes(), now - TimeDelta::days(1)).await;
    let model = ModelVersion {
        name: "touchline".to_owned(),
        version: "1".to_owned(),
        path: "models/1".to_owned(),
        manifest_hash: "manifest".to_owned(),
        trained_at: now - TimeDelta::hours(3),
        metrics: serde_json::json!({}),
    };
    store.register(&model).await.unwrap();
    let rows = store.results().await.unwrap();
    let first = store.get_match(rows[0].id).await.unwrap().unwrap();
    let (match_id, id) = sealed(&store, &first, now).await;

    let found = of_forecast(&store, id, None, 5).await.unwrap().unwrap();
    assert_eq!((found.match_id, found.probabilities[0]), (match_id, 0.47));
    assert_eq!(found.ledger.as_ref().map(|(sequence, _)| *sequence), Some(1));
    assert_eq!((found.facts_hash.as_deref(), found.features[0].name.as_str()), (Some("facts"), "elo"));
    assert_eq!(found.bundle.trained_at, Some(model.trained_at));
    assert!(found.bundle.unread.as_ref().unwrap().contains("not read here"), "{:?}", found.bundle.unread);
    let missing = of_forecast(&store, id, Some(&std::env::temp_dir()), 5).await.unwrap().unwrap();
    assert!(missing.bundle.unread.unwrap().contains("cannot be read"));
    let lines = |club: usize| -> Vec<Vec<(i64, u32)>> {
        let results = found.clubs[club].last_results.iter();
        results.map(|r| r.origins.iter().map(|o| (o.document.0, o.line)).collect()).collect()
    };
    assert_eq!(found.clubs[0].name, "Ashmoor");
    // The latest first; the corrected one comes from both documents.
    let mut expected = vec![vec![(1, 3)], vec![(1, 2)]];
    let corrected = store.get_match(rows[1].id).await.unwrap().unwrap().score.unwrap();
    if corrected.away == 2 {
        expected[0].push((2, 3));
    }
    assert_eq!(lines(0), expected);
    assert_eq!(lines(1), [vec![(1, 4)], vec![(1, 2)]]);

    let impact = of_document(&store, DocumentId(1), 10).await.unwrap().unwrap();
    assert_eq!(impact.matches.iter().map(|(_, line)| *line).collect::<Vec<_>>(), [2, 3, 4, 5]);
    assert_eq!(impact.forecasts.iter().map(|f| f.id).collect::<Vec<_>>(), [id]);
    assert_eq!((impact.models.len(), impact.is_cut, impact.name.as_str()), (1, false, "2324/E0.csv"));
    assert!(of_document(&store, DocumentId(1), 2).await.unwrap().unwrap().is_cut);
    assert!(of_document(&store, DocumentId(99), 2).await.unwrap().is_none());
    assert!(of_forecast(&store, id + 1, None, 5).await.unwrap().is_none());
}

/// At the size of the challenge's data: `TOUCHLINE_SHARED_DATA=... cargo nextest run -p touchline-forecasting --test lineage
/// --run-ignored only --no-capture`.
#[tokio::test]
#[ignore = "reads 299,214 matches"]
async fn a_forecast_is_followed_within_a_tenth_of_a_second_at_300_000_matches() {
    let Some(data) = std::env::var_os("TOUCHLINE_SHARED_DATA") else { panic!("set TOUCHLINE_SHARED_DATA") };
    let path = std::path::Path::new(&data).join("soccer-prediction-challenge-2023/train.csv.gz");
    let folder = TempDir::new().unwrap();
    let now = at("2023-04-14T12:00:00Z");
    let store = SqliteStore::open(&folder.path().join("a.db"), Arc::new(FixedClock(now))).await.unwrap();
    bring(&store, "challenge", "train.csv.gz", std::fs::read(path).unwrap(), now - TimeDelta::days(1)).await;
    let rows = store.results().await.unwrap();
    println!("{} matches", rows.len());
    let (mut slowest, mut sum) = (0.0_f64, 0.0);
    let picked: Vec<_> = rows.iter().rev().step_by(rows.len() / 200).take(100).collect();
    for row in &picked {
        let like = store.get_match(row.id).await.unwrap().unwrap();
        let (_, id) = sealed(&store, &like, now).await;
        let before = Instant::now();
        let found = of_forecast(&store, id, None, 10).await.unwrap().unwrap();
        let seconds = before.elapsed().as_secs_f64();
        assert!(found.clubs.iter().all(|club| club.last_results.iter().all(|r| !r.origins.is_empty())));
        (slowest, sum) = (slowest.max(seconds), sum + seconds);
    }
    let mean = 1000.0 * sum / picked.len() as f64;
    println!(
        "{} forecasts followed back: mean {mean:.1} ms, slowest {:.1} ms",
        picked.len(),
        1000.0 * slowest
    );
    let before = Instant::now();
    let impact = of_document(&store, DocumentId(1), 200).await.unwrap().unwrap();
    println!("the document of all matches forward: {:.1} ms", 1000.0 * before.elapsed().as_secs_f64());
    assert!(impact.is_cut && slowest < 0.1, "{slowest} s");
}
