//! The Weibull count distribution (McShane et al. 2008, "Count models based on Weibull interarrival times"):
//! how many goals fall into one match when the time between goals is Weibull.
//!
//! ```text
//! P(x) = sum_{j >= x} (-1)^(x+j) rate^j b(x, j)
//! b(0, j) = 1 / j!
//! b(x + 1, j) = sum_{m=x}^{j-1} b(x, m) Gamma(c m + 1) Gamma(c (j - m) + 1) / (Gamma(c j + 1) (j - m)!)
//! ```

use super::special::ln_gamma;

/// Terms of the series beyond the count.
const EXTRA: usize = 80;
/// Lowest shape: below, the alternating series loses its digits early.
pub(crate) const LOWEST_SHAPE: f64 = 0.7;
/// Highest rate, for the same reason.
pub(crate) const HIGHEST_RATE: f64 = 6.0;
/// Most goals of a side in training.
pub(crate) const HIGHEST_COUNT: u8 = 15;

/// Coefficients of the distribution functions `F(x)` as a power series of the rate, each with its first and
/// second derivative in the shape `c`.
#[derive(Debug)]
pub struct WeibullTables {
    pub(crate) kappa: f64,
    /// `cumulative[x]` belongs to `F(x)`.
    cumulative: Vec<Vec<[f64; 3]>>,
}

/// Value, derivatives in the log rate and in `c`: `[F, F_e, F_c, F_ee, F_ec, F_cc]`.
pub(crate) type Marginal = [f64; 6];

impl WeibullTables {
    pub(crate) fn new(shape: f64, kappa: f64, max_goals: usize) -> Self {
        let counts = max_goals.min(usize::from(HIGHEST_COUNT));
        let terms = counts + EXTRA;
        let gammas: Vec<[f64; 3]> = (0..terms)
            .map(|j| {
                let j = j as f64;
                let [ln, first, second] = ln_gamma(shape * j + 1.0);
                [ln, j * first, j * j * second]
            })
            .collect();
        let mut ln_factorials = vec![0.0; terms];
        for j in 1..terms {
            ln_factorials[j] = ln_factorials[j - 1] + (j as f64).ln();
        }
        // ratio[j][m] with its two derivatives.
        let ratio: Vec<Vec<[f64; 3]>> = (0..terms)
            .map(|j| {
                (0..j)
                    .map(|m| {
                        let ln = gammas[m][0] + gammas[j - m][0] - gammas[j][0] - ln_factorials[j - m];
                        let first = gammas[m][1] + gammas[j - m][1] - gammas[j][1];
                        let second = gammas[m][2] + gammas[j - m][2] - gammas[j][2];
                        let value = ln.exp();
                        [value, value * first, value * (second + first * first)]
                    })
                    .collect()
            })
            .collect();
        let mut row: Vec<[f64; 3]> = ln_factorials.iter().map(|f| [(-f).exp(), 0.0, 0.0]).collect();
        let mut cumulative: Vec<Vec<[f64; 3]>> = Vec::with_capacity(counts + 1);
        let mut total = vec![[0.0; 3]; terms];
        for x in 0..=counts {
            for (j, (sum, b)) in total.iter_mut().zip(&row).enumerate() {
                let sign = if (x + j) % 2 == 0 { 1.0 } else { -1.0 };
                (0..3).for_each(|k| sum[k] += sign * b[k]);
            }
            cumulative.push(total.clone());
            row = next_row(&row, &ratio, x);
        }
        Self { kappa, cumulative }
    }

    /// `F(x)` at a rate, with derivatives. Beyond the table it is 1.
    pub(crate) fn marginal(&self, x: usize, rate: f64) -> Marginal {
        let mut sums = [0.0; 6];
        let Some(series) = self.cumulative.get(x) else {
            sums[0] = 1.0;
            return sums;
        };
        let terms = self.terms_needed(rate);
        let mut power = 1.0;
        for (j, [b, b_c, b_cc]) in series[..terms].iter().enumerate() {
            let n = j as f64;
            let (t, t_c) = (power * b, power * b_c);
            sums[0] += t;
            sums[1] += n * t;
            sums[2] += t_c;
            sums[3] += n * n * t;
            sums[4] += n * t_c;
            sums[5] += power * b_cc;
            power *= rate;
        }
        sums
    }

    /// `F(x)` alone.
    pub(crate) fn distribution(&self, x: usize, rate: f64) -> f64 {
        let Some(series) = self.cumulative.get(x) else { return 1.0 };
        let terms = self.terms_needed(rate);
        series[..terms].iter().rev().fold(0.0, |sum, b| sum * rate + b[0]).clamp(0.0, 1.0)
    }

    fn terms_needed(&self, rate: f64) -> usize {
        let counts = self.cumulative.len() - 1;
        counts + (30 + (8.0 * rate) as usize).min(EXTRA)
    }
}

/// `b(x + 1, .)` from `b(x, .)`.
fn next_row(row: &[[f64; 3]], ratio: &[Vec<[f64; 3]>], x: usize) -> Vec<[f64; 3]> {
    let mut next = vec![[0.0; 3]; row.len()];
    for (j, out) in next.iter_mut().enumerate().skip(x + 1) {
        for (b, r) in row[x..j].iter().zip(&ratio[j][x..]) {
            out[0] += b[0] * r[0];
            out[1] += b[1] * r[0] + b[0] * r[1];
            out[2] += b[2] * r[0] + 2.0 * b[1] * r[1] + b[0] * r[2];
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_shape_one_it_is_poisson() {
        let tables = WeibullTables::new(1.0, 0.0, 12);
        for (rate, tolerance) in [(0.3, 1e-13), (1.7, 1e-13), (4.0, 1e-12), (6.0, 1e-9)] {
            let (mut p, mut sum) = (f64::exp(-rate), 0.0);
            for x in 0..12 {
                sum += p;
                assert!((tables.distribution(x, rate) - sum).abs() < tolerance, "{rate} {x}");
                p *= rate / (x + 1) as f64;
            }
        }
    }

    #[test]
    fn distribution_functions_rise_to_one() {
        for (shape, rate, tolerance) in
            [(0.7, 3.0, 1e-11), (0.7, 6.0, 1e-6), (0.8, 4.0, 1e-10), (1.0, 6.0, 1e-9), (2.5, 6.0, 1e-9)]
        {
            let tables = WeibullTables::new(shape, 0.0, 15);
            let mut before = 0.0;
            for x in 0..=15 {
                let now = tables.distribution(x, rate);
                assert!(now >= before - tolerance, "shape {shape} rate {rate} x {x}: {now} after {before}");
                before = now;
            }
        }
    }

    #[test]
    fn derivatives_agree_with_differences() {
        let step = 1e-5;
        for shape in [0.8, 1.2] {
            for x in [0, 2, 5] {
                let rate: f64 = 1.6;
                let at = |c: f64, eta: f64| WeibullTables::new(c, 0.0, 6).marginal(x, eta.exp());
                let here = at(shape, rate.ln());
                let eta = |d: f64| at(shape, rate.ln() + d);
                let c = |d: f64| at(shape + d, rate.ln());
                let difference =
                    |k: usize, f: &dyn Fn(f64) -> Marginal| (f(step)[k] - f(-step)[k]) / (2.0 * step);
                for (found, expected) in [
                    (here[1], difference(0, &eta)),
                    (here[2], difference(0, &c)),
                    (here[3], difference(1, &eta)),
                    (here[4], difference(1, &c)),
                    (here[5], difference(2, &c)),
                ] {
                    assert!((found - expected).abs() < 1e-7, "{found} for {expected}");
                }
            }
        }
    }
}
