//! Multiplicative: `p_i = q_i / B`, with `B` the sum of the inverse odds `q`.
//!
//! Every outcome is overpriced by the same factor. Never fails. The oldest method, known also as basic
//! normalisation.
//!
//! ```
//! use touchline_models::odds::DeVig;
//! assert!((DeVig::Multiplicative.fair(&[1.9, 1.9])?.probabilities[0] - 0.5).abs() < 1e-15);
//! # Ok::<(), touchline_models::odds::PriceError>(())
//! ```

pub(super) fn solve(inverse: &[f64], fair: &mut [f64]) {
    fair.copy_from_slice(inverse);
    super::normalise(fair);
}
