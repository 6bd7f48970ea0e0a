//! Shin: the bookmaker protects himself against a share `z` of insiders.
//!
//! `p_i = (sqrt(z^2 + 4 (1-z) q_i^2/B) - z) / (2 (1-z))`, with the `z` in \[0, 1) that makes them sum to 1; computed as
//! `2c / (sqrt(z^2 + 4(1-z)c) + z)`, `c = q_i^2/B`, which does not cancel. The sum falls in `z` from `sqrt(B)` at 0
//! to below 1 at 1, so a book with a margin has exactly one root; a book without one is an error.
//!
//! References: Shin, "Measuring the incidence of insider trading in a market for state-contingent claims" (1993);
//! Jullien & Salanié (1994) for the inverse.
//!
//! ```
//! use touchline_models::odds::DeVig;
//! let fair = DeVig::Shin.fair(&[2.7, 2.3, 4.4])?;
//! assert!(fair.parameter.is_some_and(|z| z > 0.015 && z < 0.02));
//! # Ok::<(), touchline_models::odds::PriceError>(())
//! ```

use crate::odds::PriceError;
use crate::odds::root::{ROUNDING, decreasing};

/// Books within this of 1 count as having no margin and no lack of one.
const LEVEL: f64 = 1e-12;

pub(super) fn solve(inverse: &[f64], fair: &mut [f64]) -> Result<f64, PriceError> {
    let sum: f64 = inverse.iter().sum();
    if sum < 1.0 - LEVEL {
        return Err(PriceError::NoMargin { method: "Shin", sum });
    }
    let share = |q: &f64, z: f64| {
        let c = q * q / sum;
        let root = (z * z + 4.0 * (1.0 - z) * c).sqrt();
        (c, root, 2.0 * c / (root + z))
    };
    let z = decreasing(0.0, 1.0, (sum - 1.0).min(0.5), ROUNDING, |z| {
        inverse.iter().fold((-1.0, 0.0), |(value, slope), q| {
            let (c, root, p) = share(q, z);
            (value + p, slope - 2.0 * c * ((z - 2.0 * c) / root + 1.0) / ((root + z) * (root + z)))
        })
    });
    for (p, q) in fair.iter_mut().zip(inverse) {
        *p = share(q, z).2;
    }
    super::normalise(fair);
    Ok(z)
}
