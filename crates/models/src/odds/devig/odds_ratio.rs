//! The method [`OddsRatio`](super::DeVig::OddsRatio).

pub(super) fn solve(inverse: &[f64], fair: &mut [f64]) -> f64 {
    let c = super::logarithmic::solve(inverse, fair).exp();
    for (p, q) in fair.iter_mut().zip(inverse) {
        *p = q / (c + q - c * q);
    }
    super::normalise(fair);
    c
}
