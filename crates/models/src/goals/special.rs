//! Special functions of the count distributions.

use std::sync::LazyLock;

const LAST: usize = 255;

static LN_FACTORIALS: LazyLock<[f64; LAST + 1]> = LazyLock::new(|| {
    let mut table = [0.0; LAST + 1];
    for k in 1..=LAST {
        table[k] = table[k - 1] + (k as f64).ln();
    }
    table
});

/// `ln k!` for every number of goals of a score.
#[inline]
pub(crate) fn ln_factorial(goals: u8) -> f64 {
    LN_FACTORIALS[usize::from(goals)]
}

/// `ln Gamma(x)` with its first and second derivative (digamma, trigamma), for `x` of at least 1: recursion up
/// to 12, then the asymptotic series (Abramowitz & Stegun 1964, 6.1.41, 6.3.18, 6.4.12).
pub(crate) fn ln_gamma(x: f64) -> [f64; 3] {
    let mut shift = [0.0; 3];
    let mut z = x;
    let mut product = 1.0;
    while z < 12.0 {
        product *= z;
        shift[1] -= 1.0 / z;
        shift[2] += 1.0 / (z * z);
        z += 1.0;
    }
    shift[0] = -product.ln();
    let (ln, one) = (z.ln(), 1.0 / z);
    let two = one * one;
    let half_ln_tau = 0.918_938_533_204_672_8;
    let series = [
        one * (1.0 / 12.0 - two * (1.0 / 360.0 - two * (1.0 / 1260.0 - two * (1.0 / 1680.0 - two / 1188.0)))),
        two * (1.0 / 12.0 - two * (1.0 / 120.0 - two * (1.0 / 252.0 - two * (1.0 / 240.0 - two / 132.0)))),
        one * two
            * (1.0 / 6.0 - two * (1.0 / 30.0 - two * (1.0 / 42.0 - two * (1.0 / 30.0 - two * 5.0 / 66.0)))),
    ];
    [
        shift[0] + (z - 0.5) * ln - z + half_ln_tau + series[0],
        shift[1] + ln - 0.5 * one - series[1],
        shift[2] + one + 0.5 * two + series[2],
    ]
}

/// Logarithm with two derivatives, continued below `floor` by its parabola there: a search meets a steep slope
/// instead of a wall.
#[inline]
pub(crate) fn soft_ln(t: f64, floor: f64) -> (f64, f64, f64) {
    if t >= floor {
        return (t.ln(), 1.0 / t, -1.0 / (t * t));
    }
    let u = (t - floor) / floor;
    (floor.ln() + u - 0.5 * u * u, (1.0 - u) / floor, -1.0 / (floor * floor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factorials_agree_with_known_values() {
        assert!(ln_factorial(0).abs() < 1e-15);
        assert!((ln_factorial(5) - 120_f64.ln()).abs() < 1e-14);
        // 50! = 3.0414093201713376e64
        assert!((ln_factorial(50) - (3.041_409_320_171_337_6_f64.ln() + 64.0 * 10_f64.ln())).abs() < 1e-11);
    }

    #[test]
    fn gamma_agrees_with_known_values() {
        let euler = 0.577_215_664_901_532_9;
        let pi = std::f64::consts::PI;
        let [ln, digamma, trigamma] = ln_gamma(1.0);
        assert!(ln.abs() < 1e-14);
        assert!((digamma + euler).abs() < 1e-13);
        assert!((trigamma - pi * pi / 6.0).abs() < 1e-13);
        assert!((ln_gamma(51.0)[0] - ln_factorial(50)).abs() < 1e-11);
        assert!((ln_gamma(1.5)[0] - (pi.sqrt() / 2.0).ln()).abs() < 1e-14);
    }
}
