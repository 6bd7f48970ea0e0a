//! Frees a bookmaker's prices from their margin by every method, and finds the goals they imply.
//!
//! `cargo run -p touchline-models --example devig_bookmaker -- 2.15 3.40 3.60`

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use touchline_models::odds::{
    DeVig, Fraction, GoalExpectancy, Rho, Target, decimal_to_american, hold, overround,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given: Vec<f64> = std::env::args().skip(1).map(|a| a.parse()).collect::<Result<_, _>>()?;
    let odds = if given.is_empty() { vec![1.45, 4.60, 7.50] } else { given };
    println!("overround {:.2} %, hold {:.2} %", 100.0 * overround(&odds)?, 100.0 * hold(&odds)?);
    for o in &odds {
        println!(
            "{o:>7.2}  {:>7}  {:>+7.0}",
            Fraction::nearest(*o, 50)?.to_string(),
            decimal_to_american(*o)?
        );
    }
    println!("\n{:<20} fair probabilities", "method");
    for method in DeVig::ALL {
        match method.fair(&odds) {
            Ok(fair) => {
                let shown: Vec<String> = fair.probabilities.iter().map(|p| format!("{p:.4}")).collect();
                let parameter = fair.parameter.map_or(String::new(), |x| format!("  parameter {x:.5}"));
                println!("{:<20} {}{parameter}", format!("{method:?}"), shown.join("  "));
            }
            Err(e) => println!("{:<20} {e}", format!("{method:?}")),
        }
    }
    if let [home, draw, away] = odds[..] {
        let fair = DeVig::Shin.forecast([home, draw, away])?;
        let goals = GoalExpectancy::fit(&[Target::Outcome(fair)], Rho::Fixed(-0.05))?;
        println!("\nimplied goals {:.2} to {:.2}", goals.home, goals.away);
    }
    Ok(())
}
