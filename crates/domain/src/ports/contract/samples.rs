//! A world for the tests of one store: many matches of one league, and what a big merge is measured on.

use crate::ports::{
    FeatureSet, MatchFacts, MergeSubject, RosterWriter, SealedDetails, SealedForecast, SilverChange, Store,
};
use crate::{
    CompetitionKind, DecimalOdds, FixedClock, Forecast, Kickoff, MarketType, Match, MatchId, MatchSetting,
    MatchStatus, NewLeague, NewMatch, NewTeam, OddsPhase, OddsQuote, Score, ScoreGrid, Season,
};
use chrono::{DateTime, Duration, Utc};
use std::sync::Arc;
use std::time::Instant;

/// A clock that stands still.
pub fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock(DateTime::from_timestamp(1_700_000_000, 0).expect("a time in 2023")))
}

fn league(code: &str, source: &str) -> NewLeague {
    NewLeague {
        code: code.to_owned(),
        name: "Premier League".to_owned(),
        country: "England".to_owned(),
        level: 1,
        source: source.to_owned(),
        kind: CompetitionKind::League,
    }
}

/// `n` finished matches of teams `T0`, `T1`, ... whose first is number `from`.
pub async fn matches(store: &(impl RosterWriter + ?Sized), from: u32, n: u32) -> Vec<NewMatch> {
    let league = store.ensure_leagues(&[league("E0", "test")]).await.expect("a league")[0];
    let teams: Vec<_> =
        (0..40).map(|i| NewTeam { name: format!("T{i}"), country: "England".to_owned() }).collect();
    let teams = store.ensure_teams("test", &teams).await.expect("teams");
    let a_match = |i: u32| {
        let (pairing, season) = (i % 1560, i / 1560);
        let (home, away) = ((pairing / 39) as usize, (pairing % 39) as usize);
        NewMatch {
            league,
            season: Season::cross_year(1900 + season as u16).expect("a season"),
            home: teams[home],
            away: teams[if away >= home { away + 1 } else { away }],
            leg: 1,
            kickoff: Kickoff::at(DateTime::from_timestamp(i64::from(i) * 3600, 0).expect("a time")),
            status: MatchStatus::Finished,
            score: Some(Score { home: 1, away: 0 }),
            half_time: None,
            referee: None,
            attendance: None,
            source: "test".to_owned(),
            external_id: None,
            setting: MatchSetting::default(),
        }
    };
    (from..from + n).map(a_match).collect()
}

/// New matches without facts.
pub fn change(matches: Vec<NewMatch>) -> SilverChange {
    let new = matches.into_iter().map(|m| (m, MatchFacts::default())).collect();
    SilverChange { new, ..SilverChange::default() }
}

/// Stores one match and returns it.
pub async fn one_match(store: &(impl Store + ?Sized)) -> Match {
    store.apply(&change(matches(store, 0, 1).await)).await.expect("a match is stored");
    let id = store.results().await.expect("results")[0].id;
    store.get_match(id).await.expect("the store answers").expect("the match is held")
}

/// What belongs to a forecast of even chances.
pub fn details(features: &FeatureSet, kickoff: Kickoff) -> SealedDetails {
    let forecast = even();
    let grid = ScoreGrid::from_weights(5, vec![1.0; 36]).expect("a grid").conditioned_on(&forecast);
    let hashes = [features.hash().to_owned(), "bundle".to_owned(), "facts".to_owned()];
    SealedDetails::of(&forecast, grid, kickoff, hashes)
}

fn even() -> Forecast {
    Forecast::new(0.5, 0.25, 0.25).expect("probabilities")
}

fn quote(known_at: DateTime<Utc>, bookmaker: &str) -> OddsQuote {
    OddsQuote {
        bookmaker: bookmaker.into(),
        market: MarketType::OneXTwo,
        line_quarters: None,
        prices: [DecimalOdds::new(2.5).ok(), DecimalOdds::new(3.25).ok(), DecimalOdds::new(3.0).ok()],
        phase: OddsPhase::PreMatch,
        known_at,
        known_at_imputed: false,
    }
}

/// Merges two leagues of 5,000 matches with four quotes and a sealed forecast each, all held twice, and parts them again;
/// returns how long either took.
pub async fn merge_of_five_thousand(store: &(impl Store + ?Sized), features: &FeatureSet) -> [Duration; 2] {
    let first = matches(store, 0, 5000).await;
    let merged = store.ensure_leagues(&[league("ENG1", "second")]).await.expect("a second league")[0];
    let kept = first[0].league;
    for (league, bookmakers) in [(kept, ["A", "B", "C", "D"]), (merged, ["A", "B", "E", "F"])] {
        let of = |m: &NewMatch| {
            let odds = bookmakers.map(|b| quote(m.kickoff.at - Duration::minutes(9), b)).to_vec();
            (NewMatch { league, ..m.clone() }, MatchFacts { odds, ..MatchFacts::default() })
        };
        let new = first.iter().map(of).collect();
        store.apply(&SilverChange { new, ..SilverChange::default() }).await.expect("matches are stored");
    }
    let sealed = |id: i64, m: &NewMatch| SealedForecast {
        match_id: MatchId(id),
        model_name: "m".to_owned(),
        model_version: id.to_string(),
        forecast: even(),
        expected_goals: (1.0, 1.0),
        as_of: m.kickoff.at - Duration::hours(1),
        sealed_at: m.kickoff.at - Duration::hours(1),
        details: Some(Box::new(details(features, m.kickoff))),
    };
    let forecasts: Vec<_> = (1..).zip(first.iter().chain(&first)).map(|(id, m)| sealed(id, m)).collect();
    let kept_forecasts =
        store.seal(&forecasts, std::slice::from_ref(features)).await.expect("they are sealed");
    assert_eq!(kept_forecasts, 10_000);
    let before = store.content_hash().await.expect("a hash");

    let start = Instant::now();
    let (id, report) =
        store.merge(MergeSubject::Leagues { kept, merged }, None, "tester").await.expect("they are merged");
    let merging = start.elapsed();
    assert_eq!(report.joined.len(), 5000);
    let start = Instant::now();
    store.undo_merge(id).await.expect("they are parted");
    let parting = start.elapsed();
    assert_eq!(store.content_hash().await.expect("a hash"), before);
    [merging, parting].map(|taken| Duration::from_std(taken).expect("not that long"))
}
