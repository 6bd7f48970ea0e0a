//! Risk of ruin and of drawdown.

use super::{StakingError, check_bet, kelly, require};

/// Probability of losing `units` before growing without bound, betting one unit at even money every time.
///
/// # Errors
/// A probability outside \[0, 1\].
pub fn ruin_probability_even_money(probability: f64, units: u32) -> Result<f64, StakingError> {
    check_bet(probability, 2.0)?;
    if probability <= 0.5 {
        return Ok(1.0);
    }
    Ok(((1.0 - probability) / probability).powf(f64::from(units)))
}

/// Upper bound of the probability of ever losing `units`, betting one unit at the same price every time; 1 without
/// an edge.
///
/// # Errors
/// A probability outside \[0, 1\], odds that are not above 1, or units that are negative or not finite.
pub fn ruin_probability(probability: f64, odds: f64, units: f64) -> Result<f64, StakingError> {
    check_bet(probability, odds)?;
    require("the bankroll in units", units, units >= 0.0, "it is finite and not negative")?;
    if probability * odds <= 1.0 {
        return Ok(1.0);
    }
    if probability >= 1.0 {
        return Ok(if units > 0.0 { 0.0 } else { 1.0 });
    }
    // p exp(-r (o-1)) + (1-p) exp(r) - 1 is convex in r, 0 at 0 and falls first: one root beyond its minimum.
    let (p, b) = (probability, odds - 1.0);
    let value = |r: f64| p * (-r * b).exp() + (1.0 - p) * r.exp() - 1.0;
    let mut low = (p * b / (1.0 - p)).ln() / odds;
    let mut high = -(-p).ln_1p();
    for _ in 0..200 {
        let mid = f64::midpoint(low, high);
        if value(mid) < 0.0 {
            low = mid;
        } else {
            high = mid;
        }
    }
    Ok((-low * units).exp())
}

/// Probability that the bankroll ever falls to the share `level` of its start, at a fraction of Kelly's stake, in the
/// limit of many small bets.
///
/// # Errors
/// A fraction outside (0, 2) - at twice Kelly the fall is certain - or a level outside (0, 1].
pub fn fractional_kelly_drawdown(fraction: f64, level: f64) -> Result<f64, StakingError> {
    require("the fraction of Kelly", fraction, fraction > 0.0 && fraction < 2.0, "it lies between 0 and 2")?;
    require("the level", level, level > 0.0 && level <= 1.0, "it is a share of the bankroll above 0")?;
    Ok(level.powf(2.0 / fraction - 1.0))
}

/// The largest share of the bankroll, at most Kelly's, that keeps the probability of ever falling to the share
/// `level` of the start at or below `tolerance`.
///
/// # Errors
/// A probability outside \[0, 1\], odds that are not above 1, or a level or tolerance outside (0, 1).
pub fn risk_constrained_kelly(
    probability: f64,
    odds: f64,
    level: f64,
    tolerance: f64,
) -> Result<f64, StakingError> {
    let full = kelly(probability, odds)?;
    require("the level", level, level > 0.0 && level < 1.0, "it lies between 0 and 1")?;
    require("the tolerance", tolerance, tolerance > 0.0 && tolerance < 1.0, "it lies between 0 and 1")?;
    let l = tolerance.ln() / level.ln();
    let (p, b) = (probability, odds - 1.0);
    let risk = |f: f64| p * (-l * (f * b).ln_1p()).exp() + (1.0 - p) * (-l * (-f).ln_1p()).exp();
    if full <= 0.0 || risk(full) <= 1.0 {
        return Ok(full);
    }
    // Convex, 1 at no stake and falling there: the last stake at which it is 1 again.
    let (mut low, mut high) = (0.0, full);
    for _ in 0..200 {
        let mid = f64::midpoint(low, high);
        if risk(mid) <= 1.0 {
            low = mid;
        } else {
            high = mid;
        }
    }
    Ok(low)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact by construction")]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    #[test]
    fn the_bound_is_exact_at_even_money() {
        for (p, units) in [(0.55, 10), (0.6, 3), (0.51, 50)] {
            let exact = ruin_probability_even_money(p, units).unwrap();
            assert!((ruin_probability(p, 2.0, f64::from(units)).unwrap() - exact).abs() < 1e-9);
        }
        assert_eq!(ruin_probability(0.4, 2.0, 10.0).unwrap(), 1.0);
        assert_eq!(ruin_probability_even_money(0.5, 10).unwrap(), 1.0);
    }

    #[test]
    fn simulated_drawdowns_stay_within_the_tolerance() {
        let (p, odds, level, tolerance) = (0.55, 2.0, 0.6, 0.10);
        let f = risk_constrained_kelly(p, odds, level, tolerance).unwrap();
        let mut rng = StdRng::seed_from_u64(1);
        let runs = 4000;
        let fell = (0..runs)
            .filter(|_| {
                let mut wealth = 1.0;
                (0..1500).any(|_| {
                    let u: f64 = rng.random();
                    wealth *= if u < p { 1.0 + f * (odds - 1.0) } else { 1.0 - f };
                    wealth <= level
                })
            })
            .count();
        let share = fell as f64 / f64::from(runs);
        assert!(share <= tolerance + 0.015 && share > 0.03, "{share}");
    }

    #[test]
    fn hostile_input_is_an_error() {
        assert!(ruin_probability(f64::NAN, 2.0, 1.0).is_err());
        assert!(ruin_probability(0.5, 2.0, -1.0).is_err());
        assert!(fractional_kelly_drawdown(2.0, 0.5).is_err() && fractional_kelly_drawdown(0.5, 0.0).is_err());
        assert!(risk_constrained_kelly(0.6, 2.0, 1.0, 0.1).is_err());
        assert_eq!(risk_constrained_kelly(0.4, 2.0, 0.5, 0.1).unwrap(), 0.0);
        assert!(ruin_probability(1.0, 2.0, 5.0).unwrap() < 1e-12);
    }
}
