//! Simulates a season of eight teams half played, with head-to-head tie-breaks, a points deduction and a
//! promotion play-off.
//!
//! Run with `cargo run -p touchline-models --example simulate_season`.

#![expect(clippy::print_stdout, reason = "the program prints its result")]

use rand::SeedableRng;
use touchline_models::Teams;
use touchline_models::goals::{
    DixonColes, FitConfig, Fitted, GoalFixture, GoalMatches, GoalObservation, ScoreFamily,
};
use touchline_models::simulation::{PlayOff, RuleSet, SeasonSimulation, SimulationRng, one_leg, two_legs};
use touchline_outcomes::Score;

const NAMES: [&str; 8] =
    ["Ashford", "Birkdale", "Calder", "Dunmore", "Eastleigh", "Farrow", "Glenside", "Harwick"];

fn play_off(model: &Fitted<DixonColes>) -> PlayOff {
    let teams = model.teams();
    let pairs = || (0..teams).flat_map(move |i| (0..teams).map(move |j| (i, j)));
    PlayOff {
        positions: vec![2, 3, 4, 5],
        // The better seed has the second leg at home; the final is on neutral ground.
        tie: pairs().map(|(i, j)| two_legs(&model.grid(j, i), &model.grid(i, j))).collect(),
        last_tie: pairs()
            .map(|(i, j)| one_leg(&model.grid_for(&GoalFixture { neutral: true, ..GoalFixture::new(i, j) })))
            .collect(),
        decides_places: false,
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let teams = Teams::from_names(NAMES);
    let mut matches = GoalMatches::new(teams.len());
    let mut season = SeasonSimulation::new(teams.len(), RuleSet::la_liga());
    let all: Vec<(usize, usize)> =
        (0..8).flat_map(|h| (0..8).filter(move |a| *a != h).map(move |a| (h, a))).collect();
    let (played, to_come) = all.split_at(28);
    for (home, away) in played {
        // An invented result: teams early in the alphabet are stronger.
        let score = Score { home: (9 - home + away) as u8 / 4, away: (8 - away + home) as u8 / 5 };
        matches.push(GoalObservation::new(*home, *away, score));
        season.result(*home, *away, score);
    }
    let model = DixonColes.fit(&matches, &FitConfig::default())?;
    for (home, away) in to_come {
        season.fixture(*home, *away, &model.grid(*home, *away));
    }
    season.deduct(teams.index("Birkdale")?, 3).play_off(play_off(&model));
    let table = season.simulate(100_000, 2, &mut SimulationRng::seed_from_u64(2026))?;
    println!("{:<10} {:>7} {:>7} {:>9} {:>10}", "team", "points", "title", "promoted", "relegated");
    for (team, name) in teams.names().iter().enumerate() {
        println!(
            "{name:<10} {:>7.1} {:>6.1}% {:>8.1}% {:>9.1}%",
            table.expected_points(team),
            100.0 * table.title(team),
            100.0 * table.promotion(team, 1),
            100.0 * table.relegation(team, 2)
        );
    }
    Ok(())
}
