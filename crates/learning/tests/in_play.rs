//! Prices of the running match reach nothing that learns or forecasts. All numbers are invented.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, Duration, Utc};
use std::sync::Arc;
use touchline_domain::ports::{
    InPlayOddsReader, MatchFacts, MatchReader, RosterWriter, SilverChange, SilverWriter,
};
use touchline_domain::{
    CompetitionKind, DecimalOdds, Kickoff, MarketType, MatchId, MatchSetting, MatchStatus, NewLeague,
    NewMatch, NewTeam, OddsPhase, OddsQuote, Score, Season, SystemClock,
};
use touchline_features::{LineupView, MarketView, View};
use touchline_learning::dataset::Facts;
use touchline_learning::matrices::{self, Horizon};
use touchline_store_sqlite::SqliteStore;

fn kickoff() -> DateTime<Utc> {
    "2024-03-02T15:00:00Z".parse().unwrap()
}

fn quote(minutes: i64, home: f64) -> OddsQuote {
    OddsQuote {
        bookmaker: "Bookie".into(),
        market: MarketType::OneXTwo,
        line_quarters: None,
        prices: [home, 3.4, 3.6].map(|price| DecimalOdds::new(price).ok()),
        phase: OddsPhase::PreMatch,
        known_at: kickoff() + Duration::minutes(minutes),
        known_at_imputed: false,
    }
}

async fn with_a_match() -> (SqliteStore, MatchId) {
    let store = SqliteStore::in_memory(Arc::new(SystemClock)).await.unwrap();
    let league = NewLeague {
        code: "X".to_owned(),
        name: "Invented League".to_owned(),
        country: "Nowhere".to_owned(),
        level: 1,
        source: "test".to_owned(),
        kind: CompetitionKind::League,
    };
    let league = store.ensure_leagues(&[league]).await.unwrap()[0];
    let team = |name: &str| NewTeam { name: name.to_owned(), country: "Nowhere".to_owned() };
    let teams = store.ensure_teams("test", &[team("Ashford"), team("Brindle")]).await.unwrap();
    let row = |leg: u8, weeks| NewMatch {
        league,
        season: Season::cross_year(2023).unwrap(),
        home: teams[0],
        away: teams[1],
        leg,
        kickoff: Kickoff::at(kickoff() - Duration::weeks(weeks)),
        status: MatchStatus::Finished,
        score: Some(Score { home: 2, away: 0 }),
        half_time: None,
        referee: None,
        attendance: None,
        source: "test".to_owned(),
        external_id: None,
        setting: MatchSetting::default(),
    };
    let new = vec![
        (row(1, 3), MatchFacts::default()),
        (row(2, 0), MatchFacts { odds: vec![quote(-3_000, 2.1)], ..MatchFacts::default() }),
    ];
    store.apply(&SilverChange { new, ..SilverChange::default() }).await.unwrap();
    (store, MatchId(2))
}

async fn add(store: &SqliteStore, id: MatchId, facts: MatchFacts) {
    store.apply(&SilverChange { facts: vec![(id, facts)], ..SilverChange::default() }).await.unwrap();
}

/// The hash of the history and the bits of all features of all matches.
async fn seen(store: &SqliteStore, market: MarketView) -> (String, Vec<Vec<u32>>) {
    let view = View { market, lineups: LineupView::Announced };
    let history = Facts::load_seen(store, view).await.unwrap().history(&[]);
    let rows = Horizon::ALL.into_iter().flat_map(|horizon| {
        let matrix = matrices::build(&history, horizon, view, 1);
        let rows = 0..matrix.rows();
        rows.map(|row| matrix.row(row).iter().map(|value| value.to_bits()).collect()).collect::<Vec<_>>()
    });
    (history.hash(), rows.collect())
}

#[tokio::test]
async fn no_feature_sees_a_price_of_the_running_match() {
    let (store, id) = with_a_match().await;
    let views = [MarketView::Closing, MarketView::PreMatch, MarketView::Earlier, MarketView::None];
    let mut before = Vec::new();
    for market in views {
        before.push(seen(&store, market).await);
    }
    let in_play = [(5, 1.7), (40, 1.2)].map(|(minutes, home)| quote(minutes, home).into());
    add(&store, id, MatchFacts { in_play: in_play.to_vec(), ..MatchFacts::default() }).await;
    assert_eq!(store.all_in_play_odds().await.unwrap().len(), 2);
    for (market, before) in views.into_iter().zip(before) {
        assert!(seen(&store, market).await == before, "{market:?} sees prices of the running match");
    }
    // The same price before kick-off is seen.
    let closing = seen(&store, MarketView::Closing).await;
    add(&store, id, MatchFacts { odds: vec![quote(-60, 1.7)], ..MatchFacts::default() }).await;
    assert_eq!(store.odds_of_match(id).await.unwrap().len(), 2);
    assert!(seen(&store, MarketView::Closing).await != closing);
}
