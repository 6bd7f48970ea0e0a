//! The rest of a season, simulated from a store; a running match.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, Duration, Utc};
use std::sync::Arc;
use tempfile::TempDir;
use touchline_domain::ports::{
    LeagueReader, MatchFacts, MatchFilter, MatchReader, RosterWriter, SilverChange, SilverWriter, TeamReader,
};
use touchline_domain::{
    ClaimField, CompetitionKind, Correction, CorrectionVerdict, FixedClock, Kickoff, MatchId, MatchSetting,
    MatchStatus, NewLeague, NewMatch, NewTeam, Outcome, PlayOffRules, PointsDeduction, Said, Score, Season,
    SeasonRules, Silent, TableSplit,
};
use touchline_features::View;
use touchline_forecasting::in_play::{InPlayFailure, in_play, read_clock};
use touchline_forecasting::simulate::{
    SimulateError, SimulationReport, SimulationRequest, keep, kept, simulate,
};
use touchline_learning::predictor::StrengthFilter;
use touchline_models::inplay::MatchState;
use touchline_store_sqlite::SqliteStore;

const CLUBS: usize = 6;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn season() -> Season {
    Season::cross_year(2023).unwrap()
}

/// A store with a league of six: one whole season, and one of which the first half is played. Club 0 wins most.
struct World {
    store: SqliteStore,
    _folder: TempDir,
}

impl World {
    /// With so many matches of the season before, and so many of this one, of 30.
    async fn new(before: usize, now: usize) -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(FixedClock(at("2024-01-15T10:00:00Z")));
        let store = SqliteStore::open(&folder.path().join("touchline.db"), clock).await.unwrap();
        let league = |code: &str, kind| NewLeague {
            code: code.to_owned(),
            name: "Meridian Premier".to_owned(),
            country: "Meridia".to_owned(),
            level: 1,
            source: "test".to_owned(),
            kind,
        };
        let leagues = [league("MER1", CompetitionKind::League), league("MERC", CompetitionKind::Cup)];
        let league = store.ensure_leagues(&leagues).await.unwrap()[0];
        let team = |n| NewTeam { name: format!("Club {n}"), country: "Meridia".to_owned() };
        let clubs = store.ensure_teams("test", &(0..CLUBS).map(team).collect::<Vec<_>>()).await.unwrap();
        let pairs: Vec<(usize, usize)> =
            (1..CLUBS).flat_map(|gap| (0..CLUBS).map(move |home| (home, (home + gap) % CLUBS))).collect();
        let mut new = Vec::new();
        for (year, matches, played) in [(2022, before, 30), (2023, now, 15)] {
            let start = at(&format!("{year}-08-06T14:00:00Z"));
            for (n, (home, away)) in pairs.iter().take(matches).enumerate() {
                let is_played = n < played;
                let goals = |club: usize| (4 - club.min(4)) as u8;
                new.push((
                    NewMatch {
                        league,
                        season: Season::cross_year(year).unwrap(),
                        home: clubs[*home],
                        away: clubs[*away],
                        leg: 1,
                        kickoff: Kickoff::at(start + Duration::days(n as i64 * 10)),
                        status: if is_played { MatchStatus::Finished } else { MatchStatus::Scheduled },
                        score: is_played.then(|| Score { home: goals(*home), away: goals(*away) }),
                        half_time: None,
                        referee: None,
                        attendance: None,
                        source: "test".to_owned(),
                        external_id: None,
                        setting: MatchSetting::default(),
                    },
                    MatchFacts::default(),
                ));
            }
        }
        store.apply(&SilverChange { new, ..SilverChange::default() }).await.unwrap();
        Self { store, _folder: folder }
    }

    async fn simulate(&self, request: SimulationRequest) -> Result<SimulationReport, SimulateError> {
        let model = Arc::new(StrengthFilter::OverGrid);
        simulate(&self.store, model, View::default(), request, Arc::new(Silent)).await
    }

    /// Gives every match its result, by the strength of its sides.
    async fn finish_all(&self) {
        let filter = MatchFilter { status: Some(MatchStatus::Scheduled), ..MatchFilter::default() };
        let mut changed = self.store.page(&filter, None, 100).await.unwrap().matches;
        let names = self.store.teams().await.unwrap();
        let goals = |id| {
            let name = &names.iter().find(|team| team.id == id).unwrap().name;
            4 - name[5..].parse::<u8>().unwrap().min(4)
        };
        for m in &mut changed {
            m.details.status = MatchStatus::Finished;
            m.details.score = Some(Score { home: goals(m.home), away: goals(m.away) });
        }
        self.store.apply(&SilverChange { changed, ..SilverChange::default() }).await.unwrap();
    }

    /// A match of the play-offs, with its score where it was played.
    async fn play_off_match(&self, [home, away]: [usize; 2], day: &str, score: Option<(u8, u8)>) {
        let names = self.store.teams().await.unwrap();
        let id = |n: usize| names.iter().find(|team| team.name == format!("Club {n}")).unwrap().id;
        let new = NewMatch {
            league: self.store.leagues().await.unwrap().iter().find(|l| l.code == "MER1").unwrap().id,
            season: season(),
            home: id(home),
            away: id(away),
            leg: 2,
            kickoff: Kickoff::at(at(&format!("{day}T14:00:00Z"))),
            status: if score.is_some() { MatchStatus::Finished } else { MatchStatus::Scheduled },
            score: score.map(|(home, away)| Score { home, away }),
            half_time: None,
            referee: None,
            attendance: None,
            source: "test".to_owned(),
            external_id: None,
            setting: MatchSetting::default(),
        };
        let new = vec![(new, MatchFacts::default())];
        self.store.apply(&SilverChange { new, ..SilverChange::default() }).await.unwrap();
    }

    async fn to_come(&self) -> MatchId {
        let filter = MatchFilter { status: Some(MatchStatus::Scheduled), ..MatchFilter::default() };
        self.store.page(&filter, None, 1).await.unwrap().matches[0].id
    }
}

fn request() -> SimulationRequest {
    SimulationRequest {
        league: "MER1".to_owned(),
        season: None,
        as_of: at("2024-01-15T10:00:00Z"),
        runs: 2_000,
        draws: 20,
        seed: 7,
        threads: 2,
        suppose: Vec::new(),
        impact: 0,
        places: vec!["relegation=-1".parse().unwrap()],
        complete: false,
    }
}

fn team<'a>(report: &'a SimulationReport, name: &str) -> &'a touchline_forecasting::simulate::TeamChances {
    report.teams.iter().find(|t| t.team == name).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_place_is_taken_once_and_threads_change_nothing() {
    let world = World::new(30, 30).await;
    let report = world.simulate(request()).await.unwrap();
    assert_eq!((report.played, report.to_come, report.assumed), (15, 15, 0));
    assert_eq!((report.season.as_str(), report.runs, report.draws), ("2023-24", 2_000, 20));
    for place in 0..CLUBS {
        let taken: f64 = report.teams.iter().map(|t| t.positions[place]).sum();
        assert!((taken - 1.0).abs() < 1e-9);
    }
    for t in &report.teams {
        assert!((t.positions.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!((t.places[1] - t.positions[CLUBS - 1]).abs() < 1e-12, "relegation is the last place");
    }
    assert_eq!(report.teams[0].team, "Club 0", "who has won most so far");
    let one = world.simulate(SimulationRequest { threads: 1, ..request() }).await.unwrap();
    assert_eq!(one, report);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_the_past_holds_the_scores_of_that_time() {
    let world = World::new(30, 30).await;
    let before = world.simulate(request()).await.unwrap();
    let last = "Club 5";
    let filter = MatchFilter { status: Some(MatchStatus::Finished), ..MatchFilter::default() };
    let played = world.store.page(&filter, None, 100).await.unwrap().matches;
    let id = world.store.teams().await.unwrap().into_iter().find(|t| t.name == last).unwrap().id;
    let held = played.into_iter().find(|m| m.season == season() && m.home == id).unwrap();
    let old = held.score.unwrap();
    let new = Score { home: 9, away: 0 };
    assert!(old.home <= old.away);
    let mut changed = held.clone();
    changed.details.score = Some(new);
    // Three points more for the last, known a fortnight after the time that is asked for.
    let known_at = at("2024-01-29T09:00:00Z");
    let correction = Correction {
        match_id: held.id,
        field: ClaimField::Score,
        source: "test".to_owned(),
        old: Some(old.to_string()),
        new: Some(new.to_string()),
        said: Said { at: known_at, document: None },
        known_at,
        verdict: CorrectionVerdict::Taken,
        by: "rule".to_owned(),
    };
    let change =
        SilverChange { changed: vec![changed], corrections: vec![correction], ..SilverChange::default() };
    world.store.apply(&change).await.unwrap();
    assert_eq!(world.simulate(request()).await.unwrap(), before);
    let later = SimulationRequest { as_of: at("2024-01-30T00:00:00Z"), ..request() };
    let [then, now] =
        [&before, &world.simulate(later).await.unwrap()].map(|report| team(report, last).points);
    assert!(now >= then + 2, "{then} {now}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_comes_back_as_it_was_said() {
    let world = World::new(30, 30).await;
    for as_of in ["2023-10-01T00:00:00Z", "2024-01-15T10:00:00Z"] {
        let report =
            world.simulate(SimulationRequest { as_of: at(as_of), impact: 1, ..request() }).await.unwrap();
        keep(&world.store, &report, at("2024-01-15T10:00:00Z")).await.unwrap();
        let read = kept(&world.store, "MER1", season(), 1).await.unwrap();
        let [read] = &read[..] else { panic!("the latest alone") };
        assert_eq!((read.as_of, read.played, &read.places), (report.as_of, report.played, &report.places));
        // A number that went through JSON may differ in its last bit.
        let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
        for (read, said) in read.teams.iter().zip(&report.teams) {
            assert!(read.team == said.team && close(&read.positions, &said.positions));
        }
        assert_eq!(read.impacts.len(), 1);
    }
    let chances = kept(&world.store, "MER1", season(), 10).await.unwrap();
    let of =
        |n: usize| chances[n].chances_of("relegation").unwrap().iter().map(|c| c.probability).sum::<f64>();
    assert!(chances.len() == 2 && (of(0) - 1.0).abs() < 1e-9 && (of(1) - 1.0).abs() < 1e-9);
    assert_eq!(chances[0].chances_of("europe"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn results_known_later_are_not_used() {
    let world = World::new(30, 30).await;
    let early = SimulationRequest { as_of: at("2023-09-01T00:00:00Z"), ..request() };
    let report = world.simulate(early).await.unwrap();
    assert_eq!((report.played, report.to_come), (3, 27));
    assert_eq!(report.teams.iter().map(|t| t.played).sum::<u32>(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn pairings_are_added_only_where_the_league_is_a_double_round_robin() {
    let report = World::new(30, 20).await.simulate(request()).await.unwrap();
    assert_eq!((report.to_come, report.assumed), (5, 10), "as the season before was one");
    let world = World::new(20, 20).await;
    assert_eq!(world.simulate(request()).await.unwrap().assumed, 0, "nothing says that it is one");
    let asked = SimulationRequest { complete: true, ..request() };
    assert_eq!(world.simulate(asked).await.unwrap().assumed, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supposed_result_moves_chances_the_way_it_must() {
    let world = World::new(30, 30).await;
    let id = world.to_come().await;
    let of = world.store.get_match(id).await.unwrap().unwrap();
    let asked = SimulationRequest { impact: 1, ..request() };
    let report = world.simulate(asked).await.unwrap();
    let impact = &report.impacts[0];
    assert_eq!(impact.match_id, id);
    let supposing = |outcome| SimulationRequest { suppose: vec![(id, outcome)], ..request() };
    let won = world.simulate(supposing(Outcome::HomeWin)).await.unwrap();
    let lost = world.simulate(supposing(Outcome::AwayWin)).await.unwrap();
    let points =
        |r: &SimulationReport| r.teams.iter().find(|t| t.team_id == of.home).unwrap().expected_points;
    assert!((points(&won) - points(&lost) - 3.0).abs() < 0.3, "{} {}", points(&won), points(&lost));
    assert_eq!(impact.outcomes[0].home, team(&won, &impact.home).places, "the same as supposing it");
    let over = world.simulate(SimulationRequest { suppose: vec![(MatchId(1), Outcome::Draw)], ..request() });
    assert!(matches!(over.await, Err(SimulateError::NotToCome(MatchId(1)))));
}

#[tokio::test(flavor = "multi_thread")]
async fn deductions_count_from_their_day_on() {
    let world = World::new(30, 30).await;
    let plain = world.simulate(request()).await.unwrap();
    let rules = SeasonRules {
        league: "MER1".to_owned(),
        season: season(),
        split: None,
        play_offs_from: None,
        play_offs: vec![],
        deductions: vec![PointsDeduction {
            team: "Club 0".to_owned(),
            points: 30,
            from: "2024-01-10".parse().unwrap(),
            reason: String::new(),
        }],
    };
    world.store.put_season_rules(&[rules]).await.unwrap();
    let docked = world.simulate(request()).await.unwrap();
    let (before, after) = (team(&plain, "Club 0"), team(&docked, "Club 0"));
    assert_eq!(after.points, before.points - 30);
    assert!(after.places[0] < 0.01 && before.places[0] > 0.5);
    let earlier = SimulationRequest { as_of: at("2024-01-05T00:00:00Z"), ..request() };
    assert!(team(&world.simulate(earlier).await.unwrap(), "Club 0").places[0] > 0.5, "nobody knew of it");
}

fn with_play_offs(play_offs: Vec<PlayOffRules>, from: Option<&str>) -> SeasonRules {
    SeasonRules {
        league: "MER1".to_owned(),
        season: season(),
        split: None,
        play_offs_from: from.map(|day| day.parse().unwrap()),
        play_offs,
        deductions: vec![],
    }
}

fn play_off(name: &str, places: [u8; 2], decides_places: bool) -> PlayOffRules {
    let (name, legs, final_legs) = (name.to_owned(), 2, Some(1));
    PlayOffRules { name, places, legs, final_legs, neutral_final: true, decides_places }
}

#[tokio::test(flavor = "multi_thread")]
async fn play_offs_are_won_by_one_team_and_may_decide_places() {
    let world = World::new(30, 30).await;
    let table = world.simulate(request()).await.unwrap();
    let both = vec![play_off("title_play_off", [1, 4], true), play_off("stay", [5, 6], false)];
    world.store.put_season_rules(&[with_play_offs(both, None)]).await.unwrap();
    let report = world.simulate(request()).await.unwrap();
    assert_eq!(report.play_offs.len(), 2);
    for n in 0..2 {
        let won: f64 = report.teams.iter().map(|t| t.play_offs[n]).sum();
        assert!((won - 1.0).abs() < 1e-9, "play-off {n} is won with probability {won}");
    }
    for t in &report.teams {
        assert!((t.positions[0] - t.play_offs[0]).abs() < 1e-9, "{}: who wins it is first", t.team);
        assert!(t.play_offs[1] <= t.positions[4] + t.positions[5] + 1e-9, "{}", t.team);
        let before = team(&table, &t.team);
        assert!((before.expected_points - t.expected_points).abs() < 1e-9, "points are those of the table");
    }
    // The best team wins the knockout more often than others, and less often than a table.
    let (club, alone) = (team(&report, "Club 0"), team(&table, "Club 0"));
    assert!(club.positions[0] < alone.positions[0] && club.positions[0] > 0.4, "{:?}", club.positions);
    keep(&world.store, &report, at("2024-01-15T10:00:00Z")).await.unwrap();
    let held = kept(&world.store, "MER1", season(), 1).await.unwrap().pop().unwrap();
    let chances = held.chances_of("stay").unwrap();
    assert!((chances.iter().map(|c| c.probability).sum::<f64>() - 1.0).abs() < 1e-9);
    assert_eq!(world.simulate(request()).await.unwrap(), report, "the same again");
    // A place that the table does not have.
    let outside = vec![play_off("promotion", [5, 8], false)];
    world.store.put_season_rules(&[with_play_offs(outside, None)]).await.unwrap();
    let message = world.simulate(request()).await.unwrap_err().to_string();
    assert!(message.contains("places of the table"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn play_off_matches_that_were_played_count() {
    // All of the season is played; Club 0 to 3 are its first four.
    let world = World::new(30, 30).await;
    world.finish_all().await;
    let rules = with_play_offs(vec![play_off("title_play_off", [1, 4], true)], Some("2024-07-01"));
    world.store.put_season_rules(&[rules]).await.unwrap();
    let later = SimulationRequest { as_of: at("2024-08-01T00:00:00Z"), ..request() };
    let open = world.simulate(later.clone()).await.unwrap();
    let won = |report: &SimulationReport, n: usize| team(report, &format!("Club {n}")).play_offs[0];
    assert!(won(&open, 0) > won(&open, 3) && won(&open, 3) > 0.0);
    assert_eq!(open.played, 30, "play-offs are in no table");
    // First against fourth: the first leg is lost by four goals.
    world.play_off_match([3, 0], "2024-07-02", Some((4, 0))).await;
    let led = world.simulate(later.clone()).await.unwrap();
    assert!(won(&led, 0) < won(&open, 0) && won(&led, 0) > 0.0, "{} {}", won(&led, 0), won(&open, 0));
    // The second leg is not enough.
    world.play_off_match([0, 3], "2024-07-05", Some((3, 0))).await;
    let out = world.simulate(later.clone()).await.unwrap();
    assert_eq!((won(&out, 0), team(&out, "Club 0").positions[0]), (0.0, 0.0));
    // The other tie was level after 90 minutes twice; that Club 2 is in the last match tells who went through.
    world.play_off_match([2, 1], "2024-07-02", Some((1, 1))).await;
    world.play_off_match([1, 2], "2024-07-05", Some((1, 1))).await;
    let level = world.simulate(later.clone()).await.unwrap();
    assert!(won(&level, 1) > 0.0 && won(&level, 2) > 0.0);
    world.play_off_match([3, 2], "2024-07-20", None).await;
    let last = world.simulate(later.clone()).await.unwrap();
    assert!(won(&last, 1).abs() < 1e-12);
    assert!((won(&last, 2) + won(&last, 3) - 1.0).abs() < 1e-9);
    // Nobody knew of any of this before.
    let earlier = SimulationRequest { as_of: at("2024-07-01T00:00:00Z"), ..request() };
    assert!(won(&world.simulate(earlier).await.unwrap(), 0) > 0.3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_split_may_be_played_at_both_grounds() {
    let world = World::new(30, 30).await;
    let split = |rounds| SeasonRules {
        split: Some(TableSplit { after: 10, groups: vec![3, 3], halve_points: false, rounds }),
        ..with_play_offs(vec![], None)
    };
    let mut points = Vec::new();
    for rounds in [1, 2] {
        world.store.put_season_rules(&[split(rounds)]).await.unwrap();
        let report = world.simulate(request()).await.unwrap();
        points.push(report.teams.iter().map(|t| t.expected_points).sum::<f64>());
    }
    // Six matches more, of two to three points.
    let more = points[1] - points[0];
    assert!((12.0..18.0).contains(&more), "{points:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_simulated_says_why() {
    let world = World::new(30, 30).await;
    let of = |league: &str| SimulationRequest { league: league.to_owned(), ..request() };
    let message = world.simulate(of("E0")).await.unwrap_err().to_string();
    assert!(message.contains("\"E0\"") && message.contains("MER1"), "{message}");
    assert!(world.simulate(of("MERC")).await.unwrap_err().to_string().contains("cup"));
    let request = SimulationRequest { season: Some(Season::cross_year(2030).unwrap()), ..request() };
    let message = world.simulate(request).await.unwrap_err().to_string();
    assert!(message.contains("2030-31") && message.contains("2023-24"), "{message}");
    assert_eq!(world.store.leagues().await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_match_starts_from_what_was_known_before_it() {
    let world = World::new(30, 30).await;
    let id = world.to_come().await;
    let clock = FixedClock(at("2024-01-15T10:00:00Z"));
    let at_minute = |minute: &str, home, away| MatchState {
        clock: read_clock(minute).unwrap(),
        score: Score { home, away },
        ..MatchState::kick_off()
    };
    let ask =
        |state| in_play(&world.store, Arc::new(StrengthFilter::OverGrid), View::default(), id, state, &clock);
    let start = ask(at_minute("0", 0, 0)).await.unwrap();
    assert!(!start.before.sealed);
    assert!((start.markets.one_x_two.home() - start.before.forecast.home()).abs() < 1e-6);
    let late = ask(at_minute("90+2", 0, 1)).await.unwrap();
    assert!(late.markets.one_x_two.away() > 0.9);
    assert!((late.next_goal.home + late.next_goal.none + late.next_goal.away - 1.0).abs() < 1e-12);
    let unknown = in_play(
        &world.store,
        Arc::new(StrengthFilter::OverGrid),
        View::default(),
        MatchId(999),
        at_minute("1", 0, 0),
        &clock,
    );
    assert!(matches!(unknown.await, Err(InPlayFailure::Unknown(MatchId(999)))));
}
