//! Arbitrage between bookmakers, and hedging bets that were already placed.

use super::{PriceError, check};

/// Stakes that return the same whatever happens.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Arbitrage {
    /// Share of the total stake per outcome, summing to 1.
    pub stakes: Vec<f64>,
    /// Certain profit per unit staked; negative where the book has a margin.
    pub profit: f64,
}

/// The balanced stakes over the best price of each outcome: an arbitrage where `profit` is positive.
///
/// If the best prices of all outcomes have inverses that sum to `S < 1`, stakes in proportion to the inverses return
/// the same whatever happens and win `1/S - 1` per unit.
///
/// A hedge raises the worst result of existing bets. Let `R_i` be what they return if outcome `i` happens. Topping
/// every outcome up to a level `L` costs `sum max(0, L - R_i)/o_i`, so the guaranteed profit is concave and piecewise
/// linear in `L` with kinks at the `R_i`; the best level is the last kink before which raising it still pays
/// (`sum of 1/o over the outcomes below < 1`).
///
/// ```
/// use touchline_models::odds::{arbitrage, hedge};
/// let sure = arbitrage(&[2.1, 3.9, 4.6])?;
/// assert!(sure.profit > 0.0 && (sure.stakes.iter().sum::<f64>() - 1.0).abs() < 1e-12);
/// // 10 placed on the home win at 4.0, now 2.0 with the draw at 3.5 and the away win at 4.0:
/// let h = hedge(&[40.0, 0.0, 0.0], 10.0, &[2.0, 3.5, 4.0])?;
/// assert!((h.guaranteed - (40.0 - 10.0 - 40.0 / 3.5 - 10.0)).abs() < 1e-9);
/// # Ok::<(), touchline_models::odds::PriceError>(())
/// ```
///
/// # Errors
/// Fewer than two prices, or one that is not above 1.
pub fn arbitrage(best_odds: &[f64]) -> Result<Arbitrage, PriceError> {
    check(best_odds)?;
    let sum: f64 = best_odds.iter().map(|o| 1.0 / o).sum();
    let stakes = best_odds.iter().map(|o| 1.0 / (o * sum)).collect();
    Ok(Arbitrage { stakes, profit: 1.0 / sum - 1.0 })
}

/// Bets to add to existing ones.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Hedge {
    /// Stake to add per outcome, none negative.
    pub stakes: Vec<f64>,
    /// Profit over all bets in the worst outcome.
    pub guaranteed: f64,
    /// Profit over all bets per outcome.
    pub profits: Vec<f64>,
}

/// The additional stakes with the highest guaranteed profit.
///
/// `returns[i]` is what the existing bets pay if outcome `i` happens, `staked` what they cost, `odds` the prices
/// now. Where the prices themselves are an arbitrage the hedge stops once every outcome returns the same; use
/// [`arbitrage()`] for the rest.
///
/// # Errors
/// Slices of different length, a price that is not above 1, or returns or stakes that are negative or not finite.
pub fn hedge(returns: &[f64], staked: f64, odds: &[f64]) -> Result<Hedge, PriceError> {
    check(odds)?;
    if returns.len() != odds.len() {
        return Err(PriceError::Lengths { left: returns.len(), right: odds.len() });
    }
    for value in returns.iter().copied().chain([staked]) {
        if !(value.is_finite() && value >= 0.0) {
            return Err(PriceError::Value {
                what: "a return or stake",
                value,
                rule: "it is finite and not negative",
            });
        }
    }
    let mut order: Vec<usize> = (0..returns.len()).collect();
    order.sort_by(|a, b| returns[*a].total_cmp(&returns[*b]));
    let mut cost_of_raising = 0.0;
    let mut level = returns[order[0]];
    for pair in order.windows(2) {
        cost_of_raising += 1.0 / odds[pair[0]];
        if cost_of_raising >= 1.0 {
            break;
        }
        level = returns[pair[1]];
    }
    let stakes: Vec<f64> = returns.iter().zip(odds).map(|(r, o)| ((level - r) / o).max(0.0)).collect();
    let cost = staked + stakes.iter().sum::<f64>();
    let profits: Vec<f64> =
        returns.iter().zip(&stakes).zip(odds).map(|((r, s), o)| r + s * o - cost).collect();
    let guaranteed = profits.iter().copied().fold(f64::INFINITY, f64::min);
    Ok(Hedge { stakes, guaranteed, profits })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_input_is_an_error() {
        assert!(arbitrage(&[1.0, 2.0]).is_err() && arbitrage(&[]).is_err());
        assert!(hedge(&[1.0], 1.0, &[2.0, 2.0]).is_err());
        assert!(hedge(&[f64::NAN, 0.0], 1.0, &[2.0, 2.0]).is_err());
        assert!(hedge(&[1.0, 0.0], -1.0, &[2.0, 2.0]).is_err());
    }

    proptest! {
        #[test]
        fn no_small_change_of_the_hedge_is_better(
            returns in prop::collection::vec(0.0_f64..100.0, 3),
            odds in prop::collection::vec(1.05_f64..4.0, 3),
        ) {
            prop_assume!(odds.iter().map(|o| 1.0 / o).sum::<f64>() > 1.0);
            let h = hedge(&returns, 10.0, &odds).unwrap();
            let worst = |stakes: &[f64]| {
                let cost = 10.0 + stakes.iter().sum::<f64>();
                (0..3).map(|i| returns[i] + stakes[i] * odds[i] - cost).fold(f64::INFINITY, f64::min)
            };
            prop_assert!((worst(&h.stakes) - h.guaranteed).abs() < 1e-9);
            for mask in 0..27_u8 {
                let step = [mask % 3, mask / 3 % 3, mask / 9].map(|d| (f64::from(d) - 1.0) * 0.01);
                let moved: Vec<f64> = h.stakes.iter().zip(step).map(|(s, d)| (s + d).max(0.0)).collect();
                prop_assert!(worst(&moved) <= h.guaranteed + 1e-9);
            }
        }
    }
}
