//! Roots of decreasing functions.

/// The rounding of a handful of probabilities that are summed to 1.
pub(super) const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// The root of a decreasing function between two bounds: Newton's steps from `start`, a bisection wherever one
/// would leave the bracket. `f` gives the value and the derivative; a value within `tolerance` of 0 is one.
pub(super) fn decreasing(
    low: f64,
    high: f64,
    start: f64,
    tolerance: f64,
    f: impl Fn(f64) -> (f64, f64),
) -> f64 {
    let (mut low, mut high) = (low.min(high), high.max(low));
    let mut x = start.clamp(low, high);
    for _ in 0..200 {
        let (value, slope) = f(x);
        if value > 0.0 {
            low = x;
        } else {
            high = x;
        }
        let step = x - value / slope;
        let next = if step >= low && step <= high { step } else { f64::midpoint(low, high) };
        let done = (next - x).abs() <= 4.0 * f64::EPSILON * x.abs() || value.abs() <= tolerance;
        x = next;
        if done {
            break;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    #[test]
    fn bisection_rescues_newton() {
        // Newton alone diverges on the arctangent from afar.
        let x = super::decreasing(-50.0, 40.0, 30.0, 0.0, |x: f64| {
            (-(x - 2.0).atan(), -1.0 / (1.0 + (x - 2.0).powi(2)))
        });
        assert!((x - 2.0).abs() < 1e-12);
    }
}
