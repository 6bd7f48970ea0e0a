//! A service over a real store with invented teams, asked without a network.

use crate::imports::ImportSettings;
use crate::tickets::TicketSettings;
use crate::{ApiConfig, ApiState, IdentityLogin, LiveSettings, Operations, SharedMemory, router};
use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use chrono::{DateTime, Duration, Utc};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;
use touchline_accounts::{AccountSettings, Accounts, KeyRing, WebhookSecrets};
use touchline_domain::Silent;
use touchline_domain::ports::{
    Callbacks, ChangeFeed, ChannelError, MatchFacts, RosterWriter, SilverChange, SilverWriter, StoreError,
};
use touchline_domain::{
    AccessRole, Clock, CompetitionKind, DecimalOdds, Kickoff, LeagueId, MarketType, MatchSetting,
    MatchStatus, NewLeague, NewMatch, NewTeam, OddsPhase, OddsQuote, Score, Season, TeamId,
};
use touchline_forecasting::serving::{ForecastService, Mode, ServingSettings};
use touchline_learning::backtest::Strategies;
use touchline_learning::model::Recipe;
use touchline_learning::train::{Training, train};
use touchline_store_sqlite::SqliteStore;
use tower::ServiceExt;

/// Now, in these tests: a Saturday morning.
pub(crate) const NOW: &str = "2024-05-04T10:00:00Z";

/// A time as written.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A clock that tests move.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(by.num_seconds(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.load(Ordering::SeqCst), 0).unwrap()
    }
}

/// Callbacks that are made to nobody.
struct NoPrivateHosts;

#[async_trait]
impl Callbacks for NoPrivateHosts {
    fn check(&self, url: &str) -> Result<(), String> {
        if url.starts_with("https://example.org/") {
            Ok(())
        } else {
            Err("callback_url: not there".to_owned())
        }
    }

    async fn call(&self, _: &str, _: &str, _: &[u8]) -> Result<(), ChannelError> {
        Ok(())
    }
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// The body, where it is JSON.
    pub body: Value,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The data of a good answer.
    #[track_caller]
    pub fn data(&self) -> &Value {
        assert_eq!((self.status, &self.body["success"]), (200, &Value::Bool(true)), "{}", self.body);
        &self.body["data"]
    }

    /// The code of an error in its envelope.
    #[track_caller]
    pub fn error_code(&self) -> &str {
        assert_eq!(self.body["success"], false, "{}", self.body);
        assert_eq!(self.body["message"], self.body["error"]["message"]);
        assert!(self.body["error"]["details"]["request_id"].is_string(), "{}", self.body);
        at(self.body["timestamp"].as_str().unwrap());
        self.body["error"]["code"].as_str().unwrap()
    }

    /// A header that must be there.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap()
    }
}

/// The whole interface over a store of its own.
pub(crate) struct Service {
    pub store: SqliteStore,
    pub forecasts: ForecastService,
    pub clock: Arc<TestClock>,
    pub state: ApiState,
    pub data: TempDir,
    router: Router,
}

impl Service {
    /// Nothing stored.
    pub async fn empty() -> Self {
        Self::with_settings(ServingSettings { threads: 1, ..ServingSettings::default() }).await
    }

    /// Nothing stored, and forecasts that cost nothing to compute.
    pub async fn empty_of_mock_forecasts() -> Self {
        Self::with_settings(ServingSettings { threads: 1, best: Mode::Mock, ..ServingSettings::default() })
            .await
    }

    /// Nothing stored, and strategies beside those that ship.
    pub async fn with_strategies(strategies: Strategies) -> Self {
        Self::of(ServingSettings { threads: 1, ..ServingSettings::default() }, strategies).await
    }

    async fn with_settings(settings: ServingSettings) -> Self {
        Self::of(settings, Strategies::default()).await
    }

    async fn of(settings: ServingSettings, strategies: Strategies) -> Self {
        let data = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(at(NOW).timestamp())));
        let store = SqliteStore::open(&data.path().join("test.db"), Arc::clone(&clock) as _).await.unwrap();
        let folder = data.path().to_owned();
        let forecasts =
            ForecastService::new(folder, Arc::new(store.clone()), None, Arc::clone(&clock) as _, settings);
        let state = ApiState::new(Arc::new(store.clone()), forecasts.clone(), Arc::clone(&clock) as _)
            .with_strategies(strategies);
        let router = router(state.clone(), ApiConfig::default());
        Self { store, forecasts, clock, state, data, router }
    }

    /// A league of four teams with two seasons and a half, and a league with a single fixture.
    pub async fn with_matches() -> Self {
        let service = Self::empty().await;
        let first = service.league("MER1", "Meridian Premier", "Meridia").await;
        let clubs = service.clubs("Meridia", &["Alderwick", "Brackmoor", "Cinder Vale", "Dunmarsh"]).await;
        let mut new = seasons(first, &clubs, 2021..2023);
        new[0].1.odds = quotes(new[0].0.kickoff.at);
        let current = Season::cross_year(2023).unwrap();
        for (n, (home, away)) in pairings(&clubs).into_iter().take(9).enumerate() {
            let mut m = a_match(first, current, home, away, "2024-04-06T14:00:00Z", n);
            let scheduled = match n {
                5 => Some((Kickoff::at(at("2024-05-04T09:00:00Z")), MatchStatus::Scheduled)),
                6 => Some((Kickoff::at(at("2024-05-05T14:00:00Z")), MatchStatus::Scheduled)),
                7 => Some((Kickoff::on(at(NOW).date_naive()), MatchStatus::Scheduled)),
                8 => Some((Kickoff::at(at("2024-04-20T14:00:00Z")), MatchStatus::Postponed)),
                _ => None,
            };
            if let Some((kickoff, status)) = scheduled {
                m = NewMatch { kickoff, status, score: None, half_time: None, ..m };
            }
            new.push((m, MatchFacts::default()));
        }
        let second = service.league("NOR1", "Nordhavn League", "Nordhavn").await;
        let others = service.clubs("Nordhavn", &["Élan Côtier", "Ferrow"]).await;
        let season = Season::calendar_year(2024).unwrap();
        let m = a_match(second, season, others[0], others[1], "2024-05-06T18:00:00Z", 0);
        let m = NewMatch { status: MatchStatus::Scheduled, score: None, half_time: None, ..m };
        new.push((m, MatchFacts::default()));
        service.add(new).await.unwrap();
        service
    }

    /// A league with enough results to train on, and one fixture.
    pub async fn with_seasons() -> Self {
        Self::of_seasons(ServingSettings { threads: 1, ..ServingSettings::default() }).await
    }

    /// The same, with other settings of its forecasts.
    pub async fn of_seasons(settings: ServingSettings) -> Self {
        let service = Self::with_settings(settings).await;
        let league = service.league("MER1", "Meridian Premier", "Meridia").await;
        let names: Vec<String> = (0..12).map(|n| format!("Club {n:02}")).collect();
        let clubs = service.clubs("Meridia", &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let mut new = seasons(league, &clubs, 2020..2023);
        let season = Season::cross_year(2023).unwrap();
        let m = a_match(league, season, clubs[0], clubs[1], "2024-05-05T14:00:00Z", 0);
        let m = NewMatch { status: MatchStatus::Scheduled, score: None, half_time: None, ..m };
        new.push((m, MatchFacts::default()));
        service.add(new).await.unwrap();
        service
    }

    /// Trains a small model and makes it the active one.
    pub async fn train(&self) {
        self.train_until(None, true).await;
    }

    /// Trains a small model on what was known at a time, and makes it the active one if asked to; its version.
    pub async fn train_until(&self, until: Option<DateTime<Utc>>, activate: bool) -> String {
        let mut recipe = Recipe::default();
        recipe.trees.rounds = 5;
        recipe.trees.threads = 1;
        let training = Training { data_dir: self.data.path(), until, recipe, artifacts: None, activate };
        let trained = train(&self.store, &training, &*self.clock, Arc::new(Silent)).await.unwrap();
        trained.manifest.version.clone()
    }

    pub async fn league(&self, code: &str, name: &str, country: &str) -> LeagueId {
        let league = NewLeague {
            code: code.into(),
            name: name.into(),
            country: country.into(),
            level: 1,
            source: "test".into(),
            kind: CompetitionKind::League,
        };
        self.store.ensure_leagues(&[league]).await.unwrap()[0]
    }

    pub async fn clubs(&self, country: &str, names: &[&str]) -> Vec<TeamId> {
        let team = |name: &&str| NewTeam { name: (*name).into(), country: country.into() };
        let teams: Vec<NewTeam> = names.iter().map(team).collect();
        self.store.ensure_teams("test", &teams).await.unwrap()
    }

    pub async fn add(&self, new: Vec<(NewMatch, MatchFacts)>) -> Result<(), StoreError> {
        self.store.apply(&SilverChange { new, ..SilverChange::default() }).await.map(drop)
    }

    /// The same service with other limits or further routes.
    pub fn with_config(mut self, config: ApiConfig) -> Self {
        self.router = router(self.state.clone(), config);
        self
    }

    /// Accounts over the service's store, whose tokens a secret signs.
    pub fn accounts(&self, secret: &str, settings: AccountSettings) -> Accounts {
        fn counted(bytes: &mut [u8]) {
            static NEXT: AtomicI64 = AtomicI64::new(1);
            let next = NEXT.fetch_add(1, Ordering::SeqCst).to_be_bytes();
            for (byte, next) in bytes.iter_mut().zip(next.iter().cycle()) {
                *byte = *next;
            }
        }
        let ring = KeyRing::new([secret]).unwrap();
        Accounts::new(Arc::new(self.store.clone()), ring, settings, Arc::clone(&self.clock) as _, counted)
    }

    /// The same service with accounts.
    pub fn with_accounts(self, accounts: Arc<Accounts>) -> Self {
        self.with_accounts_and_webhooks(accounts, WebhookSecrets::none())
    }

    /// The same service with accounts, and sources that sign their scores.
    pub fn with_accounts_and_webhooks(self, accounts: Arc<Accounts>, secrets: WebhookSecrets) -> Self {
        self.with_all(accounts, secrets, None)
    }

    /// The same service with accounts, and a provider of identities.
    pub fn with_identity(self, accounts: Arc<Accounts>, identity: IdentityLogin) -> Self {
        self.with_all(accounts, WebhookSecrets::none(), Some(identity))
    }

    fn with_all(
        self,
        accounts: Arc<Accounts>,
        secrets: WebhookSecrets,
        identity: Option<IdentityLogin>,
    ) -> Self {
        let operations = self.operations();
        let Self { store, forecasts, clock, data, .. } = self;
        let state = ApiState::new(Arc::new(store.clone()), forecasts.clone(), Arc::clone(&clock) as _);
        let live = LiveSettings { secrets, ..LiveSettings::default() };
        let mut state = state.with_accounts(accounts, operations).with_live(live);
        if let Some(identity) = identity {
            state = state.with_identity(identity);
        }
        let router = router(state.clone(), ApiConfig::default());
        Self { store, forecasts, clock, state, data, router }
    }

    fn operations(&self) -> Operations {
        let callbacks: Arc<dyn Callbacks> = Arc::new(NoPrivateHosts);
        Operations {
            store: Arc::new(self.store.clone()),
            artifacts: None,
            data_dir: self.data.path().to_owned(),
            threads: 1,
            sources: Vec::new(),
            imports: ImportSettings::default(),
            tickets: TicketSettings { callbacks: Some(callbacks), ..TicketSettings::default() },
        }
    }

    /// Another server of the same store, which shares something with others beside it.
    pub fn beside(&self, memory: SharedMemory, accounts: Option<Arc<Accounts>>) -> Router {
        let store = Arc::new(self.store.clone());
        let mut state =
            ApiState::new(store, self.forecasts.clone(), Arc::clone(&self.clock) as _).with_shared(memory);
        if let Some(accounts) = accounts {
            state = state.with_accounts(accounts, self.operations());
        }
        router(state, ApiConfig::default())
    }

    /// Follows the feed of changes from now on, and waits until all that was written has been read.
    pub async fn follow(&self) {
        self.forecasts.follow();
        self.caught_up().await;
    }

    /// Waits until all that was written has been read.
    pub async fn caught_up(&self) {
        let latest = self.store.latest().await.unwrap();
        while self.forecasts.status().position != Some(latest) {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    }

    pub async fn get(&self, uri: &str) -> Answer {
        self.send(Request::get(uri)).await
    }

    pub async fn send(&self, request: axum::http::request::Builder) -> Answer {
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    /// The service with an account of an operator called ben, and a token of his.
    pub async fn with_operator(self) -> (Self, String) {
        const PASSWORD: &str = "correct horse battery";
        let accounts =
            Arc::new(self.accounts("0123456789abcdef0123456789abcdef", AccountSettings::default()));
        accounts.add_user("test", "ben", PASSWORD, AccessRole::Operator).await.unwrap();
        let token = accounts.login("ben", PASSWORD, "test").await.unwrap().access;
        (self.with_accounts(accounts), token)
    }

    /// A request with a token and a body in JSON.
    pub async fn send_as(&self, token: &str, method: &str, uri: &str, body: &Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()));
        self.ask(request.unwrap()).await
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        Answer::read(self.router.clone().oneshot(request).await.unwrap()).await
    }
}

impl Answer {
    /// What a server says.
    pub async fn of(server: &Router, request: Request<Body>) -> Self {
        Self::read(server.clone().oneshot(request).await.unwrap()).await
    }

    pub async fn read(response: axum::response::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 8 << 20).await.unwrap().to_vec();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Self { status, headers, body, bytes }
    }
}

impl Service {
    /// The first match of a status.
    pub async fn first(&self, status: &str) -> i64 {
        self.find(&format!("status={status}")).await
    }

    /// The first match that passes a filter.
    pub async fn find(&self, filter: &str) -> i64 {
        let answer = self.get(&format!("/api/v1/matches?limit=1&{filter}")).await;
        answer.data()["items"][0]["id"].as_i64().unwrap()
    }
}

/// A finished match, so many weeks after `from`.
pub(crate) fn a_match(
    league: LeagueId,
    season: Season,
    home: TeamId,
    away: TeamId,
    from: &str,
    weeks: usize,
) -> NewMatch {
    // The team that was stored first is the stronger one, with a pattern of surprises.
    let strength = |team: TeamId| 12_i64.saturating_sub(team.0) / 4;
    let goals = |team: TeamId, k: i64| (strength(team) + (weeks as i64 * k + team.0) % 3).clamp(0, 9);
    let (home_goals, away_goals) = (goals(home, 2) + i64::from(weeks.is_multiple_of(2)), goals(away, 5));
    NewMatch {
        league,
        season,
        home,
        away,
        leg: 1,
        kickoff: Kickoff::at(at(from) + Duration::weeks(weeks as i64)),
        status: MatchStatus::Finished,
        score: Some(Score::new(home_goals, away_goals).unwrap()),
        half_time: Some(Score::new(0, 0).unwrap()),
        referee: None,
        attendance: None,
        source: "test".into(),
        external_id: None,
        setting: MatchSetting::default(),
    }
}

fn pairings(clubs: &[TeamId]) -> Vec<(TeamId, TeamId)> {
    let all = clubs.iter().flat_map(|home| clubs.iter().map(move |away| (*home, *away)));
    all.filter(|(home, away)| home != away).collect()
}

/// Full seasons, spread over 40 weeks from August.
fn seasons(league: LeagueId, clubs: &[TeamId], years: std::ops::Range<u16>) -> Vec<(NewMatch, MatchFacts)> {
    let mut all = Vec::new();
    for year in years {
        let season = Season::cross_year(year).unwrap();
        for (n, (home, away)) in pairings(clubs).into_iter().enumerate() {
            let m = a_match(league, season, home, away, &format!("{year}-08-06T14:00:00Z"), n * 7 % 40);
            all.push((m, MatchFacts::default()));
        }
    }
    all
}

fn quotes(kickoff: DateTime<Utc>) -> Vec<OddsQuote> {
    let odds = |value| Some(DecimalOdds::new(value).unwrap());
    let one_x_two = OddsQuote {
        bookmaker: "BK1".into(),
        market: MarketType::OneXTwo,
        line_quarters: None,
        prices: [odds(2.1), None, odds(3.75)],
        phase: OddsPhase::PreMatch,
        known_at: kickoff - Duration::days(1),
        known_at_imputed: true,
    };
    let total = OddsQuote {
        market: MarketType::OverUnder,
        line_quarters: Some(10),
        prices: [odds(1.9), None, odds(1.9)],
        phase: OddsPhase::Closing,
        ..one_x_two.clone()
    };
    vec![one_x_two, total]
}
