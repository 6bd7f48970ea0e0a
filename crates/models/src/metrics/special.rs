//! Distribution functions that the tests and rating systems need.

use statrs::function::beta::checked_beta_reg;
use statrs::function::erf::{erfc, erfc_inv};
use std::f64::consts::SQRT_2;

/// Probability that Student's t with `df` degrees of freedom is further from 0 than `t`; NaN where either is not a number.
pub(crate) fn student_two_sided(t: f64, df: f64) -> f64 {
    if t.is_infinite() {
        return 0.0;
    }
    checked_beta_reg(df / 2.0, 0.5, df / (df + t * t)).unwrap_or(f64::NAN)
}

/// Probability that a standard normal variable is at most `x`.
pub(crate) fn normal_below(x: f64) -> f64 {
    0.5 * erfc(-x / SQRT_2)
}

/// The number that a standard normal variable is at most with probability `p`.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    -SQRT_2 * erfc_inv(2.0 * p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_meet_certified_values() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} is not {b}");
        // Student's t with one degree of freedom is Cauchy's distribution.
        close(student_two_sided(1.0, 1.0), 0.5);
        close(student_two_sided(2.0, 2.0), 1.0 - 2.0 / 6.0_f64.sqrt());
        close(student_two_sided(0.0, 5.0), 1.0);
        close(normal_below(0.0), 0.5);
        assert!((normal_below(1.959_963_984_540_054) - 0.975).abs() < 1e-9);
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-6);
        assert!(student_two_sided(f64::INFINITY, 5.0) == 0.0 && student_two_sided(f64::NAN, 5.0).is_nan());
    }
}
