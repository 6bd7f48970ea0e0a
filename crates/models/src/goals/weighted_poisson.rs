//! The family behind Conway-Maxwell and double Poisson counts:
//!
//! ```text
//! ln w(x) = theta (x eta - T(x)) + C(x),   P(x) = w(x) / sum w
//! ```
//!
//! Being an exponential family in `theta` and `theta eta`, all derivatives are moments of `x` and `T(x)`.

use super::Local;
use super::poisson::outer_product;

/// Terms of the normalising sum at most.
const TERMS: usize = 600;

/// Per value of `theta`: `T`, `C` and the factor from `w(x - 1)` to `w(x)` without its `exp(theta eta)`.
#[derive(Debug)]
pub struct WeightTables {
    theta: f64,
    statistic: Vec<f64>,
    constant: Vec<f64>,
    step: Vec<f64>,
}

/// Tables from a function that gives `(T(x), C(x))` for a count and its `ln x!`.
pub(crate) fn tables(theta: f64, statistics: impl Fn(f64, f64) -> (f64, f64)) -> WeightTables {
    let mut tables = WeightTables {
        theta,
        statistic: Vec::with_capacity(TERMS),
        constant: Vec::with_capacity(TERMS),
        step: Vec::with_capacity(TERMS),
    };
    let mut ln_factorial = 0.0;
    let mut before = (0.0, 0.0);
    for x in 0..TERMS {
        let x = x as f64;
        ln_factorial += x.max(1.0).ln();
        let (t, c) = statistics(x, ln_factorial);
        tables.statistic.push(t);
        tables.constant.push(c);
        tables.step.push((c - before.1 - theta * (t - before.0)).exp());
        before = (t, c);
    }
    tables
}

/// Moments of a count and its statistic, and the log of the normaliser.
struct Moments {
    ln_sum: f64,
    mean: f64,
    mean_t: f64,
    variance: f64,
    variance_t: f64,
    covariance: f64,
}

impl WeightTables {
    fn moments(&self, eta: f64) -> Moments {
        let growth = (self.theta * eta).exp();
        let mut sums = [0.0; 6];
        let (mut weight, mut ln_scale) = (1.0, 0.0);
        let mut largest = 0.0_f64;
        for (x, (step, t)) in self.step.iter().zip(&self.statistic).enumerate() {
            if x > 0 {
                weight *= step * growth;
            }
            let count = x as f64;
            for (sum, factor) in sums.iter_mut().zip([1.0, count, *t, count * count, t * t, count * t]) {
                *sum += factor * weight;
            }
            largest = largest.max(weight);
            if weight < 1e-18 * largest {
                break;
            }
            if weight > 1e100 {
                weight *= 1e-100;
                largest *= 1e-100;
                ln_scale += 100.0 * std::f64::consts::LN_10;
                for sum in &mut sums {
                    *sum *= 1e-100;
                }
            }
        }
        let [sum, x, t, xx, tt, xt] = sums;
        let (mean, mean_t) = (x / sum, t / sum);
        Moments {
            ln_sum: sum.ln() + ln_scale,
            mean,
            mean_t,
            variance: xx / sum - mean * mean,
            variance_t: tt / sum - mean_t * mean_t,
            covariance: xt / sum - mean * mean_t,
        }
    }

    pub(crate) fn log_probability(&self, score: [u8; 2], log_rates: [f64; 2], local: &mut Local) -> f64 {
        let theta = self.theta;
        let mut value = 0.0;
        for k in 0..2 {
            let (eta, x) = (log_rates[k], usize::from(score[k]));
            let m = self.moments(eta);
            let excess = x as f64 - m.mean;
            let covariance_u = eta * m.variance - m.covariance;
            let variance_u = eta * (eta * m.variance - 2.0 * m.covariance) + m.variance_t;
            let u = x as f64 * eta - self.statistic[x];
            value += theta * u + self.constant[x] - m.ln_sum;
            local.gradient[k] = theta * excess;
            local.gradient[2] += u - (eta * m.mean - m.mean_t);
            local.hessian[k][k] = -theta * theta * m.variance;
            local.hessian[2][k] = excess - theta * covariance_u;
            local.hessian[2][2] -= variance_u;
        }
        value
    }

    pub(crate) fn fill(&self, rates: [f64; 2], side: usize, cells: &mut [f64]) {
        let mut pmf = [[0.0; 100]; 2];
        for (rate, pmf) in rates.into_iter().zip(&mut pmf) {
            let eta = rate.ln();
            let ln_sum = self.moments(eta).ln_sum;
            for (x, cell) in pmf[..side].iter_mut().enumerate() {
                *cell = (self.theta * (x as f64 * eta - self.statistic[x]) + self.constant[x] - ln_sum).exp();
            }
        }
        outer_product(&pmf[0][..side], &pmf[1][..side], cells);
    }
}
