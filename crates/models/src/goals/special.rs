//! Special functions of the count distributions.

/// `ln k!` for every number of goals of a score.
#[inline]
pub(crate) fn ln_factorial(goals: u8) -> f64 {
    LN_FACTORIALS.0[usize::from(goals).min(LAST)]
}

const LAST: usize = 255;

struct Table([f64; LAST + 1]);

static LN_FACTORIALS: std::sync::LazyLock<Table> = std::sync::LazyLock::new(|| {
    let mut table = [0.0; LAST + 1];
    for k in 1..=LAST {
        table[k] = table[k - 1] + (k as f64).ln();
    }
    Table(table)
});

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
}
