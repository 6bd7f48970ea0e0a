//! Fits every goal model to two invented seasons and forecasts one match with each, a promoted team with the posterior's
//! uncertainty.
//!
//! Run with `cargo run -p touchline-models --example predict_match`.

#![expect(clippy::print_stdout, reason = "the program prints its result")]

use rand::SeedableRng;
use touchline_models::goals::{
    DixonColes, FitConfig, FixtureTeam, GoalFixture, GoalMatches, GoalModelKind, GoalObservation, Posterior,
    TimeDecay, poisson_grid,
};
use touchline_models::simulation::{ScoreSampler, SimulationRng};

/// Two seasons of twelve teams, weighted by age; teams with a low number are stronger.
fn two_seasons() -> Result<GoalMatches, Box<dyn std::error::Error>> {
    let decay = TimeDecay::half_life_days(390.0)?;
    let mut rng = SimulationRng::seed_from_u64(2026);
    // Group 0: established teams; group 1: the two promoted last summer, without a match in the first season.
    let groups = (0..12).map(|team| usize::from(team >= 10)).collect();
    let mut matches = GoalMatches::new(12).with_groups(groups);
    for season in 0..2 {
        let teams = 10 + 2 * season;
        let pairs = (0..teams).flat_map(|h| (0..teams).map(move |a| (h, a))).filter(|(h, a)| h != a);
        for (home, away) in pairs {
            let strength = |team: usize| 0.3 - 0.05 * team as f64;
            let home_rate = (0.4 + strength(home) - strength(away)).exp();
            let away_rate = (0.1 + strength(away) - strength(home)).exp();
            let score = ScoreSampler::new(&poisson_grid([home_rate, away_rate], 14)).sample(&mut rng);
            let days_ago = if season == 0 { 500.0 } else { 120.0 };
            matches.push(GoalObservation::new(home, away, score).weighted(decay.weight(days_ago)));
        }
    }
    Ok(matches)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let matches = two_seasons()?;
    let config = FitConfig::default();
    println!("team 1 at home to team 6");
    println!("{:<24} {:>6} {:>6} {:>6}   log-likelihood", "", "home", "draw", "away");
    for kind in GoalModelKind::ALL {
        let model = kind.fit(&matches, &config)?;
        let forecast = model.grid_for(&GoalFixture::new(1, 6)).forecast();
        println!(
            "{:<24} {:>6.3} {:>6.3} {:>6.3}   {:.2}",
            kind.name(),
            forecast.home(),
            forecast.draw(),
            forecast.away(),
            model.log_likelihood()
        );
    }

    let posterior = Posterior::new(&DixonColes, &matches, &config)?;
    let newcomer = GoalFixture { away: FixtureTeam::Newcomer { group: 1 }, ..GoalFixture::new(6, 0) };
    let forecast = posterior.mode().grid_for(&newcomer).forecast();
    println!("\nteam 6 at home to a team promoted next summer: home win {:.3}", forecast.home());
    let draws = posterior.draws(500, &mut SimulationRng::seed_from_u64(1));
    let mut home: Vec<f64> =
        draws.iter().filter_map(|d| posterior.at(d)).map(|m| m.grid(6, 11).forecast().home()).collect();
    home.sort_by(f64::total_cmp);
    println!(
        "team 6 at home to team 11: home win {:.3}, 90% of the posterior within {:.3} to {:.3}",
        posterior.mean_grid(&draws, 6, 11).forecast().home(),
        home[home.len() / 20],
        home[home.len() - 1 - home.len() / 20]
    );
    Ok(())
}
