//! The Frank copula (Frank 1979): a joint distribution function from two marginal ones.
//!
//! ```text
//! C(u, v) = -1/kappa ln(1 + (exp(-kappa u) - 1)(exp(-kappa v) - 1) / (exp(-kappa) - 1))
//! ```
//!
//! `kappa` above 0 means that high goes with high; at 0 the sides are independent.

/// Below this size of `kappa` the expansion about independence is used; its error is below 1e-11.
const NEAR_ZERO: f64 = 1e-3;

/// Value, gradient and Hessian (lower triangle) in `(u, v, kappa)`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Copula {
    pub value: f64,
    pub gradient: [f64; 3],
    pub hessian: [[f64; 3]; 3],
}

/// The copula alone.
pub(crate) fn value(u: f64, v: f64, kappa: f64) -> f64 {
    if kappa.abs() < NEAR_ZERO {
        return near_zero(u, v, kappa).value;
    }
    let (a, b, d) = ((-kappa * u).exp_m1(), (-kappa * v).exp_m1(), (-kappa).exp_m1());
    -(a * b / d).ln_1p() / kappa
}

/// The copula with its derivatives.
pub(crate) fn copula(u: f64, v: f64, kappa: f64) -> Copula {
    if kappa.abs() < NEAR_ZERO {
        return near_zero(u, v, kappa);
    }
    let (a, b, d) = ((-kappa * u).exp_m1(), (-kappa * v).exp_m1(), (-kappa).exp_m1());
    let (a1, b1, d1) = (1.0 + a, 1.0 + b, 1.0 + d);
    let n = d + a * b;
    let (over_n, over_d, over_k) = (1.0 / n, 1.0 / d, 1.0 / kappa);
    // Derivatives of a, b, d and n in kappa.
    let (ak, bk, dk) = (-u * a1, -v * b1, -d1);
    let nk = dk + ak * b + a * bk;
    let nkk = d1 + u * u * a1 * b + 2.0 * ak * bk + a * v * v * b1;
    let ln = (a * b * over_d).ln_1p();
    let ln_k = nk * over_n - dk * over_d;
    let ln_kk = nkk * over_n - (nk * over_n).powi(2) - d1 * over_d + (dk * over_d).powi(2);
    let (cu, cv) = (a1 * b * over_n, b1 * a * over_n);
    Copula {
        value: -ln * over_k,
        gradient: [cu, cv, (ln * over_k - ln_k) * over_k],
        hessian: [
            [-kappa * a1 * b * (d - b) * over_n * over_n, 0.0, 0.0],
            [-kappa * a1 * b1 * d * over_n * over_n, -kappa * b1 * a * (d - a) * over_n * over_n, 0.0],
            [
                (ak * b + a1 * bk) * over_n - cu * nk * over_n,
                (bk * a + b1 * ak) * over_n - cv * nk * over_n,
                (-2.0 * ln * over_k * over_k + 2.0 * ln_k * over_k - ln_kk) * over_k,
            ],
        ],
    }
}

fn near_zero(u: f64, v: f64, kappa: f64) -> Copula {
    let (pu, pv) = (u * (1.0 - u), v * (1.0 - v));
    let (su, sv) = (1.0 - 2.0 * u, 1.0 - 2.0 * v);
    let half = 0.5 * kappa;
    Copula {
        value: u * v + half * pu * pv + kappa * kappa / 12.0 * pu * pv * su * sv,
        gradient: [v + half * su * pv, u + half * pu * sv, 0.5 * pu * pv + kappa / 6.0 * pu * pv * su * sv],
        hessian: [
            [-kappa * pv, 0.0, 0.0],
            [1.0 + half * su * sv, -kappa * pu, 0.0],
            [0.5 * su * pv, 0.5 * pu * sv, pu * pv * su * sv / 6.0],
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        let step = 1e-6;
        for kappa in [-3.0, -0.4, 0.02, 5e-4, 0.9, 6.0] {
            let at = [0.35, 0.8, kappa];
            let here = copula(at[0], at[1], at[2]);
            assert!((here.value - value(at[0], at[1], at[2])).abs() < 1e-15);
            for i in 0..3 {
                let moved = |delta: f64| {
                    let mut x = at;
                    x[i] += delta;
                    copula(x[0], x[1], x[2])
                };
                let (up, down) = (moved(step), moved(-step));
                let slope = (up.value - down.value) / (2.0 * step);
                assert!((slope - here.gradient[i]).abs() < 1e-7, "kappa {kappa}, gradient {i}");
                for j in 0..3 {
                    let bend = (up.gradient[j] - down.gradient[j]) / (2.0 * step);
                    let found = here.hessian[i.max(j)][i.min(j)];
                    assert!(
                        (bend - found).abs() < 2e-4,
                        "kappa {kappa}, hessian {i} {j}: {found} for {bend}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_margins_are_kept() {
        for kappa in [-4.0, 1e-4, 0.5, 9.0] {
            assert!((value(0.3, 1.0, kappa) - 0.3).abs() < 1e-12);
            assert!(value(0.3, 0.0, kappa).abs() < 1e-15);
        }
    }
}
