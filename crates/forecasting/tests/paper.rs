//! Bets of now and the paper ledger, on a store with half a season.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, Duration, Utc};
use sqlx::{ConnectOptions, Connection};
use std::sync::Arc;
use tempfile::TempDir;
use touchline_domain::ports::{
    MatchFacts, MatchReader, PaperReader, RosterWriter, SilverChange, SilverWriter, StoreError,
};
use touchline_domain::{
    CompetitionKind, DecimalOdds, FixedClock, Kickoff, MarketType, Match, MatchId, MatchSetting, MatchStatus,
    NewLeague, NewMatch, NewTeam, OddsPhase, OddsQuote, PaperLimits, Score, Season, Silent,
};
use touchline_forecasting::paper::{
    PaperBook, PaperError, PlaceReport, PlaceRequest, place, set_limits, settle, verify,
};
use touchline_forecasting::serving::{ForecastService, ServingSettings};
use touchline_forecasting::value_bets::{Staleness, ValueBetError, ValueBetRequest, ValueBets, value_bets};
use touchline_learning::backtest::Strategy;
use touchline_store_sqlite::SqliteStore;

const NOW: &str = "2024-01-15T10:00:00Z";

/// Ten units on every home, draw or away of positive expected value.
const PLAIN: &str = r#"name = "plain"
[bets]
pick = "value"
markets = ["1x2"]
min_edge = 0.0
most_per_match = 1
[prices]
bookmakers = ["B365"]
lead_minutes = 60
delay_minutes = 5
[stakes]
bankroll = 1000
plan = "flat"
amount = 10
"#;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn quote(bookmaker: &str, phase: OddsPhase, odds: [f64; 3], known_at: DateTime<Utc>) -> OddsQuote {
    OddsQuote {
        bookmaker: bookmaker.into(),
        market: MarketType::OneXTwo,
        line_quarters: None,
        prices: odds.map(|odds| DecimalOdds::new(odds).ok()),
        phase,
        known_at,
        known_at_imputed: false,
    }
}

struct World {
    store: Arc<SqliteStore>,
    folder: TempDir,
}

impl World {
    /// Eight teams whose first half of the season is played; of the rest four matches follow tomorrow, each priced an hour ago
    /// so that the home side is worth a bet, and a minute ago so that it is not.
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(FixedClock(at(NOW)));
        let store = SqliteStore::open(&folder.path().join("touchline.db"), clock).await.unwrap();
        let league = NewLeague {
            code: "MER1".to_owned(),
            name: "Meridian Premier".to_owned(),
            country: "Meridia".to_owned(),
            level: 1,
            source: "test".to_owned(),
            kind: CompetitionKind::League,
        };
        let league = store.ensure_leagues(&[league]).await.unwrap()[0];
        let team = |n| NewTeam { name: format!("Club {n}"), country: "Meridia".to_owned() };
        let clubs = store.ensure_teams("test", &(0..8).map(team).collect::<Vec<_>>()).await.unwrap();
        let new = |home: usize, away: usize, kickoff, score: Option<Score>| NewMatch {
            league,
            season: Season::cross_year(2023).unwrap(),
            home: clubs[home],
            away: clubs[away],
            leg: 1,
            kickoff: Kickoff::at(kickoff),
            status: if score.is_some() { MatchStatus::Finished } else { MatchStatus::Scheduled },
            score,
            half_time: None,
            referee: None,
            attendance: None,
            source: "test".to_owned(),
            external_id: None,
            setting: MatchSetting::default(),
        };
        let mut matches = Vec::new();
        for gap in 1..5 {
            for home in 0..8 {
                let kickoff = at("2023-08-06T14:00:00Z") + Duration::days(30 * gap as i64 + home as i64);
                let score = Score { home: ((home + gap) % 3) as u8, away: (home % 2) as u8 };
                matches.push((new(home, (home + gap) % 8, kickoff, Some(score)), MatchFacts::default()));
            }
        }
        for home in 0..4 {
            let kickoff = at("2024-01-16T14:00:00Z") + Duration::hours(home as i64);
            let odds = vec![
                quote("B365", OddsPhase::PreMatch, [4.0, 3.6, 2.1], at(NOW) - Duration::hours(1)),
                // After now: nobody knows it yet.
                quote("B365", OddsPhase::PreMatch, [1.3, 5.5, 11.0], at(NOW) + Duration::minutes(1)),
            ];
            matches.push((
                new(home, (home + 5) % 8, kickoff, None),
                MatchFacts { odds, ..MatchFacts::default() },
            ));
        }
        store.apply(&SilverChange { new: matches, ..SilverChange::default() }).await.unwrap();
        Self { store: Arc::new(store), folder }
    }

    fn forecasts(&self) -> ForecastService {
        let clock = Arc::new(FixedClock(at(NOW)));
        let settings = ServingSettings { threads: 2, ..ServingSettings::default() };
        ForecastService::new(self.folder.path().to_owned(), self.store.clone(), None, clock, settings)
    }

    async fn bets(&self, strategy: &str) -> Result<ValueBets, ValueBetError> {
        let request = ValueBetRequest {
            strategy: Strategy::parse(strategy).unwrap(),
            money: None,
            open: 0.0,
            days: 7,
            leagues: Vec::new(),
        };
        value_bets(self.store.as_ref(), &self.forecasts(), &request, &FixedClock(at(NOW))).await
    }

    async fn place(&self, strategy: &str) -> Result<PlaceReport, PaperError> {
        let strategy = Strategy::parse(strategy).unwrap();
        let request = PlaceRequest { strategy, days: 7, leagues: Vec::new(), dry_run: false };
        place(self.store.as_ref(), &self.forecasts(), &request, &FixedClock(at(NOW))).await
    }

    async fn end(&self, id: MatchId, status: MatchStatus, score: Option<Score>, odds: Vec<OddsQuote>) {
        let mut m: Match = self.store.get_match(id).await.unwrap().unwrap();
        (m.details.status, m.details.score) = (status, score);
        let facts = vec![(id, MatchFacts { odds, ..MatchFacts::default() })];
        self.store.apply(&SilverChange { changed: vec![m], facts, ..SilverChange::default() }).await.unwrap();
    }

    async fn raw(&self, statements: &[&'static str]) {
        let options =
            sqlx::sqlite::SqliteConnectOptions::new().filename(self.folder.path().join("touchline.db"));
        let mut raw = options.connect().await.unwrap();
        for sql in statements {
            sqlx::raw_sql(*sql).execute(&mut raw).await.unwrap();
        }
        raw.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bet_of_now_says_what_it_rests_on() {
    let world = World::new().await;
    let found = world.bets(PLAIN).await.unwrap();
    assert_eq!((found.matches, found.priced, found.bets.len()), (4, 4, 4));
    assert_eq!((found.mode, found.mode_reason.is_some()), ("fallback", true), "no model is trained");
    let bet = &found.bets[0];
    assert_eq!((bet.selection, bet.home.as_str(), &*bet.bookmaker), ("home", "Club 0", "B365"));
    assert_eq!((bet.odds, bet.stake, bet.price_age_seconds), (4.0, 10.0, 3_600));
    assert_eq!((bet.staleness, bet.price_known_at), (Staleness::Ageing, at("2024-01-15T09:00:00Z")));
    assert!((bet.edge - (4.0 * bet.probability - 1.0)).abs() < 1e-9 && bet.edge > 0.0);
    assert!(bet.market_probability.unwrap() < 1.0 / 4.0, "without its margin");
    assert!(bet.reason.contains("4.00 is paid where") && found.notice.contains("lose"), "{}", bet.reason);
    assert!(found.bets.windows(2).all(|two| two[0].kickoff.at <= two[1].kickoff.at));
    let unknown = world.bets(&PLAIN.replace("B365", "WH")).await;
    assert!(matches!(unknown, Err(ValueBetError::Strategy(_))), "{unknown:?}");
    // A price is heard of only after the strategy's delay.
    let slow = world.bets(&PLAIN.replace("delay_minutes = 5", "delay_minutes = 61")).await.unwrap();
    assert_eq!(slow.bets, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn paper_bets_are_placed_once_settled_and_measured() {
    let world = World::new().await;
    let placed = world.place(PLAIN).await.unwrap();
    assert_eq!((placed.placed.len(), placed.unplaced.len(), placed.staked), (4, 0, 4_000));
    let again = world.place(PLAIN).await.unwrap();
    assert_eq!((again.placed.len(), again.unplaced.len()), (0, 4));
    assert!(again.unplaced.iter().all(|left| left.reason.contains("already")));

    let ids: Vec<MatchId> = placed.placed.iter().map(|bet| bet.match_id).collect();
    let kickoff = |n: usize| placed.placed[n].kickoff.at;
    // Won, with a closing reference; lost, with later prices of the same bookmaker; cancelled; still to come.
    let reference = quote("PS", OddsPhase::Closing, [3.0, 3.4, 2.6], kickoff(0) - Duration::minutes(1));
    world.end(ids[0], MatchStatus::Finished, Some(Score { home: 2, away: 0 }), vec![reference]).await;
    let later = quote("B365", OddsPhase::PreMatch, [6.0, 3.8, 1.65], kickoff(1) - Duration::minutes(5));
    world.end(ids[1], MatchStatus::Finished, Some(Score { home: 0, away: 0 }), vec![later]).await;
    world.end(ids[2], MatchStatus::Cancelled, None, Vec::new()).await;
    let clock = FixedClock(at("2024-01-17T10:00:00Z"));
    let report = settle(world.store.as_ref(), &clock, &Silent).await.unwrap();
    assert_eq!((report.settled, report.returned, report.open, report.with_closing), (3, 1, 1, 2));
    assert_eq!(report.profit, 3_000 - 1_000);
    let book = PaperBook::read(world.store.as_ref()).await.unwrap();
    let settled: Vec<_> = book.bets.iter().map(|held| held.settlement.as_ref().map(|s| s.profit)).collect();
    assert_eq!(settled, [Some(3_000), Some(-1_000), Some(0), None]);
    let first = book.bets[0].settlement.as_ref().unwrap();
    let fair = first.closing_probability.unwrap();
    assert_eq!(first.closing_bookmaker.as_deref(), Some("PS"));
    assert!(fair < 1.0 / 3.0 && (first.closing_line_value.unwrap() - (4.0 * fair - 1.0)).abs() < 1e-9);
    assert!(book.bets[1].settlement.as_ref().unwrap().closing_line_value.unwrap() < 0.0, "it drifted");
    let [all, at_stake] = book.money("plain", 1_000.0);
    assert!((all - 1_020.0).abs() < 1e-9 && (at_stake - 10.0).abs() < 1e-9, "{all} {at_stake}");
    let total = &book.totals()[0];
    assert_eq!((total.bets, total.open, total.staked, total.profit), (4, 1, 2_000, 2_000));
    // Nothing is settled twice.
    let report = settle(world.store.as_ref(), &clock, &Silent).await.unwrap();
    assert_eq!((report.settled, report.open), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_kept() {
    let world = World::new().await;
    let clock = FixedClock(at(NOW));
    let limits = PaperLimits { stake_per_day: Some(2_500), ..PaperLimits::default() };
    assert_eq!(set_limits(world.store.as_ref(), limits, &clock).await.unwrap(), limits);
    let report = world.place(PLAIN).await.unwrap();
    assert_eq!((report.placed.len(), report.unplaced.len(), report.staked), (2, 2, 2_000));
    assert!(report.unplaced[0].reason.contains("stake per day of 25.00, of which 20.00 is used"));
    // Taking it away helps tomorrow, not now.
    let held = set_limits(world.store.as_ref(), PaperLimits::default(), &clock).await.unwrap();
    assert_eq!(held.stake_per_day, Some(2_500));
    assert_eq!(world.place(PLAIN).await.unwrap().placed.len(), 0);
    let nonsense = PaperLimits { loss_per_day: Some(-5), ..limits };
    assert!(matches!(set_limits(world.store.as_ref(), nonsense, &clock).await, Err(PaperError::Limit(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_changes_the_paper_ledger_is_found_out() {
    let world = World::new().await;
    world.place(PLAIN).await.unwrap();
    let whole = verify(world.store.as_ref(), &Silent).await.unwrap();
    assert_eq!((whole.whole, whole.entries), (true, 4));
    assert_eq!(whole.head, world.store.paper_head().await.unwrap().entry_hash);
    world
        .raw(&[
            "DROP TRIGGER tr_paper_ledger_never_rewritten",
            "UPDATE paper_ledger SET content = replace(content, '\"odds\":4.0', '\"odds\":4.9') WHERE sequence = 2",
        ])
        .await;
    let changed = verify(world.store.as_ref(), &Silent).await.unwrap();
    assert_eq!(changed.faults, ["entry 2 does not say what was written"]);
    world
        .raw(&["DROP TRIGGER tr_paper_ledger_never_removed", "DELETE FROM paper_ledger WHERE sequence > 2"])
        .await;
    let short = verify(world.store.as_ref(), &Silent).await.unwrap();
    assert_eq!(short.fault_count, 2);
    assert!(short.faults[1].contains("ended at entry 4, and the last that is held is 2"), "{short:?}");
    let refused = world.place(PLAIN).await;
    assert!(matches!(refused, Err(PaperError::Store(StoreError::Constraint(_)))), "{refused:?}");
}
