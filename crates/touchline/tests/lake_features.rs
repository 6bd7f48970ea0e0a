//! Archiving old odds leaves features as they were, bit for bit, at every whole number of days before kick-off.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use chrono::{DateTime, Utc};
use std::sync::Arc;
use support::quotes;
use touchline_domain::Silent;
use touchline_domain::ports::{RosterWriter, SilverChange, SilverWriter, Store};
use touchline_domain::{
    CompetitionKind, FixedClock, Kickoff, MatchSetting, MatchStatus, NewLeague, NewMatch, NewTeam, Score,
    Season,
};
use touchline_features::{FeatureMatrix, Knowledge, MarketView, Settings, compute};
use touchline_lake::ParquetLake;
use touchline_learning::dataset::Facts;
use touchline_store_sqlite::SqliteStore;

const DAY: i64 = 86_400;

fn time(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_500_000_000 + day * DAY, 0).unwrap()
}

/// Four teams, each pairing twice, a match every three days; every third known to the day only.
async fn played(store: &SqliteStore) {
    let league = NewLeague {
        code: "L".to_owned(),
        name: "League".to_owned(),
        country: "X".to_owned(),
        level: 1,
        source: "test".to_owned(),
        kind: CompetitionKind::League,
    };
    let league = store.ensure_leagues(&[league]).await.unwrap()[0];
    let clubs = ["A", "B", "C", "D"].map(|name| NewTeam { name: name.to_owned(), country: "X".to_owned() });
    let clubs = store.ensure_teams("test", &clubs).await.unwrap();
    let mut new = Vec::new();
    for (home, away) in (0..16).map(|i| (i / 4, i % 4)).filter(|(home, away)| home != away) {
        let at = time(3 * new.len() as i64);
        let midnight = Kickoff::on(at.date_naive());
        let details = NewMatch {
            league,
            season: Season::cross_year(2017).unwrap(),
            home: clubs[home],
            away: clubs[away],
            leg: 1,
            kickoff: if new.len() % 3 == 0 { midnight } else { Kickoff::at(at) },
            status: MatchStatus::Finished,
            score: Some(Score::new(home as i64, away as i64 % 2).unwrap()),
            half_time: None,
            referee: None,
            attendance: None,
            source: "test".to_owned(),
            external_id: None,
            setting: MatchSetting::default(),
        };
        new.push((details, touchline_domain::ports::MatchFacts::default()));
    }
    store.apply(&SilverChange { new, ..SilverChange::default() }).await.unwrap();
}

/// Features of all matches in every view, as they stood so many days before kick-off.
async fn matrices(store: &dyn Store) -> Vec<(String, FeatureMatrix)> {
    let mut all = Vec::new();
    for view in [MarketView::PreMatch, MarketView::Closing] {
        let facts = Facts::load_seen(store, view.into()).await.unwrap();
        let history = facts.history(&[]);
        let positions: Vec<u32> = (0..history.len() as u32).collect();
        for (days, settings) in
            [(0, Settings::FRESH), (1, Settings::FRESH), (3, Settings::FRESH), (70, Settings::STALE)]
        {
            let knowledge = Knowledge { lag: days * DAY, as_of: None };
            let matrix = compute(&history, &positions, knowledge, &settings.with_market(view), 1);
            all.push((format!("{view:?}, {days} days before"), matrix));
        }
    }
    all
}

#[tokio::test]
async fn features_are_what_they_were() {
    for per_series in [25, 80] {
        let clock = Arc::new(FixedClock(time(2000)));
        let sqlite = SqliteStore::in_memory(clock.clone()).await.unwrap();
        played(&sqlite).await;
        let store: Arc<dyn Store> = Arc::new(sqlite);
        let held = quotes::collect(&store, per_series).await;
        let before = matrices(store.as_ref()).await;
        let lake = ParquetLake::in_memory(clock);
        let report =
            touchline_upkeep::lake::archive(store.as_ref(), &lake, time(1000), false, &Silent).await.unwrap();
        assert!(report.removed > held / 10 && report.thinned == 12, "{report:?} of {held}");
        for ((what, before), (_, after)) in before.iter().zip(matrices(store.as_ref()).await) {
            assert_eq!(before.names(), after.names());
            let mut priced = 0;
            for (column, name) in before.names().iter().enumerate() {
                for (row, (a, b)) in before.column(column).iter().zip(after.column(column)).enumerate() {
                    assert_eq!(a.to_bits(), b.to_bits(), "{what}: {name} of match {row}: {a} and {b}");
                    priced += usize::from(!a.is_nan() && name.contains("_movement"));
                }
            }
            assert!(priced > 0, "{what}: there are movements to compare");
        }
    }
}
