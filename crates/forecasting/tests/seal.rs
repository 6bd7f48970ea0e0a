//! Which matches are forecast and sealed, what a sealed forecast holds, and what stops it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, Duration, NaiveTime, Utc};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use touchline_domain::ports::{
    LedgerReader, MatchFacts, PredictionReader, RosterWriter, SilverChange, SilverWriter,
};
use touchline_domain::{
    CompetitionKind, FixedClock, Kickoff, MatchId, MatchSetting, MatchStatus, NewLeague, NewMatch, NewTeam,
    Progress, Score, Season, Silent,
};
use touchline_forecasting::ledger::verify;
use touchline_forecasting::seal::{
    Forecasters, RegisteredModel, SealError, SealReport, Sealing, forecast_to_come,
};
use touchline_forecasting::serving::{ForecastService, ServingSettings};
use touchline_learning::model::{Recipe, load_registered};
use touchline_learning::registry::champion;
use touchline_learning::train::{Training, train};
use touchline_store_sqlite::SqliteStore;

const CLUBS: usize = 12;

fn now() -> DateTime<Utc> {
    "2024-05-04T10:00:00Z".parse().unwrap()
}

fn today() -> DateTime<Utc> {
    now().date_naive().and_time(NaiveTime::MIN).and_utc()
}

/// A store with three seasons, a trained model, and fixtures around now.
struct World {
    store: SqliteStore,
    model: Forecasters,
    folder: TempDir,
}

/// Fixtures by kick-off: started, later today, today at an unknown time, yesterday at one, tomorrow.
fn fixtures() -> [Kickoff; 5] {
    [
        Kickoff::at(now()),
        Kickoff::at(now() + Duration::hours(4)),
        Kickoff::on(today().date_naive()),
        Kickoff::on((today() - Duration::days(1)).date_naive()),
        Kickoff::at(now() + Duration::days(1)),
    ]
}

impl World {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(FixedClock(now()));
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
        let team = |n| NewTeam { name: format!("Club {n:02}"), country: "Meridia".to_owned() };
        let clubs = store.ensure_teams("test", &(0..CLUBS).map(team).collect::<Vec<_>>()).await.unwrap();
        let a_match = |season: u16, home: usize, away: usize, kickoff, played: bool| NewMatch {
            league,
            season: Season::cross_year(season).unwrap(),
            home: clubs[home],
            away: clubs[away],
            leg: 1,
            kickoff,
            status: if played { MatchStatus::Finished } else { MatchStatus::Scheduled },
            score: played
                .then(|| Score { home: ((away * 3 + home) % 4) as u8, away: ((home * 2 + away) % 3) as u8 }),
            half_time: None,
            referee: None,
            attendance: None,
            source: "test".to_owned(),
            external_id: None,
            setting: MatchSetting::default(),
        };
        let mut new = Vec::new();
        for season in 2020..2023 {
            let start: DateTime<Utc> = format!("{season}-08-06T14:00:00Z").parse().unwrap();
            for n in 0..CLUBS * CLUBS {
                let (home, away) = (n / CLUBS, n % CLUBS);
                if home != away {
                    let kickoff = Kickoff::at(start + Duration::days((n * 7 % 280) as i64));
                    new.push((a_match(season, home, away, kickoff, true), MatchFacts::default()));
                }
            }
        }
        for (n, kickoff) in fixtures().into_iter().enumerate() {
            new.push((a_match(2023, n, n + 1, kickoff, false), MatchFacts::default()));
        }
        // Known at noon: after the start of today, before now.
        let morning = Kickoff::at(today() + Duration::hours(6));
        new.push((a_match(2023, 9, 10, morning, true), MatchFacts::default()));
        store.apply(&SilverChange { new, ..SilverChange::default() }).await.unwrap();
        let model = trained(&store, folder.path()).await.into();
        Self { store, model, folder }
    }

    async fn seal_at(&self, clock: DateTime<Utc>, as_of: Option<DateTime<Utc>>) -> SealReport {
        let sealing = Sealing { as_of, until: None, threads: 2 };
        forecast_to_come(&self.store, &self.model, sealing, &FixedClock(clock), Arc::new(Silent))
            .await
            .unwrap()
    }

    fn service(&self, clock: DateTime<Utc>) -> ForecastService {
        let settings = ServingSettings { threads: 2, ..ServingSettings::default() };
        let store = Arc::new(self.store.clone());
        ForecastService::new(
            self.folder.path().to_owned(),
            store,
            None,
            Arc::new(FixedClock(clock)),
            settings,
        )
    }
}

async fn trained(store: &SqliteStore, folder: &Path) -> RegisteredModel {
    let mut recipe = Recipe::default();
    (recipe.trees.rounds, recipe.trees.threads) = (5, 2);
    let training = Training { data_dir: folder, until: None, recipe, artifacts: None, activate: true };
    train(store, &training, &FixedClock(now()), Arc::new(Silent)).await.unwrap();
    let version = champion(store).await.unwrap();
    RegisteredModel::new(load_registered(folder, &version).unwrap(), &version)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_served_is_what_is_sealed() {
    let world = World::new().await;
    let report = world.seal_at(now(), None).await;
    let [_, later, day, _, tomorrow] = fixtures();
    let kickoffs: Vec<Kickoff> = report.upcoming.iter().map(|u| u.of.kickoff).collect();
    assert_eq!(kickoffs, [day, later, tomorrow]);
    assert_eq!(report.sealed, 3);
    let (service, names) = (world.service(now()), |n: usize| format!("Club {n:02}"));
    for u in &report.upcoming {
        let answer = service.forecast(u.of.id).await.unwrap();
        assert_eq!((answer.forecast, answer.as_of), (u.forecast.forecast, u.as_of));
        assert_eq!(answer.grid.as_ref(), Some(&u.forecast.grid));
        let sealed = &world.store.sealed(u.of.id).await.unwrap()[0];
        assert_eq!((sealed.forecast, sealed.as_of, sealed.sealed_at), (answer.forecast, answer.as_of, now()));
    }
    assert_eq!((&report.upcoming[0].home, &report.upcoming[0].league), (&names(2), &"MER1".to_owned()));
    // Whatever is not to come is not sealed.
    let sealed: u64 = world.store.ledger_head().await.unwrap().sequence;
    assert_eq!(sealed, 3);
    assert!(verify(&world.store, &[], &Silent).await.unwrap().whole);
    assert_eq!(world.seal_at(now(), None).await.sealed, 0, "a second time says nothing new");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_match_known_to_the_day_is_sealed_on_its_day_from_what_was_known_before() {
    let world = World::new().await;
    let day_of = |report: &SealReport| {
        report.upcoming.iter().find(|u| u.of.kickoff == fixtures()[2]).map(|u| (u.of.id, u.as_of))
    };
    let (id, as_of) = day_of(&world.seal_at(now(), None).await).unwrap();
    assert_eq!(as_of, today());
    let evening = world.seal_at(today() + Duration::seconds(86_399), None).await;
    assert_eq!(day_of(&evening), Some((id, today())), "to come until the day is over");
    // The result of this morning changed nothing for it.
    assert_eq!(world.store.sealed(id).await.unwrap().len(), 1);
    let after = world.seal_at(today() + Duration::days(1), None).await;
    assert_eq!(day_of(&after), None);
    let answer = world.service(today() + Duration::days(1)).forecast(id).await.unwrap();
    assert_eq!(answer.sealed_at, Some(now()));
    let sealed = &world.store.sealed(id).await.unwrap()[0];
    assert_eq!(answer.grid.as_ref(), sealed.details.as_ref().map(|d| &d.grid));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_forecast_says_what_it_was_made_from() {
    let world = World::new().await;
    let report = world.seal_at(now(), None).await;
    let sealed = world.store.sealed(report.upcoming[1].of.id).await.unwrap().remove(0);
    let details = sealed.details.unwrap();
    assert_eq!(details.grid, report.upcoming[1].forecast.grid);
    assert_eq!(details.kickoff, report.upcoming[1].of.kickoff);
    assert_eq!(details.bundle, champion(&world.store).await.unwrap().manifest_hash);
    assert_eq!(
        details.data, world.model.champion.model.manifest.data_hash,
        "nothing came since the training"
    );
    let sets = world.store.feature_sets().await.unwrap();
    assert_eq!(sets.len(), 1, "one set for all forecasts: {sets:?}");
    assert_eq!(sets[0].0, details.features);
    let columns = world.model.champion.model.manifest.variants[1].features.len();
    assert_eq!(sets[0].1.len(), columns);
    assert!(sets[0].1.iter().all(|name| name.contains('@')));
}

#[tokio::test(flavor = "multi_thread")]
async fn forecasts_as_of_an_earlier_time_are_not_sealed() {
    let world = World::new().await;
    let report = world.seal_at(now(), Some(today() - Duration::days(9))).await;
    assert_eq!((report.upcoming.len(), report.sealed), (3, 0));
    assert_eq!(world.store.ledger_head().await.unwrap().sequence, 0);
}

/// Asks to stop at the n-th look.
struct Stops(AtomicUsize);

impl Progress for Stops {
    fn begin(&self, _: &str, _: u64) {}
    fn done(&self, _: u64) {}
    fn end(&self) {}
    fn stop_requested(&self) -> bool {
        self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_is_stopped_seals_nothing() {
    let world = World::new().await;
    let seal = async |looks: usize| {
        let progress = Arc::new(Stops(AtomicUsize::new(looks)));
        let sealing = Sealing { as_of: None, until: None, threads: 2 };
        forecast_to_come(&world.store, &world.model, sealing, &FixedClock(now()), progress).await
    };
    let mut looks = 0;
    let report = loop {
        match seal(looks).await {
            Err(SealError::Stopped(_)) => {
                assert_eq!(world.store.ledger_head().await.unwrap().sequence, 0, "after {looks} looks");
            }
            done => break done.unwrap(),
        }
        looks += 1;
    };
    assert!(looks >= 3, "it looks before, within and after the computation: {looks}");
    assert_eq!(report.sealed, 3);
    assert_ne!(report.upcoming[0].of.id, MatchId(0));
}
