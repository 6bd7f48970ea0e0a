//! Where a bankroll may go: past profits drawn again and again.

use super::{StakingError, require};
use rand::{Rng, RngExt};

/// The spread of bankrolls that the same profits in another order, and others more or less often, would have given.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EquityPaths {
    /// By period counted from 1: the 5th, 50th and 95th percentile of the bankroll after it.
    pub bands: Vec<(usize, [f64; 3])>,
    /// Share of paths that ever fell to the floor.
    pub ruined: f64,
    /// Share of paths that ever fell to half of the start.
    pub halved: f64,
    /// The 5th, 50th and 95th percentile of the largest fall from a high, as a share of it.
    pub drawdown: [f64; 3],
    /// How many paths were drawn.
    pub paths: usize,
}

/// How many periods the bands name at most.
const MOST_BANDS: usize = 24;

impl EquityPaths {
    /// Draws paths with replacement from the periods' profits: shares of the bankroll where it `compounds`, else shares of the
    /// start. A path that falls to `floor`, a share of the start, is ruined and stays there.
    ///
    /// ```
    /// use rand::{SeedableRng, rngs::StdRng};
    /// use touchline_models::staking::EquityPaths;
    /// let even = [0.1, -0.1];
    /// let paths = EquityPaths::drawn(&even.repeat(50), false, 0.1, 500, &mut StdRng::seed_from_u64(1))?;
    /// assert!(paths.ruined > 0.2 && paths.ruined < 0.6 && paths.halved > paths.ruined);
    /// # Ok::<(), touchline_models::staking::StakingError>(())
    /// ```
    ///
    /// # Errors
    /// No periods, a profit that is not finite, no paths, or a floor outside \[0, 1).
    pub fn drawn<R: Rng + ?Sized>(
        profits: &[f64],
        compounds: bool,
        floor: f64,
        paths: usize,
        rng: &mut R,
    ) -> Result<Self, StakingError> {
        if profits.is_empty() || paths == 0 {
            return Err(StakingError::Empty);
        }
        require("the floor", floor, (0.0..1.0).contains(&floor), "it is a share of the start below 1")?;
        for profit in profits {
            require("a profit", *profit, true, "it is finite")?;
        }
        let n = profits.len();
        let named: Vec<usize> = (1..=MOST_BANDS).map(|k| (n * k).div_ceil(MOST_BANDS)).collect();
        let named: Vec<usize> = named
            .iter()
            .enumerate()
            .filter(|(k, at)| *k == 0 || named[k - 1] != **at)
            .map(|(_, at)| *at)
            .collect();
        let mut held: Vec<Vec<f64>> = vec![Vec::with_capacity(paths); named.len()];
        let mut falls = Vec::with_capacity(paths);
        let (mut ruined, mut halved) = (0, 0);
        for _ in 0..paths {
            let (mut bank, mut high, mut low, mut fall) = (1.0_f64, 1.0_f64, 1.0_f64, 0.0_f64);
            let mut next = 0;
            for period in 1..=n {
                if bank > floor {
                    let profit = profits[rng.random_range(0..n)];
                    bank = (bank + if compounds { bank * profit } else { profit }).max(0.0);
                    high = high.max(bank);
                    low = low.min(bank);
                    fall = fall.max(1.0 - bank / high);
                }
                if named[next] == period {
                    held[next].push(bank);
                    next += 1;
                }
            }
            ruined += usize::from(low <= floor);
            halved += usize::from(low <= 0.5);
            falls.push(fall);
        }
        let bands = named.into_iter().zip(held).map(|(period, held)| (period, percentiles(held))).collect();
        let share = |count: usize| count as f64 / paths as f64;
        Ok(Self { bands, ruined: share(ruined), halved: share(halved), drawdown: percentiles(falls), paths })
    }
}

fn percentiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [0.05, 0.5, 0.95].map(|q| values[(q * (values.len() - 1) as f64).round() as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staking::ruin_probability_even_money;
    use rand::{SeedableRng, rngs::StdRng};

    #[test]
    fn drawn_ruin_is_the_gamblers_ruin() {
        // One unit of ten at even money, won 55 times of 100: long enough that whoever is ruined is ruined by then.
        let profits: Vec<f64> = (0..2000).map(|i| if i % 20 < 11 { 0.1 } else { -0.1 }).collect();
        let paths = EquityPaths::drawn(&profits, false, 1e-9, 3000, &mut StdRng::seed_from_u64(2)).unwrap();
        let exact = ruin_probability_even_money(0.55, 10).unwrap();
        assert!((paths.ruined - exact).abs() < 0.02, "{} against {exact}", paths.ruined);
    }

    #[test]
    fn shares_multiply_and_bands_end_at_the_last_period() {
        let paths = EquityPaths::drawn(&[0.01; 100], true, 0.1, 3, &mut StdRng::seed_from_u64(1)).unwrap();
        let (period, [low, median, high]) = *paths.bands.last().unwrap();
        assert_eq!(period, 100);
        assert!((median - 1.01_f64.powi(100)).abs() < 1e-9 && (high - low).abs() < 1e-12);
        assert!(paths.ruined == 0.0 && paths.drawdown[2] < 1e-12);
        let short = EquityPaths::drawn(&[-0.5, 0.5], true, 0.1, 9, &mut StdRng::seed_from_u64(1)).unwrap();
        assert_eq!(short.bands.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn hostile_paths_are_errors() {
        let mut rng = StdRng::seed_from_u64(0);
        assert!(EquityPaths::drawn(&[], true, 0.1, 9, &mut rng).is_err());
        assert!(EquityPaths::drawn(&[0.1], true, 0.1, 0, &mut rng).is_err());
        assert!(EquityPaths::drawn(&[f64::NAN], true, 0.1, 9, &mut rng).is_err());
        assert!(EquityPaths::drawn(&[0.1], true, 1.0, 9, &mut rng).is_err());
    }
}
