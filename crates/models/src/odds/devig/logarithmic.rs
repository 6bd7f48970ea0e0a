//! The method [`Logarithmic`](super::DeVig::Logarithmic).

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
