//! The method [`Multiplicative`](super::DeVig::Multiplicative).

pub(super) fn solve(inverse: &[f64], fair: &mut [f64]) {
    fair.copy_from_slice(inverse);
    super::normalise(fair);
}
