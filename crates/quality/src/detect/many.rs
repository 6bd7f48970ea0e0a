//! Many tests at once.

/// Which of these p-values stay when at most a share `q` of all that stay may be false: Benjamini and Hochberg's
/// step-up procedure. In the order of the p-values.
///
/// Reference: Benjamini & Hochberg, "Controlling the false discovery rate" (1995).
pub fn benjamini_hochberg(p: &[f64], q: f64) -> Vec<bool> {
    let mut sorted: Vec<f64> = p.iter().copied().filter(|p| !p.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let limit =
        (1..).zip(&sorted).filter(|(rank, p)| **p <= f64::from(*rank) / n * q).last().map(|(_, p)| *p);
    p.iter().map(|p| limit.is_some_and(|limit| *p <= limit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_paper_keeps_four() {
        // Section 3.2 of the paper: 15 endpoints, q = 0.05.
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
            0.6528, 0.7590, 1.0,
        ];
        let kept = benjamini_hochberg(&p, 0.05);
        assert_eq!(kept.iter().filter(|kept| **kept).count(), 4);
        assert!(kept[..4].iter().all(|kept| *kept));
    }
}
