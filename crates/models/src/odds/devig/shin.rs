//! The method [`Shin`](super::DeVig::Shin).

use crate::odds::PriceError;
use crate::odds::root::{ROUNDING, decreasing};

/// Books within this of 1 count as having no margin and no lack of one.
const LEVEL: f64 = 1e-12;

pub(super) fn solve(inverse: &[f64], fair: &mut [f64]) -> Result<f64, PriceError> {
    let sum: f64 = inverse.iter().sum();
    if sum < 1.0 - LEVEL {
        return Err(PriceError::NoMargin { method: "Shin", sum });
    }
    let share = |q: &f64, z: f64| {
        let c = q * q / sum;
        let root = (z * z + 4.0 * (1.0 - z) * c).sqrt();
        (c, root, 2.0 * c / (root + z))
    };
    let z = decreasing(0.0, 1.0, (sum - 1.0).min(0.5), ROUNDING, |z| {
        inverse.iter().fold((-1.0, 0.0), |(value, slope), q| {
            let (c, root, p) = share(q, z);
            (value + p, slope - 2.0 * c * ((z - 2.0 * c) / root + 1.0) / ((root + z) * (root + z)))
        })
    });
    for (p, q) in fair.iter_mut().zip(inverse) {
        *p = share(q, z).2;
    }
    super::normalise(fair);
    Ok(z)
}
