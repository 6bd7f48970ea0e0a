//! Differential margin weighting: fair odds `n o_i / (n - M o_i)` with margin `M = B - 1`.
//!
//! The margin of an outcome is proportional to its odds. Inverting gives `1/o_i - M/n`: algebraically this is the
//! additive method, stated in odds; both are kept because both names are in use.
//!
//! Reference: Buchdahl, *The Wisdom of the Crowd* (2015).
//!
//! ```
//! use touchline_models::odds::DeVig;
//! let fair = DeVig::DifferentialMargin.fair(&[1.8, 3.6, 4.5])?;
//! let margin = fair.overround;
//! let fair_odds = 3.0 * 1.8 / (3.0 - margin * 1.8);
//! assert!((1.0 / fair.probabilities[0] - fair_odds).abs() < 1e-12);
//! # Ok::<(), touchline_models::odds::PriceError>(())
//! ```

use crate::odds::PriceError;

pub(super) fn solve(inverse: &[f64], fair: &mut [f64]) -> Result<(), PriceError> {
    let n = inverse.len() as f64;
    let margin = inverse.iter().sum::<f64>() - 1.0;
    for (outcome, (p, q)) in fair.iter_mut().zip(inverse).enumerate() {
        let odds = 1.0 / q;
        let room = n - margin * odds;
        if room <= 0.0 {
            return Err(PriceError::Exhausted { method: "DifferentialMargin", outcome });
        }
        *p = room / (n * odds);
    }
    Ok(())
}
