//! Power: `p_i = q_i^k` with the `k` that makes them sum to 1.
//!
//! `k` above 1 takes more from long shots. `sum q_i^k` falls in `k`, from at least 1 at `ln n / -ln(min q)` to at
//! most 1 at `ln n / -ln(max q)`, so there is exactly one root and it never fails.
//!
//! Reference: Clarke, Kovalchik & Ingram, "Adjusting bookmaker's odds to allow for overround" (2017).
//!
//! ```
//! use touchline_models::odds::DeVig;
//! let fair = DeVig::Power.fair(&[1.25, 6.5, 13.0])?;
//! assert!(fair.parameter.is_some_and(|k| k > 1.0));
//! # Ok::<(), touchline_models::odds::PriceError>(())
//! ```

use crate::odds::root::{ROUNDING, decreasing};

pub(super) fn solve(inverse: &[f64], fair: &mut [f64]) -> f64 {
    let n = (inverse.len() as f64).ln();
    let least = inverse.iter().copied().fold(1.0, f64::min);
    let most = inverse.iter().copied().fold(0.0, f64::max);
    // Logarithms are kept in `fair` while the root is sought.
    for (l, q) in fair.iter_mut().zip(inverse) {
        *l = q.ln();
    }
    let logs: &[f64] = fair;
    let k = decreasing(n / -least.ln(), n / -most.ln(), 1.0, ROUNDING, |k| {
        logs.iter().fold((-1.0, 0.0), |(value, slope), l| {
            let p = (k * l).exp();
            (value + p, slope + l * p)
        })
    });
    for l in fair.iter_mut() {
        *l = (k * *l).exp();
    }
    super::normalise(fair);
    k
}
