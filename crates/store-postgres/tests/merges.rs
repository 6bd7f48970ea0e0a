//! How long a big merge takes.

mod support;

use chrono::Duration;
use std::time::Instant;
use support::{change, details, fresh, matches};
use touchline_domain::ports::{
    FeatureSet, IdentityMerges, MatchFacts, MergeSubject, PredictionWriter, RosterWriter, SealedForecast,
    SilverChange, SilverReader, SilverWriter,
};
use touchline_domain::{
    CompetitionKind, DecimalOdds, Forecast, MarketType, MatchId, NewLeague, NewMatch, OddsPhase, OddsQuote,
};

fn quote(known_at: chrono::DateTime<chrono::Utc>, bookmaker: &str) -> OddsQuote {
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

/// Two leagues of 5,000 matches with four quotes and a sealed forecast each, all held twice.
#[tokio::test]
#[ignore = "measures, so run it alone: --run-ignored only"]
async fn five_thousand_matches_are_merged_and_parted() {
    let store = fresh().await;
    let first = matches(&store, 0, 5000).await;
    let second = NewLeague {
        code: "ENG1".to_owned(),
        name: "Premier League".to_owned(),
        country: "England".to_owned(),
        level: 1,
        source: "second".to_owned(),
        kind: CompetitionKind::League,
    };
    let (kept, merged) = (first[0].league, store.ensure_leagues(&[second]).await.unwrap()[0]);
    for (league, bookmakers) in [(kept, ["A", "B", "C", "D"]), (merged, ["A", "B", "E", "F"])] {
        let of = |m: &NewMatch| {
            let odds = bookmakers.map(|b| quote(m.kickoff.at - Duration::minutes(9), b)).to_vec();
            (NewMatch { league, ..m.clone() }, MatchFacts { odds, ..MatchFacts::default() })
        };
        let new = first.iter().map(of).collect();
        store.apply(&SilverChange { new, ..change(vec![]) }).await.unwrap();
    }
    let features = FeatureSet::new(|bytes| *blake3::hash(bytes).as_bytes(), vec!["strength@1".to_owned()]);
    let sealed = |id: i64, m: &NewMatch| SealedForecast {
        match_id: MatchId(id),
        model_name: "m".to_owned(),
        model_version: id.to_string(),
        forecast: Forecast::new(0.5, 0.25, 0.25).unwrap(),
        expected_goals: (1.0, 1.0),
        as_of: m.kickoff.at - Duration::hours(1),
        sealed_at: m.kickoff.at - Duration::hours(1),
        details: Some(Box::new(details(&features, m.kickoff))),
    };
    let forecasts: Vec<_> = (1..).zip(first.iter().chain(&first)).map(|(id, m)| sealed(id, m)).collect();
    assert_eq!(store.seal(&forecasts, std::slice::from_ref(&features)).await.unwrap(), 10_000);
    let before = store.content_hash().await.unwrap();

    let start = Instant::now();
    let (id, report) = store.merge(MergeSubject::Leagues { kept, merged }, None, "tester").await.unwrap();
    let merging = start.elapsed();
    assert_eq!(report.joined.len(), 5000);
    let start = Instant::now();
    store.undo_merge(id).await.unwrap();
    eprintln!("merged in {merging:.2?}, undone in {:.2?}", start.elapsed());
    assert_eq!(store.content_hash().await.unwrap(), before);
}
