//! Logarithmic: `logit p_i = logit q_i - t` with the shift `t` that makes them sum to 1.
//!
//! The margin is one shift of all log-odds. Since `exp(t)` is then the same ratio of odds everywhere, this is the
//! odds-ratio method stated in log-odds; both are kept because both names are in use. Always has one root.
//!
//! ```
//! use touchline_models::odds::DeVig;
//! let fair = DeVig::Logarithmic.fair(&[1.25, 6.5, 13.0])?;
//! let logit = |p: f64| (p / (1.0 - p)).ln();
//! let shift = fair.parameter.unwrap_or(f64::NAN);
//! assert!((logit(1.0 / 6.5) - logit(fair.probabilities[1]) - shift).abs() < 1e-9);
//! # Ok::<(), touchline_models::odds::PriceError>(())
//! ```

use crate::odds::root::{ROUNDING, decreasing};

pub(super) fn solve(inverse: &[f64], fair: &mut [f64]) -> f64 {
    let even = -(inverse.len() as f64 - 1.0).ln();
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for (l, q) in fair.iter_mut().zip(inverse) {
        *l = (q / (1.0 - q)).ln();
        least = least.min(*l);
        most = most.max(*l);
    }
    let logits: &[f64] = fair;
    let shift = decreasing(least - even, most - even, 0.0, ROUNDING, |t| {
        logits.iter().fold((-1.0, 0.0), |(value, slope), l| {
            let p = logistic(l - t);
            (value + p, slope - p * (1.0 - p))
        })
    });
    for l in fair.iter_mut() {
        *l = logistic(*l - shift);
    }
    super::normalise(fair);
    shift
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
