//! Additive: `p_i = q_i - (B - 1)/n`.
//!
//! Every outcome carries the same share of the margin, so long shots lose most in proportion; one whose inverse
//! odds are below its share would become negative, which is an error.
//!
//! ```
//! use touchline_models::odds::DeVig;
//! let fair = DeVig::Additive.fair(&[1.8, 3.6, 4.5])?; // inverse odds sum to 1.0556
//! assert!((fair.probabilities[0] - (1.0 / 1.8 - 0.055_555_6 / 3.0)).abs() < 1e-7);
//! # Ok::<(), touchline_models::odds::PriceError>(())
//! ```

use crate::odds::PriceError;

pub(super) fn solve(inverse: &[f64], fair: &mut [f64]) -> Result<(), PriceError> {
    let share = (inverse.iter().sum::<f64>() - 1.0) / inverse.len() as f64;
    for (outcome, (p, q)) in fair.iter_mut().zip(inverse).enumerate() {
        *p = q - share;
        if *p <= 0.0 {
            return Err(PriceError::Exhausted { method: "Additive", outcome });
        }
    }
    Ok(())
}
