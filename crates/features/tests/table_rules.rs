//! Deductions and play-offs in the running table: from their day on, and not before.

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
    let rules =
        RulesInForce { league, season, split: None, play_offs_from: None, deductions: vec![(team, 12, day)] };
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
    let rules =
        RulesInForce { league, season, split: None, play_offs_from: Some(day), deductions: Vec::new() };
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
    let rules =
        RulesInForce { league, season, split: None, play_offs_from: None, deductions: vec![(team, 12, day)] };
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
