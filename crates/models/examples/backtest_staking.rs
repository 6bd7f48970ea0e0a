//! Runs staking plans over a simulated season of bets.
//!
//! Matches are drawn from true probabilities; the bettor knows them with some noise, the bookmaker with more and
//! with a margin. Everything follows from the seed:
//! `cargo run -p touchline-models --example backtest_staking -- 7`

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use rand::{RngExt, SeedableRng, rngs::StdRng};
use touchline_models::metrics::MeanScore;
use touchline_models::odds::{DeVig, closing_line_value};
use touchline_models::staking::{Bankroll, StakingPlan};
use touchline_outcomes::{Forecast, Outcome};

const MATCHES: usize = 2000;

/// The truth seen through noise on the log scale.
fn blurred(truth: &Forecast, noise: f64, rng: &mut StdRng) -> Result<Forecast, Box<dyn std::error::Error>> {
    let weights = truth.as_array().map(|p| p * (noise * rng.random_range(-1.0..1.0_f64)).exp());
    Ok(Forecast::normalised(weights)?)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seed = std::env::args().nth(1).map_or(Ok(7), |a| a.parse())?;
    let mut rng = StdRng::seed_from_u64(seed);
    let plans = [
        ("flat 10", StakingPlan::Flat { amount: 10.0 }),
        ("1 % of the bankroll", StakingPlan::Proportional { share: 0.01 }),
        ("full Kelly", StakingPlan::FractionalKelly { fraction: 1.0, cap: 1.0 }),
        ("quarter Kelly, at most 5 %", StakingPlan::FractionalKelly { fraction: 0.25, cap: 0.05 }),
        (
            "half Kelly, drawdown capped at 30 %",
            StakingPlan::DrawdownCapped { fraction: 0.5, max_drawdown: 0.3 },
        ),
    ];
    let mut banks = vec![Bankroll::new(1000.0)?; plans.len()];
    let mut closing_values = Vec::new();
    for _ in 0..MATCHES {
        let lead: f64 = rng.random_range(-0.9..1.1);
        let truth = Forecast::normalised([lead.exp(), 0.85, (-lead).exp()])?;
        let ours = blurred(&truth, 0.08, &mut rng)?;
        let opening = blurred(&truth, 0.13, &mut rng)?.as_array().map(|p| 1.0 / (p * 1.04));
        let closing = blurred(&truth, 0.05, &mut rng)?.as_array().map(|p| 1.0 / (p * 1.03));
        let u: f64 = rng.random();
        let result = match u {
            u if u < truth.home() => Outcome::HomeWin,
            u if u < truth.home() + truth.draw() => Outcome::Draw,
            _ => Outcome::AwayWin,
        };
        let best = Outcome::ALL.into_iter().max_by(|a, b| {
            (ours.probability(*a) * opening[a.index()])
                .total_cmp(&(ours.probability(*b) * opening[b.index()]))
        });
        let Some(pick) = best else { continue };
        let (p, odds) = (ours.probability(pick), opening[pick.index()]);
        if p * odds <= 1.02 {
            continue;
        }
        let fair_close = DeVig::Shin.forecast(closing)?;
        closing_values.push(closing_line_value(odds, fair_close.probability(pick))?);
        for (bank, (_, plan)) in banks.iter_mut().zip(&plans) {
            let stake = plan.stake(bank, p, odds)?;
            bank.settle(stake, if pick == result { stake * (odds - 1.0) } else { -stake })?;
        }
    }
    println!("closing-line value  {}", MeanScore::of(&closing_values)?);
    println!("\n{:<36} {:>12} {:>8} {:>10} {:>6}", "plan", "bankroll", "yield", "drawdown", "bets");
    for (bank, (name, _)) in banks.iter().zip(&plans) {
        let gained = bank.yield_on_stakes().unwrap_or(0.0);
        let (current, fall) = (bank.current(), 100.0 * bank.max_drawdown());
        println!("{name:<36} {current:>12.2} {:>7.2}% {fall:>9.1}% {:>6}", 100.0 * gained, bank.bets());
    }
    Ok(())
}
