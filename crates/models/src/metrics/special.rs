//! Distribution functions that the tests and rating systems need.

use statrs::function::beta::checked_beta_reg;

/// Probability that Student's t with `df` degrees of freedom is further from 0 than `t`; NaN where either is not a number.
pub(crate) fn student_two_sided(t: f64, df: f64) -> f64 {
    if t.is_infinite() {
        return 0.0;
    }
    checked_beta_reg(df / 2.0, 0.5, df / (df + t * t)).unwrap_or(f64::NAN)
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
        assert!(student_two_sided(f64::INFINITY, 5.0) == 0.0 && student_two_sided(f64::NAN, 5.0).is_nan());
    }
}
