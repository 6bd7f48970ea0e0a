//! Two services that follow one store, as two servers do: what is committed is in the answers of both within a second.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, Duration as Days, Utc};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use touchline_domain::ports::{MatchFacts, SilverChange, Store};
use touchline_domain::{
    ClaimField, Clock, CompetitionKind, Correction, CorrectionVerdict, DecimalOdds, FixedClock, Kickoff,
    LeagueId, MarketType, Match, MatchId, MatchSetting, MatchStatus, NewLeague, NewMatch, NewTeam, OddsPhase,
    OddsQuote, Said, Score, Season, Silent, TeamId,
};
use touchline_features::MarketView;
use touchline_forecasting::serving::{ForecastService, ServingSettings, Snapshot};
use touchline_learning::model::Recipe;
use touchline_learning::train::{Training, train};
use touchline_store_postgres::PostgresStore;
use touchline_store_postgres::testing::TestDatabase;
use touchline_store_sqlite::SqliteStore;

/// From the commit to the answer.
const SOON: Duration = Duration::from_secs(1);
/// So often a forecast is asked for at once.
const ASKED: usize = 50;
/// Nothing that is waited for here takes as long.
const LONG: Duration = Duration::from_mins(1);

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(FixedClock(at("2023-05-08T10:00:00Z")))
}

/// Prices with a margin of five percent, by the chance of the home side.
fn quote(home: f64, known_at: DateTime<Utc>) -> OddsQuote {
    let price = |chance: f64| DecimalOdds::new(1.0 / (1.05 * chance)).ok();
    OddsQuote {
        bookmaker: "B365".into(),
        market: MarketType::OneXTwo,
        line_quarters: None,
        prices: [price(home), price(0.26), price(0.74 - home)],
        phase: OddsPhase::PreMatch,
        known_at,
        known_at_imputed: false,
    }
}

fn priced(quote: OddsQuote) -> MatchFacts {
    MatchFacts { odds: vec![quote], ..MatchFacts::default() }
}

fn a_match(league: LeagueId, season: Season, home: TeamId, away: TeamId, kickoff: DateTime<Utc>) -> NewMatch {
    let goals =
        |team: TeamId, k: i64| (8 - team.0).max(0) / 3 + (kickoff.timestamp() / 7_200 * k + team.0) % 3;
    NewMatch {
        league,
        season,
        home,
        away,
        leg: 1,
        kickoff: Kickoff::at(kickoff),
        status: MatchStatus::Finished,
        score: Some(Score::new(goals(home, 2), goals(away, 5)).unwrap()),
        half_time: None,
        referee: None,
        attendance: None,
        source: "test".into(),
        external_id: None,
        setting: MatchSetting::default(),
    }
}

/// What is there without waiting for anything: a store answers so hardly ever, and not many times.
fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}

/// A store with priced seasons, a model that sees prices and one that sees none, and two servers.
struct World {
    writer: Arc<dyn Store>,
    servers: [ForecastService; 2],
    league: LeagueId,
    clubs: Vec<TeamId>,
}

impl World {
    /// Each handle shares nothing with the others but the store behind.
    async fn start(handles: [Arc<dyn Store>; 3], data: &Path) -> Self {
        let [writer, first, second] = handles;
        let league = NewLeague {
            code: "MER1".into(),
            name: "Meridian Premier".into(),
            country: "Meridia".into(),
            level: 1,
            source: "test".into(),
            kind: CompetitionKind::League,
        };
        let league = writer.ensure_leagues(&[league]).await.unwrap()[0];
        let names = (0..12).map(|n| NewTeam { name: format!("Club {n:02}"), country: "Meridia".into() });
        let clubs = writer.ensure_teams("test", &names.collect::<Vec<_>>()).await.unwrap();
        let mut new = Vec::new();
        for year in 2020..2023 {
            let season = Season::cross_year(year).unwrap();
            let pairs = clubs.iter().flat_map(|home| clubs.iter().map(move |away| (*home, *away)));
            for (n, (home, away)) in pairs.filter(|(home, away)| home != away).enumerate() {
                let kickoff = at(&format!("{year}-08-06T14:00:00Z")) + Days::weeks((n * 7 % 40) as i64);
                let m = a_match(league, season, home, away, kickoff);
                let strength = 0.40 + 0.02 * (away.0 - home.0) as f64;
                new.push((m, priced(quote(strength, kickoff - Days::days(1)))));
            }
        }
        writer.apply(&SilverChange { new, ..SilverChange::default() }).await.unwrap();
        let world = |servers| Self { writer: Arc::clone(&writer), servers, league, clubs: clubs.clone() };
        let server = |store: Arc<dyn Store>| {
            let settings = ServingSettings { threads: 1, ..ServingSettings::default() };
            ForecastService::new(data.to_owned(), store, None, clock(), settings)
        };
        let world = world([server(first), server(second)]);
        world.fixture(0, 1, "2023-05-08T06:00:00Z").await;
        world.fixture(0, 2, "2023-05-09T14:00:00Z").await;
        world.fixture(3, 4, "2023-05-09T16:00:00Z").await;
        for market in [MarketView::None, MarketView::PreMatch] {
            let mut recipe = Recipe { market, mirrored: false, ..Recipe::default() };
            (recipe.trees.rounds, recipe.trees.threads) = (5, 1);
            let training = Training { data_dir: data, until: None, recipe, artifacts: None, activate: true };
            train(&*writer, &training, &*clock(), Arc::new(Silent)).await.unwrap();
        }
        world
    }

    fn details(&self, home: usize, away: usize, kickoff: &str) -> NewMatch {
        let season = Season::cross_year(2023).unwrap();
        let m = a_match(self.league, season, self.clubs[home], self.clubs[away], at(kickoff));
        NewMatch { status: MatchStatus::Scheduled, score: None, ..m }
    }

    async fn fixture(&self, home: usize, away: usize, kickoff: &str) {
        let new = vec![(self.details(home, away, kickoff), MatchFacts::default())];
        self.apply(SilverChange { new, ..SilverChange::default() }).await;
    }

    async fn find(&self, home: usize, away: usize) -> Match {
        let season = Season::cross_year(2023).unwrap();
        let all = self.writer.matches_of(&[(self.league, season)]).await.unwrap();
        all.into_iter().find(|m| (m.home, m.away) == (self.clubs[home], self.clubs[away])).unwrap()
    }

    async fn apply(&self, change: SilverChange) {
        self.writer.apply(&change).await.unwrap();
    }

    async fn add_price(&self, id: MatchId, quote: OddsQuote) {
        self.apply(SilverChange { facts: vec![(id, priced(quote))], ..SilverChange::default() }).await;
    }

    /// Waits until both servers say something else of a match than before the write; returns how long that took.
    async fn renewed_after(&self, id: MatchId, write: impl Future<Output = ()>) -> Duration {
        let before = [self.home_win(0, id).await, self.home_win(1, id).await];
        write.await;
        let committed = Instant::now();
        for (server, before) in before.into_iter().enumerate() {
            while self.home_win(server, id).await == before {
                let status = self.servers[server].status();
                let (position, failed) = (status.position, status.failed);
                assert!(
                    committed.elapsed() < LONG,
                    "server {server} goes on answering {before:?}; it has read up to {position:?}, failed: {failed}"
                );
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        committed.elapsed()
    }

    /// What a server answers of a match to come; none where it knows no such match yet. Asks no server to look.
    async fn home_win(&self, server: usize, id: MatchId) -> Option<f64> {
        self.current(server).await.forecast(id).map(|f| f.forecast.home())
    }

    async fn current(&self, server: usize) -> Arc<Snapshot> {
        self.servers[server].current().await.unwrap()
    }

    /// Waits until both servers have read all that was written.
    async fn caught_up(&self) {
        let latest = self.writer.latest().await.unwrap();
        let started = Instant::now();
        for server in &self.servers {
            while server.status().position != Some(latest) {
                assert!(started.elapsed() < LONG, "the feed is not read");
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    }
}

async fn what_is_committed_is_answered(handles: [Arc<dyn Store>; 3]) {
    let data = tempfile::tempdir().unwrap();
    let w = World::start(handles, data.path()).await;
    let priced = w.find(3, 4).await.id;
    let waits = |id| (0..ASKED).any(|_| at_once(w.servers[0].forecast(id)).is_none());
    w.servers[0].refresh().await.unwrap();
    assert!(waits(priced), "nothing is followed: only the store knows");
    for server in &w.servers {
        server.follow();
    }
    w.caught_up().await;
    assert_eq!(w.current(0).await.mode().name(), "real");
    for server in &w.servers {
        for _ in 0..ASKED {
            let answer = at_once(server.forecast(priced)).expect("what is followed needs no store").unwrap();
            assert_eq!(answer.match_id, priced);
        }
    }
    assert!(waits(w.find(0, 1).await.id), "whether it was sealed, only the store knows");

    for (n, home) in [0.65, 0.1, 0.4].into_iter().enumerate() {
        let known_at = at("2023-05-07T10:00:00Z") + Days::hours(n as i64);
        let took = w.renewed_after(priced, w.add_price(priced, quote(home, known_at))).await;
        assert!(took < SOON, "a price: {took:?}");
    }

    // The result of a match that is over moves the next match of the same team.
    let (mut over, next) = (w.find(0, 1).await, w.find(0, 2).await.id);
    over.details.status = MatchStatus::Finished;
    over.details.score = Some(Score { home: 0, away: 7 });
    let result = SilverChange { changed: vec![over], ..SilverChange::default() };
    let took = w.renewed_after(next, w.apply(result)).await;
    assert!(took < SOON, "a result: {took:?}");

    // That result is corrected: the next match moves again, and what features saw before is kept with its time.
    let mut corrected = w.find(0, 1).await;
    corrected.details.score = Some(Score { home: 6, away: 0 });
    let since = at("2023-05-08T09:30:00Z");
    let correction = Correction {
        match_id: corrected.id,
        field: ClaimField::Score,
        source: "test".into(),
        old: Some("0-7".into()),
        new: Some("6-0".into()),
        said: Said { at: since, document: None },
        known_at: since,
        verdict: CorrectionVerdict::Taken,
        by: "newer".into(),
    };
    let correction =
        SilverChange { changed: vec![corrected], corrections: vec![correction], ..SilverChange::default() };
    let took = w.renewed_after(next, w.apply(correction)).await;
    assert!(took < SOON, "a correction: {took:?}");

    // A fixture that nobody has asked for.
    let started = Instant::now();
    w.fixture(5, 6, "2023-05-10T18:00:00Z").await;
    let new = w.find(5, 6).await.id;
    while w.home_win(0, new).await.is_none() || w.home_win(1, new).await.is_none() {
        assert!(started.elapsed() < LONG, "the new fixture is not forecast");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert!(started.elapsed() < SOON, "a fixture: {:?}", started.elapsed());
    w.caught_up().await;

    // What no answer depends on is read, and computes nothing.
    let before = [w.current(0).await, w.current(1).await];
    let season = Season::cross_year(2022).unwrap();
    let old = w.writer.matches_of(&[(w.league, season)]).await.unwrap()[0].clone();
    w.add_price(old.id, quote(0.4, old.kickoff.at - Days::hours(2))).await;
    w.caught_up().await;
    for (server, before) in before.iter().enumerate() {
        assert!(Arc::ptr_eq(before, &w.current(server).await), "an old price changes no answer");
    }
    for status in w.servers.iter().map(ForecastService::status) {
        assert!(!status.failed && status.checked_at.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_file_answer_what_is_committed_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("touchline.db");
    let mut handles: Vec<Arc<dyn Store>> = Vec::new();
    for _ in 0..3 {
        handles.push(Arc::new(SqliteStore::open(&path, clock()).await.unwrap()));
    }
    what_is_committed_is_answered(handles.try_into().unwrap_or_else(|_| unreachable!())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_postgresql_answer_what_is_committed_within_a_second() {
    let database = TestDatabase::migrated().await;
    let mut handles: Vec<Arc<dyn Store>> = Vec::new();
    for _ in 0..3 {
        handles.push(Arc::new(PostgresStore::connect(database.url(), clock()).await.unwrap()));
    }
    what_is_committed_is_answered(handles.try_into().unwrap_or_else(|_| unreachable!())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_gone_follows_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::in_memory(clock()).await.unwrap());
    let settings = ServingSettings { threads: 1, ..ServingSettings::default() };
    let service =
        ForecastService::new(folder.path().to_owned(), Arc::clone(&store) as _, None, clock(), settings);
    service.follow();
    service.follow();
    service.refresh().await.unwrap();
    drop(service);
    let started = Instant::now();
    while Arc::strong_count(&store) > 1 {
        assert!(started.elapsed() < LONG, "somebody still holds the store");
        tokio::task::yield_now().await;
    }
}
