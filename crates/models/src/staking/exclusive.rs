//! Kelly for bets on several outcomes of one market, of which exactly one happens.

use super::{StakingError, check_bet, require};

/// Stakes on the outcomes of one market.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ExclusiveStakes {
    /// Share of the bankroll per outcome; they sum to at most 1.
    pub stakes: Vec<f64>,
    /// Expected logarithmic growth of the bankroll.
    pub growth: f64,
}

/// The stakes of highest expected growth.
///
/// Sort the outcomes by `p_i o_i`, largest first. Walking down the list, `R = (1 - sum p)/(1 - sum 1/o)` over those taken
/// is the reserve rate; an outcome is taken while `p_i o_i > R`. The stakes are `f_i = p_i - R/o_i`. An outcome may be
/// worth a bet although its own expectation is negative, because it insures the others.
///
/// Where the prices taken together leave no margin (`sum 1/o <= 1`) the bankroll is bet whole, `f_i = p_i`.
///
/// Reference: Smoczynski & Tomkins, "An explicit solution to the problem of optimizing the allocations of a
/// bettor's wealth when wagering on horse races" (2010).
///
/// ```
/// use touchline_models::staking::kelly_exclusive;
/// let best = kelly_exclusive(&[0.50, 0.30, 0.20], &[2.3, 3.1, 4.0])?;
/// // The draw is not a bargain (0.3 * 3.1 < 1) and yet worth a bet beside the home win.
/// assert!(best.stakes[0] > best.stakes[1] && best.stakes[1] > 0.0 && best.stakes[2] == 0.0);
/// # Ok::<(), touchline_models::staking::StakingError>(())
/// ```
///
/// # Errors
/// No outcomes, slices of different length, probabilities that do not sum to 1 within 1e-6, or odds that are not
/// above 1.
pub fn kelly_exclusive(probabilities: &[f64], odds: &[f64]) -> Result<ExclusiveStakes, StakingError> {
    if probabilities.len() != odds.len() {
        return Err(StakingError::Lengths { left: probabilities.len(), right: odds.len() });
    }
    if probabilities.is_empty() {
        return Err(StakingError::Empty);
    }
    for (p, o) in probabilities.iter().zip(odds) {
        check_bet(*p, *o)?;
    }
    let sum: f64 = probabilities.iter().sum();
    require("the sum of the probabilities", sum, (sum - 1.0).abs() <= 1e-6, "probabilities sum to 1")?;

    let mut order: Vec<usize> = (0..odds.len()).collect();
    let value = |i: usize| probabilities[i] * odds[i];
    order.sort_by(|a, b| value(*b).total_cmp(&value(*a)));
    let (mut left, mut room, mut reserve) = (1.0, 1.0, 1.0);
    for i in order {
        if value(i) <= reserve {
            break;
        }
        left -= probabilities[i];
        room -= 1.0 / odds[i];
        if room <= 0.0 {
            reserve = 0.0;
            break;
        }
        reserve = left.max(0.0) / room;
    }
    let stakes: Vec<f64> = (0..odds.len()).map(|i| (probabilities[i] - reserve / odds[i]).max(0.0)).collect();
    let kept = (1.0 - stakes.iter().sum::<f64>()).max(0.0);
    let growth = (0..odds.len())
        .filter(|i| probabilities[*i] > 0.0)
        .map(|i| probabilities[i] * (kept + stakes[i] * odds[i]).max(f64::MIN_POSITIVE).ln())
        .sum();
    Ok(ExclusiveStakes { stakes, growth })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staking::{kelly, kelly_scenarios};
    use proptest::prelude::*;

    #[test]
    fn one_edge_is_the_single_bet() {
        let best = kelly_exclusive(&[0.55, 0.45], &[2.0, 1.8]).unwrap();
        assert!((best.stakes[0] - kelly(0.55, 2.0).unwrap()).abs() < 1e-12 && best.stakes[1] == 0.0);
        let none = kelly_exclusive(&[0.5, 0.5], &[1.9, 1.9]).unwrap();
        assert_eq!((none.stakes, none.growth), (vec![0.0, 0.0], 0.0));
    }

    #[test]
    fn without_a_margin_the_whole_bankroll_follows_the_probabilities() {
        let best = kelly_exclusive(&[0.5, 0.3, 0.2], &[2.2, 4.0, 6.0]).unwrap();
        for (f, p) in best.stakes.iter().zip([0.5, 0.3, 0.2]) {
            assert!((f - p).abs() < 1e-12);
        }
    }

    #[test]
    fn hostile_markets_are_errors() {
        assert_eq!(kelly_exclusive(&[], &[]), Err(StakingError::Empty));
        assert!(kelly_exclusive(&[0.5], &[2.0, 2.0]).is_err());
        assert!(kelly_exclusive(&[0.5, 0.4], &[2.0, 2.0]).is_err());
        assert!(kelly_exclusive(&[f64::NAN, 0.5], &[2.0, 2.0]).is_err());
        assert!(kelly_exclusive(&[0.5, 0.5], &[1.0, 2.0]).is_err());
    }

    proptest! {
        #[test]
        fn the_explicit_solution_is_the_convex_optimum(
            w in prop::array::uniform3(0.05_f64..1.0),
            edges in prop::array::uniform3(0.7_f64..1.12),
        ) {
            let sum: f64 = w.iter().sum();
            let p = w.map(|x| x / sum);
            let odds: [f64; 3] = std::array::from_fn(|i| (edges[i] / p[i]).max(1.01));
            prop_assume!(odds.iter().map(|o| 1.0 / o).sum::<f64>() > 1.02);
            let explicit = kelly_exclusive(&p, &odds).unwrap();
            let profits: Vec<Vec<f64>> = (0..3)
                .map(|bet| (0..3).map(|i| if i == bet { odds[bet] - 1.0 } else { -1.0 }).collect())
                .collect();
            let convex = kelly_scenarios(&p, &profits, 1.0).unwrap();
            prop_assert!((explicit.growth - convex.growth).abs() < 1e-9, "{explicit:?} {convex:?}");
        }
    }
}
