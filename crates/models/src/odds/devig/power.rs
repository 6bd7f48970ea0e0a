//! The method [`Power`](super::DeVig::Power).

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
