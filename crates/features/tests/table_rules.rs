//! Deductions and play-offs in the running table: from their day on, and not before.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use chrono::NaiveDate;
use support::world::World;
use touchline_domain::{LeagueId, MatchStatus, RulesInForce, Season, TeamId};
use touchline_features::{FeatureMatrix, History, Knowledge, Settings, compute, resume};

struct Computed {
    history: History,
    matrix: FeatureMatrix,
}

fn computed(world: &World, rules: &[RulesInForce]) -> Computed {
    let history = world.history().with_rules(rules);
    let all: Vec<u32> = (0..history.len() as u32).collect();
    let matrix = compute(&history, &all, Knowledge::AT_KICKOFF, &Settings::FRESH, 1);
    Computed { history, matrix }
}

impl Computed {
    fn value(&self, column: &str, row: usize) -> f32 {
        self.matrix.column(self.matrix.column_named(column).expect("a column"))[row]
    }
}

/// The busiest season of the first country, one of its teams, and a day in its middle.
fn chosen(world: &World) -> (LeagueId, Season, TeamId, NaiveDate) {
    let league = LeagueId(1);
    let mut rows: Vec<_> = world.rows.iter().filter(|row| row.league == league).collect();
    rows.sort_by_key(|row| row.kickoff);
    let season = rows[rows.len() / 2].season;
    let rows: Vec<_> = rows.into_iter().filter(|row| row.season == season).collect();
    let middle = rows[rows.len() / 2];
    (league, season, middle.home, middle.kickoff.date_naive())
}

#[test]
fn a_deduction_counts_from_its_day() {
    let world = World::invented(300);
    let (league, season, team, day) = chosen(&world);
    let rules = RulesInForce {
        league,
        season,
        split: None,
        play_offs_from: None,
        play_offs: vec![],
        deductions: vec![(team, 12, day)],
    };
    let (bare, with) = (computed(&world, &[]), computed(&world, &[rules]));
    assert_ne!(bare.history.hash(), with.history.hash());
    let mut seen = 0;
    for row in 0..bare.history.len() {
        let stored = world.rows.iter().find(|r| r.id == bare.history.ids()[row]).unwrap();
        let counts = (stored.league, stored.season) == (league, season) && stored.kickoff.date_naive() >= day;
        for (side, of) in [("home", stored.home), ("away", stored.away)] {
            let column = format!("{side}_points_per_game");
            let (before, after) = (bare.value(&column, row), with.value(&column, row));
            let matches = bare.value(&format!("{side}_season_matches"), row);
            if counts && of == team && matches > 0.0 {
                seen += 1;
                assert!(
                    (before - after - 12.0 / matches).abs() < 1e-4,
                    "{before} {after} after {matches} matches"
                );
            } else {
                assert_eq!(before.to_bits(), after.to_bits(), "{column} of match {}", stored.id);
            }
        }
    }
    assert!(seen > 0, "the deduction is seen");
}

#[test]
fn matches_of_play_offs_count_in_no_table() {
    let world = World::invented(1500);
    let (league, season, _, day) = chosen(&world);
    let rules = RulesInForce {
        league,
        season,
        split: None,
        play_offs_from: Some(day),
        play_offs: vec![],
        deductions: Vec::new(),
    };
    let with = computed(&world, &[rules]);
    let mut truncated = world.clone();
    truncated.rows.retain(|r| (r.league, r.season) != (league, season) || r.kickoff.date_naive() < day);
    let without = computed(&truncated, &[]);
    // The next season shows the table as it was before the play-offs.
    let mut compared = 0;
    for row in 0..without.history.len() {
        let id = without.history.ids()[row];
        let stored = world.rows.iter().find(|r| r.id == id).unwrap();
        if stored.league == league && stored.season > season {
            let same = with.history.ids().iter().position(|other| *other == id).unwrap();
            for column in [
                "home_points_per_game_last_season",
                "away_points_per_game_last_season",
                "home_points_per_game",
            ] {
                let (a, b) = (with.value(column, same), without.value(column, row));
                assert_eq!(a.to_bits(), b.to_bits(), "{column} of match {id}");
            }
            compared += 1;
        }
    }
    assert!(compared > 0, "a season follows");
}

#[test]
fn a_checkpoint_takes_points_from_the_same_teams() {
    let mut world = World::invented(300);
    let (league, season, team, day) = chosen(&world);
    // Without its first result the checkpoint numbers teams in another order than the history.
    let first = world.rows.iter_mut().min_by_key(|row| (row.kickoff, row.id)).expect("a match");
    (first.status, first.score) = (MatchStatus::Scheduled, None);
    let rules = RulesInForce {
        league,
        season,
        split: None,
        play_offs_from: None,
        play_offs: vec![],
        deductions: vec![(team, 12, day)],
    };
    let (bare, history) = (world.history(), world.history().with_rules(&[rules]));
    let from = history.position_at(day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp());
    let positions: Vec<u32> = (from as u32..history.len() as u32).collect();
    let (knowledge, settings) = (Knowledge::AT_KICKOFF, &Settings::FRESH);
    let bits = |matrix: &FeatureMatrix| -> Vec<u32> {
        (0..matrix.definitions().len()).flat_map(|c| matrix.column(c).iter().map(|x| x.to_bits())).collect()
    };
    let whole = bits(&compute(&history, &positions, knowledge, settings, 1));
    assert_ne!(whole, bits(&compute(&bare, &positions, knowledge, settings, 1)), "the deduction is seen");
    let (resumed, _) = resume(None, &history, &positions, knowledge, settings, i64::MAX);
    assert_eq!(bits(&resumed), whole);
}

/// Four teams, everybody at home against everybody, a match of each a week; the second half in the order of the first.
fn small_league(results: &[[u8; 2]; 12]) -> World {
    const ROUNDS: [[(i64, i64); 2]; 6] = [
        [(1, 2), (3, 4)],
        [(1, 3), (4, 2)],
        [(4, 1), (2, 3)],
        [(2, 1), (4, 3)],
        [(3, 1), (2, 4)],
        [(1, 4), (3, 2)],
    ];
    let mut world = World::invented(1);
    world.rows.clear();
    world.stats.clear();
    for (n, (home, away)) in ROUNDS.iter().flatten().enumerate() {
        let day = NaiveDate::from_ymd_opt(2021, 8, 7).unwrap() + chrono::Days::new(7 * (n as u64 / 2));
        let kickoff = touchline_domain::Kickoff::on(day);
        world.rows.push(touchline_domain::ports::ResultRow {
            id: touchline_domain::MatchId(n as i64 + 1),
            league: LeagueId(1),
            season: Season::cross_year(2021).unwrap(),
            home: TeamId(*home),
            away: TeamId(*away),
            kickoff: kickoff.at,
            precision: kickoff.precision,
            status: MatchStatus::Finished,
            score: touchline_domain::Score::new(results[n][0].into(), results[n][1].into()).ok(),
            neutral_ground: false,
        });
    }
    world
}

fn split(halve_points: bool, deductions: Vec<(TeamId, i16, NaiveDate)>) -> RulesInForce {
    let split = touchline_domain::TableSplit { after: 3, groups: vec![2, 2], halve_points, rounds: 1 };
    let (league, season) = (LeagueId(1), Season::cross_year(2021).unwrap());
    RulesInForce { league, season, split: Some(split), play_offs_from: None, play_offs: vec![], deductions }
}

/// After three matches 1 has 9 points, 2 has 4, 3 has 2 and 4 has 1. In the fourth week 2 beats 1, and 3 beats 4.
const RESULTS: [[u8; 2]; 12] = [
    [1, 0], // 1-2
    [1, 1], // 3-4
    [2, 0], // 1-3
    [1, 3], // 4-2
    [0, 1], // 4-1
    [1, 1], // 2-3
    [2, 0], // 2-1
    [0, 3], // 4-3
    [0, 0], // 3-1
    [0, 0], // 2-4
    [0, 0], // 1-4
    [0, 0], // 3-2
];

#[test]
fn a_split_ranks_its_groups_apart_and_halves_points_from_the_day_on_which_all_have_played() {
    let world = small_league(&RESULTS);
    let position = |rules: &[RulesInForce], row: usize| {
        let computed = computed(&world, rules);
        ["home", "away"]
            .map(|side| (computed.value(&format!("{side}_league_position"), row) * 3.0).round() as i32)
    };
    // Before the fifth week, match 9 is 3 against 1 and match 10 is 2 against 4. Undivided: 1 has 9 points, 2 has 7, 3 has 5
    // and 4 has 1.
    assert_eq!((position(&[], 8), position(&[], 9)), ([2, 0], [1, 3]));
    // Halved: 1 has 5 (9 halved), 2 has 2 and 3 more: 5, and the better goal difference.
    assert_eq!((position(&[split(true, vec![])], 8), position(&[split(true, vec![])], 9)), ([2, 1], [0, 3]));
    // Only divided, 3 stays in the lower group whatever it wins; 12 points given back to it in the split do not lift it.
    let given: NaiveDate = "2021-08-30".parse().unwrap();
    let lifted = [split(false, vec![(TeamId(3), -12, given)])];
    assert_eq!((position(&lifted, 8), position(&lifted, 9)), ([2, 0], [1, 3]));
    // Before all have played three matches nothing is divided.
    for row in 0..6 {
        assert_eq!(position(&[split(true, vec![])], row), position(&[], row), "match {row}");
    }
}

#[test]
fn what_comes_later_changes_no_feature_of_a_divided_season() {
    let (world, rules) = (small_league(&RESULTS), [split(true, vec![])]);
    let bits = |computed: &Computed, row: usize| -> Vec<u32> {
        let columns = 0..computed.matrix.definitions().len();
        columns.map(|column| computed.matrix.column(column)[row].to_bits()).collect()
    };
    let whole = computed(&world, &rules);
    for end in 1..world.rows.len() {
        let mut truncated = world.clone();
        truncated.rows.truncate(end);
        let part = computed(&truncated, &rules);
        for row in 0..end {
            assert_eq!(bits(&part, row), bits(&whole, row), "match {row} of the first {end}");
        }
        // Nor do other results.
        let mut other = RESULTS;
        other[end..].iter_mut().for_each(|goals| goals.reverse());
        let otherwise = computed(&small_league(&other), &rules);
        assert_eq!(bits(&otherwise, end), bits(&whole, end), "match {end}");
    }
}
