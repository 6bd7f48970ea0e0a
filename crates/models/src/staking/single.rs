//! Kelly for one bet.

use super::{StakingError, check_bet, require};
use crate::markets::Settlement;

/// Share of the bankroll to bet; 0 without an edge.
///
/// A bet that wins with probability `p` at decimal odds `o` has the edge `p o - 1`; the stake that maximises
/// `p ln(1 + f (o-1)) + (1-p) ln(1 - f)` is `f = (p o - 1)/(o - 1)` of the bankroll, none without an edge. A bet that
/// may be half won, pushed or half lost maximises the sum over its five ways, by Newton's method.
///
/// Reference: Kelly, "A new interpretation of information rate" (1956).
///
/// ```
/// use touchline_models::markets::Settlement;
/// use touchline_models::staking::{kelly, kelly_settlement};
/// assert_eq!(kelly(0.4, 2.0)?, 0.0); // no edge
/// let half_won = Settlement { win: 0.45, half_win: 0.15, push: 0.0, half_loss: 0.0, loss: 0.40 };
/// let stake = kelly_settlement(&half_won, 2.0)?;
/// assert!(stake > 0.12 && stake < 0.15); // the edge is 0.125; the half wins make it surer
/// # Ok::<(), touchline_models::staking::StakingError>(())
/// ```
///
/// # Errors
/// A probability outside \[0, 1\] or odds that are not above 1.
pub fn kelly(probability: f64, odds: f64) -> Result<f64, StakingError> {
    check_bet(probability, odds)?;
    Ok(((probability * odds - 1.0) / (odds - 1.0)).clamp(0.0, 1.0))
}

/// Share of the bankroll to bet on a line; 0 without an edge, 1 where the bet cannot lose.
///
/// # Errors
/// Ways to settle that are not probabilities with sum 1 within 1e-6, or odds that are not above 1.
pub fn kelly_settlement(bet: &Settlement, odds: f64) -> Result<f64, StakingError> {
    let ways = bet.as_array();
    for p in ways {
        check_bet(p, odds)?;
    }
    let sum: f64 = ways.iter().sum();
    require("the sum of the five ways", sum, (sum - 1.0).abs() <= 1e-6, "probabilities sum to 1")?;
    let profits = Settlement::profits(odds);
    if bet.expected_profit(odds) <= 0.0 {
        return Ok(0.0);
    }
    if bet.lost() <= 0.0 {
        return Ok(1.0);
    }
    // The slope of the growth falls from positive at 0; with only half losses it may still be positive at 1.
    let slope = |f: f64| -> (f64, f64) {
        ways.iter().zip(profits).filter(|(p, _)| **p > 0.0).fold((0.0, 0.0), |(first, second), (p, x)| {
            let rate = x / (1.0 + f * x);
            (first + p * rate, second - p * rate * rate)
        })
    };
    if bet.loss <= 0.0 && slope(1.0).0 >= 0.0 {
        return Ok(1.0);
    }
    let (mut low, mut high, mut f) = (0.0, 1.0, kelly(bet.two_way_probability(), odds)?.clamp(1e-6, 0.99));
    for _ in 0..100 {
        let (first, second) = slope(f);
        if first > 0.0 {
            low = f;
        } else {
            high = f;
        }
        let step = f - first / second;
        let next = if step > low && step < high { step } else { f64::midpoint(low, high) };
        if (next - f).abs() <= 1e-15 {
            break;
        }
        f = next;
    }
    Ok(f)
}

/// Expected logarithmic growth of the bankroll per bet at a stake of `fraction` of it.
///
/// # Errors
/// A probability outside \[0, 1\], odds that are not above 1, or a fraction outside \[0, 1).
pub fn growth(probability: f64, odds: f64, fraction: f64) -> Result<f64, StakingError> {
    check_bet(probability, odds)?;
    require("the stake", fraction, (0.0..1.0).contains(&fraction), "it is a share of the bankroll below 1")?;
    Ok(probability * (fraction * (odds - 1.0)).ln_1p() + (1.0 - probability) * (-fraction).ln_1p())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_bets_are_errors() {
        for (p, o) in
            [(f64::NAN, 2.0), (1.1, 2.0), (-0.1, 2.0), (0.5, 1.0), (0.5, f64::INFINITY), (0.5, f64::NAN)]
        {
            assert!(
                kelly(p, o).is_err()
                    && kelly_settlement(&Settlement::simple(0.5), o).is_err() | (o > 1.0 && o.is_finite())
            );
        }
        let broken = Settlement { win: 0.5, half_win: 0.5, push: 0.5, half_loss: 0.0, loss: 0.0 };
        assert!(kelly_settlement(&broken, 2.0).is_err());
        assert!(growth(0.5, 2.0, 1.0).is_err());
        assert!(kelly_settlement(&Settlement::simple(1.0), 2.0).unwrap() >= 1.0);
    }

    proptest! {
        #[test]
        fn kelly_grows_faster_than_its_neighbours(p in 0.05_f64..0.95, edge in 0.01_f64..0.5) {
            let odds = (1.0 + edge) / p;
            let f = kelly(p, odds).unwrap();
            for other in [f * 0.9, (f * 1.1).min(0.999)] {
                prop_assert!(growth(p, odds, f.min(0.9999)).unwrap() >= growth(p, odds, other).unwrap() - 1e-12);
            }
            prop_assert!((kelly_settlement(&Settlement::simple(p), odds).unwrap() - f).abs() < 1e-9);
        }

        #[test]
        fn five_ways_are_maximised(w in prop::array::uniform5(0.0_f64..1.0), odds in 1.2_f64..5.0) {
            let sum: f64 = w.iter().sum();
            prop_assume!(sum > 0.1);
            let [win, half_win, push, half_loss, loss] = w.map(|x| x / sum);
            let bet = Settlement { win, half_win, push, half_loss, loss };
            let f = kelly_settlement(&bet, odds).unwrap();
            let value = |f: f64| -> f64 {
                bet.as_array().iter().zip(Settlement::profits(odds)).map(|(p, x)| p * (1.0 + f * x).ln()).sum()
            };
            for other in [f - 1e-3, f + 1e-3] {
                if (0.0..0.9999).contains(&other) && f < 0.9999 {
                    prop_assert!(value(f) >= value(other) - 1e-12);
                }
            }
        }
    }
}
