//! Each match is forecast by the model that knows most of it: served, sealed and asked for by the same rule.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, Duration, Utc};
use std::sync::Arc;
use tempfile::TempDir;
use touchline_domain::ports::{
    ExperimentArm, ExperimentMode, MatchFacts, MatchReader, ModelReader, PredictionReader, RosterWriter,
    SilverChange, SilverWriter,
};
use touchline_domain::{
    CompetitionKind, DecimalOdds, FixedClock, Kickoff, LeagueId, MarketType, MatchId, MatchSetting,
    MatchStatus, NewLeague, NewMatch, NewTeam, OddsPhase, OddsQuote, Score, Season, Silent, TeamId,
};
use touchline_features::MarketView;
use touchline_forecasting::experiment::{self, NewExperiment};
use touchline_forecasting::seal::{Forecasters, SealReport, Sealing, forecast_to_come};
use touchline_forecasting::serving::{
    Answer, ForecastService, Mode, ServingError, ServingSettings, Snapshot,
};
use touchline_learning::model::{Recipe, name_of};
use touchline_learning::registry::{bundle_path, champion_of};
use touchline_learning::train::{Training, train, trainable_views};
use touchline_store_sqlite::SqliteStore;

const CLUBS: usize = 12;
const TRAINED: [MarketView; 3] = [MarketView::None, MarketView::Earlier, MarketView::PreMatch];

fn now() -> DateTime<Utc> {
    "2023-05-08T10:00:00Z".parse().unwrap()
}

fn quote(home: f64, known_at: DateTime<Utc>, phase: OddsPhase) -> OddsQuote {
    let price = |chance: f64| DecimalOdds::new(1.0 / (1.05 * chance)).ok();
    OddsQuote {
        bookmaker: "B365".into(),
        market: MarketType::OneXTwo,
        line_quarters: None,
        prices: [price(home), price(0.26), price(0.74 - home)],
        phase,
        known_at,
        known_at_imputed: false,
    }
}

fn facts(odds: Vec<OddsQuote>) -> MatchFacts {
    MatchFacts { odds, ..MatchFacts::default() }
}

/// Two leagues, of which one is priced, with a model for each of three views, and three fixtures of tomorrow.
struct World {
    store: SqliteStore,
    folder: TempDir,
    /// Has prices.
    priced: MatchId,
    /// Has none; matches of its league had some.
    of_priced_league: MatchId,
    /// Nobody prices its league.
    of_other_league: MatchId,
}

impl World {
    async fn new() -> Self {
        Self::trained_until(None).await
    }

    async fn trained_until(until: Option<DateTime<Utc>>) -> Self {
        let folder = TempDir::new().unwrap();
        let store = SqliteStore::open(&folder.path().join("touchline.db"), Arc::new(FixedClock(now()))).await;
        let store = store.unwrap();
        let leagues = ["MER1", "AUS1"].map(|code| NewLeague {
            code: code.to_owned(),
            name: format!("League {code}"),
            country: code[..3].to_owned(),
            level: 1,
            source: "test".to_owned(),
            kind: CompetitionKind::League,
        });
        let ids = store.ensure_leagues(&leagues).await.unwrap();
        let mut new = Vec::new();
        for (league, entry) in ids.iter().zip(&leagues) {
            let team =
                |n| NewTeam { name: format!("{} {n:02}", entry.country), country: entry.country.clone() };
            let names: Vec<NewTeam> = (0..CLUBS).map(team).collect();
            let clubs = store.ensure_teams("test", &names).await.unwrap();
            new.extend(seasons(*league, &clubs, entry.code == "MER1"));
        }
        store.apply(&SilverChange { new, ..SilverChange::default() }).await.unwrap();
        let [priced, of_priced_league, of_other_league] = fixtures(&store, &ids).await;
        for market in TRAINED {
            let mut recipe = Recipe { market, mirrored: false, ..Recipe::default() };
            (recipe.trees.rounds, recipe.trees.threads) = (5, 2);
            let data_dir = folder.path();
            let training = Training { data_dir, until, recipe, artifacts: None, activate: true };
            train(&store, &training, &FixedClock(now()), Arc::new(Silent)).await.unwrap();
        }
        Self { store, folder, priced, of_priced_league, of_other_league }
    }

    fn service(&self, clock: DateTime<Utc>) -> ForecastService {
        let settings = ServingSettings { threads: 2, ..ServingSettings::default() };
        let (data, store) = (self.folder.path().to_owned(), Arc::new(self.store.clone()));
        ForecastService::new(data, store, None, Arc::new(FixedClock(clock)), settings)
    }

    async fn snapshot(&self, clock: DateTime<Utc>) -> Arc<Snapshot> {
        self.service(clock).refresh().await.unwrap()
    }

    async fn seal(&self, forecasters: &Forecasters) -> SealReport {
        let sealing = Sealing { as_of: None, until: None, threads: 2 };
        forecast_to_come(&self.store, forecasters, sealing, &FixedClock(now()), Arc::new(Silent))
            .await
            .unwrap()
    }

    async fn forecasters(&self) -> Forecasters {
        Forecasters::open(&self.store, None, self.folder.path(), None).await.unwrap()
    }

    async fn add(&self, id: MatchId, quote: OddsQuote) {
        let facts = vec![(id, facts(vec![quote]))];
        self.store.apply(&SilverChange { facts, ..SilverChange::default() }).await.unwrap();
    }
}

fn a_match(league: LeagueId, season: u16, [home, away]: [TeamId; 2], kickoff: DateTime<Utc>) -> NewMatch {
    let goals = |team: TeamId, k: i64| (kickoff.timestamp() / 7_200 * k + team.0) % 4;
    NewMatch {
        league,
        season: Season::cross_year(season).unwrap(),
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

fn seasons(league: LeagueId, clubs: &[TeamId], priced: bool) -> Vec<(NewMatch, MatchFacts)> {
    let mut new = Vec::new();
    for year in 2020..2023 {
        let pairs = clubs.iter().flat_map(|home| clubs.iter().map(move |away| [*home, *away]));
        for (n, sides) in pairs.filter(|[home, away]| home != away).enumerate() {
            let start: DateTime<Utc> = format!("{year}-08-06T14:00:00Z").parse().unwrap();
            let kickoff = start + Duration::weeks((n * 7 % 38) as i64);
            let strength = 0.40 + 0.02 * (sides[1].0 - sides[0].0) as f64;
            let odds = quote(strength, kickoff - Duration::days(1), OddsPhase::PreMatch);
            let odds = if priced { vec![odds] } else { Vec::new() };
            new.push((a_match(league, year, sides, kickoff), facts(odds)));
        }
    }
    new
}

async fn fixtures(store: &SqliteStore, leagues: &[LeagueId]) -> [MatchId; 3] {
    let rows = store.results().await.unwrap();
    let clubs = |league: LeagueId| {
        let mut teams: Vec<TeamId> = rows.iter().filter(|r| r.league == league).map(|r| r.home).collect();
        teams.sort();
        teams.dedup();
        teams
    };
    let kickoff = now() + Duration::days(1);
    let (first, other) = (clubs(leagues[0]), clubs(leagues[1]));
    let sides = [
        (leagues[0], [first[0], first[1]]),
        (leagues[0], [first[2], first[3]]),
        (leagues[1], [other[0], other[1]]),
    ];
    let price = quote(0.6, now() - Duration::hours(3), OddsPhase::PreMatch);
    let mut new = Vec::new();
    for (n, (league, sides)) in sides.into_iter().enumerate() {
        let m = a_match(league, 2023, sides, kickoff);
        let m = NewMatch { status: MatchStatus::Scheduled, score: None, ..m };
        new.push((m, facts(if n == 0 { vec![price.clone()] } else { Vec::new() })));
    }
    store.apply(&SilverChange { new, ..SilverChange::default() }).await.unwrap();
    let seasons: Vec<_> = leagues.iter().map(|league| (*league, Season::cross_year(2023).unwrap())).collect();
    let stored = store.matches_of(&seasons).await.unwrap();
    sides.map(|(_, [home, away])| stored.iter().find(|m| (m.home, m.away) == (home, away)).unwrap().id)
}

fn named(answer: &Answer) -> (&str, Option<MarketView>, &[MarketView]) {
    (&answer.model.name, answer.view, &answer.views)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_model_that_knows_most_of_a_match_answers_and_the_others_on_request() {
    use MarketView::{Closing, Earlier, None, PreMatch};
    let world = World::new().await;
    let service = world.service(now());
    let ask = async |id| service.forecast(id).await.unwrap();
    let [priced, earlier, other] =
        [ask(world.priced).await, ask(world.of_priced_league).await, ask(world.of_other_league).await];
    assert_eq!(named(&priced), ("touchline-pre-match", Some(PreMatch), &[PreMatch, Earlier, None][..]));
    assert_eq!(named(&earlier), ("touchline-earlier", Some(Earlier), &[Earlier, None][..]));
    assert_eq!(named(&other), ("touchline", Some(None), &[None][..]));
    assert!([&priced, &earlier, &other].iter().all(|a| (a.mode, &a.reason) == (Mode::Real, &Option::None)));

    // By one model alone every match is forecast as that model does beside the others.
    let alone = Forecasters::from(world.forecasters().await.champion);
    for upcoming in world.seal(&alone).await.upcoming {
        let asked = service.forecast_by(upcoming.of.id, None).await.unwrap();
        assert_eq!((asked.forecast, asked.grid), (upcoming.forecast.forecast, Some(upcoming.forecast.grid)));
        assert_eq!((asked.view, asked.model), (Some(None), upcoming.model));
    }
    let by = service.forecast_by(world.priced, Earlier).await.unwrap();
    assert!(by.view == Some(Earlier) && by.forecast != priced.forecast);
    for (id, view) in
        [(world.priced, Closing), (world.of_priced_league, PreMatch), (world.of_other_league, Earlier)]
    {
        let refused = service.forecast_by(id, view).await.unwrap_err();
        assert!(matches!(refused, ServingError::NotByView { .. }), "{refused}");
    }
    let nowhere = service.forecast_by(MatchId(999_999), None).await.unwrap_err();
    assert!(matches!(nowhere, ServingError::UnknownMatch(_)), "{nowhere}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sealed_says_who_forecast_it_and_is_what_was_served() {
    let world = World::new().await;
    let report = world.seal(&world.forecasters().await).await;
    assert_eq!((report.sealed, report.upcoming.len()), (3, 3));
    let snapshot = world.snapshot(now()).await;
    for upcoming in &report.upcoming {
        let answer = snapshot.answer(upcoming.of.id).unwrap();
        assert_eq!((answer.forecast, &answer.model), (upcoming.forecast.forecast, &upcoming.model));
        let sealed = world.store.sealed(upcoming.of.id).await.unwrap().pop().unwrap();
        assert_eq!((&sealed.model_name, sealed.forecast), (&answer.model.name, answer.forecast));
        let version = champion_of(&world.store, &sealed.model_name).await.unwrap();
        assert_eq!(sealed.details.unwrap().bundle, version.manifest_hash);
    }
    assert_eq!(world.seal(&world.forecasters().await).await.sealed, 0, "a second time says nothing new");

    // After the kick-off it is answered from the ledger, by the view that was sealed and no other.
    let later = world.service(now() + Duration::days(2));
    let answer = later.forecast_by(world.priced, MarketView::PreMatch).await.unwrap();
    assert_eq!((answer.sealed_at, answer.view), (Some(now()), Some(MarketView::PreMatch)));
    let refused = later.forecast_by(world.priced, MarketView::None).await.unwrap_err();
    assert!(refused.to_string().contains("it has pre-match"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_count_from_when_they_are_known() {
    let world = World::new().await;
    let id = world.of_priced_league;
    let view_at = async |clock| world.snapshot(clock).await.answer(id).unwrap().view.unwrap();
    world.add(id, quote(0.3, now() + Duration::hours(1), OddsPhase::PreMatch)).await;
    assert_eq!(view_at(now()).await, MarketView::Earlier, "it will be priced in an hour");
    assert_eq!(view_at(now() + Duration::hours(1)).await, MarketView::PreMatch);
    // A closing price is none of some time before; no model that sees it is trained.
    let other = world.of_other_league;
    world.add(other, quote(0.3, now() - Duration::hours(1), OddsPhase::Closing)).await;
    assert_eq!(world.snapshot(now()).await.answer(other).unwrap().view, Some(MarketView::None));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_with_one_model_keeps_no_other_from_answering() {
    let world = World::new().await;
    let version = champion_of(&world.store, name_of(MarketView::PreMatch)).await.unwrap();
    let bundle = bundle_path(world.folder.path(), &version.name, &version.version);
    std::fs::remove_dir_all(bundle).unwrap();
    let snapshot = world.snapshot(now()).await;
    assert_eq!(snapshot.answer(world.priced).unwrap().view, Some(MarketView::Earlier));
    assert_eq!(snapshot.mode(), Mode::Real);
    let reasons: Vec<String> = snapshot.silent().iter().map(ToString::to_string).collect();
    assert!(reasons.len() == 1 && reasons[0].contains("touchline-pre-match"), "{reasons:?}");
    let report = world.seal(&world.forecasters().await).await;
    let of = report.upcoming.iter().find(|u| u.of.id == world.priced).unwrap();
    assert_eq!(of.model.name, "touchline-earlier");

    // Without a model that sees none the strength filter stands in where nothing is known, and only there.
    let version = champion_of(&world.store, name_of(MarketView::None)).await.unwrap();
    std::fs::remove_dir_all(bundle_path(world.folder.path(), &version.name, &version.version)).unwrap();
    let snapshot = world.snapshot(now()).await;
    let modes = [world.priced, world.of_other_league].map(|id| snapshot.answer(id).unwrap().mode);
    assert_eq!(modes, [Mode::Real, Mode::Fallback]);
    assert!(snapshot.answer(world.of_other_league).unwrap().reason.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_experiment_divides_the_matches_that_the_champion_of_its_model_answers() {
    let world = World::new().await;
    let mut recipe = Recipe { market: MarketView::PreMatch, mirrored: false, ..Recipe::default() };
    (recipe.trees.rounds, recipe.trees.threads) = (9, 2);
    let data_dir = world.folder.path();
    let training = Training { data_dir, until: None, recipe, artifacts: None, activate: false };
    let clock = FixedClock(now() + Duration::seconds(1));
    let tried = train(&world.store, &training, &clock, Arc::new(Silent)).await.unwrap().manifest;
    let new = NewExperiment {
        id: "more-trees".to_owned(),
        treatment: format!("{}/{}", tried.name, tried.version),
        mode: ExperimentMode::Split,
        share: 1.0,
    };
    let begun = experiment::start(&world.store, None, data_dir, new, &clock).await.unwrap();
    assert_eq!(begun.model, "touchline-pre-match");
    let snapshot = world.snapshot(now()).await;
    let answer = snapshot.answer(world.priced).unwrap();
    assert_eq!(answer.model.version, tried.version);
    assert_eq!(answer.experiment.unwrap().arm, ExperimentArm::Treatment);
    let other = snapshot.answer(world.of_priced_league).unwrap();
    assert_eq!((other.view, other.experiment), (Some(MarketView::Earlier), None));
    // Whoever asks for the view is answered by its champion.
    let service = world.service(now());
    let champion = service.forecast_by(world.priced, MarketView::PreMatch).await.unwrap();
    assert_ne!(champion.model.version, tried.version);

    let report = world.seal(&world.forecasters().await).await;
    let of = |id| report.upcoming.iter().find(|u| u.of.id == id).unwrap();
    assert_eq!(of(world.priced).forecast.forecast, answer.forecast);
    let sealed = world.store.sealed(world.priced).await.unwrap().pop().unwrap();
    assert_eq!(sealed.model_version, tried.version);
    let pairs = experiment::report(&world.store, begun).await.unwrap();
    assert_eq!(pairs.waiting, 1, "one match is divided");
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_that_are_kept_between_snapshots_are_those_of_the_store() {
    let world = World::new().await;
    let service = world.service(now());
    let said = |snapshot: Arc<Snapshot>| -> Vec<_> {
        let of = |id| snapshot.views(id).into_iter().map(move |view| (id, view));
        let asked = [world.priced, world.of_priced_league, world.of_other_league].into_iter().flat_map(of);
        asked.map(|(id, view)| (id, view, snapshot.answer_by(id, view).unwrap().forecast)).collect()
    };
    let before = said(service.refresh().await.unwrap());
    let rows = world.store.results().await.unwrap();
    let over: Vec<MatchId> = rows.iter().filter(|row| row.score.is_some()).map(|row| row.id).collect();
    // Of a match to come, of one that is over, and of so many that the feed names their seasons.
    world.add(world.priced, quote(0.2, now() - Duration::hours(1), OddsPhase::PreMatch)).await;
    let kickoff = |id: MatchId| rows.iter().find(|row| row.id == id).unwrap().kickoff;
    let price = |id: MatchId| quote(0.15, kickoff(id) - Duration::hours(2), OddsPhase::PreMatch);
    world.add(over[over.len() - 3], price(over[over.len() - 3])).await;
    let one = said(service.refresh().await.unwrap());
    assert_ne!(one, before);
    assert_eq!(one, said(world.snapshot(now()).await));
    let facts = over.iter().map(|id| (*id, facts(vec![price(*id)]))).collect();
    world.store.apply(&SilverChange { facts, ..SilverChange::default() }).await.unwrap();
    let all = said(service.refresh().await.unwrap());
    assert_ne!(all, one);
    assert_eq!(all, said(world.snapshot(now()).await));
}

// On one thread, so that the first snapshot is looked at before the next one can be there.
#[tokio::test]
async fn a_server_that_starts_answers_before_all_prices_are_read() {
    let world = World::new().await;
    let service = world.service(now());
    let mut renewals = service.renewals();
    service.follow();
    renewals.changed().await.unwrap();
    let first = service.status().snapshot.unwrap();
    assert!(first.is_hurried());
    assert_eq!(first.answer(world.of_priced_league).unwrap().view, Some(MarketView::None));
    assert_eq!(first.answer(world.priced).unwrap().view, Some(MarketView::PreMatch));
    let id = world.of_priced_league;
    let view = async || service.forecast(id).await.unwrap().view.unwrap();
    let started = std::time::Instant::now();
    while view().await != MarketView::Earlier {
        assert!(
            started.elapsed() < std::time::Duration::from_secs(20),
            "the model of earlier prices answers"
        );
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert!(!service.status().snapshot.unwrap().is_hurried());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forecast_as_of_a_time_is_what_would_have_been_sealed_then() {
    let world = World::trained_until(Some(now() - Duration::days(30))).await;
    let service = world.service(now());
    let time = now() - Duration::hours(2);
    let sealing = Sealing { as_of: Some(time), until: None, threads: 2 };
    let forecasters = world.forecasters().await;
    let clock = FixedClock(now());
    let report =
        forecast_to_come(&world.store, &forecasters, sealing, &clock, Arc::new(Silent)).await.unwrap();
    for upcoming in &report.upcoming {
        let answer = service.forecast_as_of(upcoming.of.id, time, None).await.unwrap();
        assert_eq!((answer.forecast, &answer.model), (upcoming.forecast.forecast, &upcoming.model));
        assert_eq!((answer.as_of, answer.mode), (time, Mode::Real));
    }
    // An hour before the price came, and before the models knew what they learned.
    let unpriced = service.forecast_as_of(world.priced, now() - Duration::hours(4), None).await.unwrap();
    assert_eq!(named(&unpriced).2, [MarketView::Earlier, MarketView::None]);
    let before = service.forecast_as_of(world.priced, now() - Duration::days(31), None).await.unwrap();
    assert_eq!((before.mode, before.view, before.views), (Mode::Fallback, None, Vec::new()));
    assert!(before.reason.unwrap().contains("came after that time"));
    let refused =
        service.forecast_as_of(world.priced, now() - Duration::days(31), Some(MarketView::None)).await;
    assert!(matches!(refused, Err(ServingError::NotByView { .. })));
    let late = service.forecast_as_of(world.priced, now() + Duration::days(1), None).await;
    assert!(matches!(late, Err(ServingError::Begun { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_later_changes_no_forecast_and_no_feature_as_of_a_time() {
    let world = World::trained_until(Some(now() - Duration::days(200))).await;
    let rows = world.store.results().await.unwrap();
    let finished: Vec<_> = rows.iter().filter(|row| row.score.is_some()).collect();
    let of = finished[finished.len() * 19 / 20];
    let time = of.kickoff - Duration::days(2);
    let service = world.service(now());
    let ask = async || {
        let answer = service.forecast_as_of(of.id, time, None).await.unwrap();
        let features = service.features_as_of(of.id, time, MarketView::PreMatch).await.unwrap();
        let values: Vec<u32> = features.values.iter().map(|value| value.to_bits()).collect();
        assert_eq!(values.len(), features.definitions.len());
        (answer.forecast, answer.model, values)
    };
    let before = ask().await;
    let season = Season::cross_year(2022).unwrap();
    let mut changed = world.store.matches_of(&[(of.league, season)]).await.unwrap();
    changed.retain(|m| m.kickoff.at >= time && m.status == MatchStatus::Finished);
    assert!(changed.len() > 5);
    for m in &mut changed {
        m.details.score = Some(Score { home: 9, away: 0 });
    }
    world.store.apply(&SilverChange { changed, ..SilverChange::default() }).await.unwrap();
    world.add(of.id, quote(0.7, time + Duration::hours(1), OddsPhase::PreMatch)).await;
    assert_eq!(ask().await, before);
    // What was known before does.
    let mut earlier = world.store.matches_of(&[(of.league, season)]).await.unwrap();
    earlier.retain(|m| m.kickoff.at < time && (m.home == of.home || m.away == of.away));
    for m in &mut earlier {
        m.details.score = Some(Score { home: 0, away: 9 });
    }
    world.store.apply(&SilverChange { changed: earlier, ..SilverChange::default() }).await.unwrap();
    assert_ne!(ask().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_trained_where_enough_matches_have_its_prices() {
    let world = World::new().await;
    assert_eq!(
        trainable_views(&world.store, None).await.unwrap(),
        [MarketView::None],
        "396 matches are priced"
    );
    let champions = world.store.versions().await.unwrap();
    assert_eq!(champions.len(), TRAINED.len());
}
