//! The method [`JensenShannon`](super::DeVig::JensenShannon).

use crate::odds::PriceError;
use crate::odds::root::{ROUNDING, decreasing};

pub(super) fn solve(inverse: &[f64], fair: &mut [f64]) -> Result<f64, PriceError> {
    let sum: f64 = inverse.iter().sum();
    let sign = if sum >= 1.0 { 1.0 } else { -1.0 };
    // No outcome may reach 0 (or 1): the distance stays below the smallest one that would take it there.
    let end = if sign > 0.0 { 0.0 } else { 1.0 };
    let reach = |q: &f64| squared(end, *q).max(0.0).sqrt();
    let (tightest, limit) = inverse.iter().enumerate().fold((0, f64::INFINITY), |best, (i, q)| {
        let r = reach(q);
        if r < best.1 { (i, r) } else { best }
    });
    let at = |distance: f64| {
        inverse.iter().fold((-1.0, 0.0), |(value, slope), q| {
            let p = at_distance(*q, sign * distance);
            (value + p, slope + speed(p, *q, sign * distance))
        })
    };
    // The sum moves from B towards 1 as the distance grows; `decreasing` wants it falling.
    let excess = |distance: f64| {
        let (value, slope) = at(distance);
        (sign * value, slope)
    };
    if excess(limit).0 > 0.0 {
        return Err(PriceError::Exhausted { method: "JensenShannon", outcome: tightest });
    }
    let spread: f64 = inverse.iter().map(|q| (8.0 * q * (1.0 - q)).sqrt()).sum();
    let distance = decreasing(0.0, limit, ((sum - 1.0).abs() / spread).min(limit), ROUNDING, excess);
    for (p, q) in fair.iter_mut().zip(inverse) {
        *p = at_distance(*q, sign * distance);
    }
    super::normalise(fair);
    Ok(distance)
}

/// The squared distance between `(p, 1-p)` and `(q, 1-q)`, by logarithms of ratios near 1.
fn squared(p: f64, q: f64) -> f64 {
    let m = f64::midpoint(p, q);
    let half = 0.5 * (p - q);
    let term = |x: f64, centre: f64, gap: f64| if x > 0.0 { x * (gap / centre).ln_1p() } else { 0.0 };
    let from_p = term(p, m, half) + term(1.0 - p, 1.0 - m, -half);
    let from_q = term(q, m, -half) + term(1.0 - q, 1.0 - m, half);
    f64::midpoint(from_p, from_q)
}

/// Derivative of the squared distance by `p`.
fn slope(p: f64, q: f64) -> f64 {
    let m = f64::midpoint(p, q);
    0.5 * (p * (1.0 - m) / (m * (1.0 - p))).ln()
}

/// The probability at a signed distance from `q`: below it for positive ones.
fn at_distance(q: f64, distance: f64) -> f64 {
    if distance == 0.0 {
        return q;
    }
    let wanted = distance * distance;
    let guess = q - distance * (8.0 * q * (1.0 - q)).sqrt();
    if distance > 0.0 {
        // The squared distance falls on the way up from 0 to q.
        decreasing(0.0, q, guess, 1e-14 * wanted, |p| (squared(p, q) - wanted, slope(p, q)))
    } else {
        decreasing(q, 1.0, guess, 1e-14 * wanted, |p| (wanted - squared(p, q), -slope(p, q)))
    }
}

/// How fast the probability moves with the unsigned distance.
fn speed(p: f64, q: f64, distance: f64) -> f64 {
    let s = slope(p, q);
    let straight = (8.0 * q * (1.0 - q)).sqrt();
    if distance.abs() < 1e-9 || s == 0.0 { -straight } else { -(2.0 * distance / s).abs() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_the_same_distance() {
        for odds in [[1.2, 7.0, 15.0], [2.6, 3.1, 2.8], [3.2, 3.3, 3.4]] {
            let inverse = odds.map(|o| 1.0 / o);
            let mut fair = [0.0; 3];
            let distance = solve(&inverse, &mut fair).unwrap();
            assert!((fair.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            for (p, q) in fair.iter().zip(inverse) {
                assert!((squared(*p, q).sqrt() - distance).abs() < 1e-9, "{fair:?}");
            }
        }
    }

    #[test]
    fn an_outsider_without_room_is_an_error() {
        let mut fair = [0.0; 3];
        let result = solve(&[0.7, 0.45, 0.000_01], &mut fair);
        assert_eq!(result, Err(PriceError::Exhausted { method: "JensenShannon", outcome: 2 }));
    }
}
