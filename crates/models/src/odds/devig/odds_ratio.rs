//! Odds ratio: `q_i (1 - p_i) / (p_i (1 - q_i)) = c` for every outcome.
//!
//! So `p_i = q_i / (c + q_i - c q_i)`, with the `c` that makes them sum to 1; `c` above 1 is a margin, and takes
//! more from long shots. Always has one root.
//!
//! Reference: Cheung, "Fixed-odds betting and traditional odds" (2015), after Buchdahl.
//!
//! ```
//! use touchline_models::odds::DeVig;
//! let fair = DeVig::OddsRatio.fair(&[1.25, 6.5, 13.0])?;
//! assert!(fair.parameter.is_some_and(|c| c > 1.0));
//! # Ok::<(), touchline_models::odds::PriceError>(())
//! ```

pub(super) fn solve(inverse: &[f64], fair: &mut [f64]) -> f64 {
    let c = super::logarithmic::solve(inverse, fair).exp();
    for (p, q) in fair.iter_mut().zip(inverse) {
        *p = q / (c + q - c * q);
    }
    super::normalise(fair);
    c
}
