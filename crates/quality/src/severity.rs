//! From a statistic to a severity: the ladder of the profile `original`, and that of empirical false-alarm rates.

use touchline_domain::Severity;

/// A ladder of three limits: above the first low becomes medium, then high, then critical.
fn ladder(value: f64, limits: [f64; 3]) -> Severity {
    let steps = [Severity::Medium, Severity::High, Severity::Critical];
    let reached = steps.into_iter().zip(limits).rev().find(|(_, limit)| value > *limit);
    reached.map_or(Severity::Low, |(severity, _)| severity)
}

/// Drift scores above 0.1 are medium, above 0.3 high, above 0.5 critical.
pub fn of_drift(score: f64) -> Severity {
    ladder(score, [0.1, 0.3, 0.5])
}

/// Shares of anomalous rows above 5 % are medium, above 10 % high, above 20 % critical.
pub fn of_rate(share: f64) -> Severity {
    ladder(share, [0.05, 0.10, 0.20])
}

/// p-values below 0.05 are medium, below 0.01 high, below 0.001 critical.
pub fn of_p(p: f64) -> Severity {
    ladder(-p, [-0.05, -0.01, -0.001])
}

/// The severity of a statistic that at most this share of its own past reached: of 1 in 100 medium, of 1 in 1,000 high.
/// Critical is never a question of rarity alone.
pub fn of_rarity(share: f64) -> Severity {
    if share <= 0.001 {
        Severity::High
    } else if share <= 0.01 {
        Severity::Medium
    } else {
        Severity::Low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ladder_has_the_original_steps() {
        let of = |scores: [f64; 4]| scores.map(of_drift);
        let all = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
        assert_eq!(of([0.1, 0.3, 0.5, 0.51]), all);
        assert_eq!([0.05, 0.10, 0.20, 0.21].map(of_rate), all);
        assert_eq!([0.05, 0.01, 0.001, 0.0009].map(of_p), all);
        assert_eq!([0.02, 0.01, 0.001].map(of_rarity), [Severity::Low, Severity::Medium, Severity::High]);
    }
}
