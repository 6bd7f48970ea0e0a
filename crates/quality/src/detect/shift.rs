//! Whether two samples are alike: Kolmogorov and Smirnov's test, the population stability index, and relative drift.

use super::spread::{moments, quantile};
use statrs::stats_tests::NaNPolicy;
use statrs::stats_tests::ks_test::{KSTwoSampleAlternativeMethod, ks_twosample};

/// The result of the two-sample test of Kolmogorov and Smirnov.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ks {
    /// The largest distance of the two empirical distributions, in 0 to 1: the size of the effect.
    pub distance: f64,
    /// The two-sided p-value: exact for small samples without regard to ties, else asymptotic.
    pub p: f64,
    /// The distance times `sqrt(nm / (n + m))`, which is comparable between samples of different size.
    pub scaled: f64,
}

/// Values of both samples whose product is at most this are tested exactly.
const EXACT: usize = 10_000;

/// Kolmogorov and Smirnov's test of two samples; none where one has no value.
pub fn ks(a: &[f64], b: &[f64]) -> Option<Ks> {
    let clean = |values: &[f64]| values.iter().copied().filter(|x| !x.is_nan()).collect::<Vec<_>>();
    let (a, b) = (clean(a), clean(b));
    let (n, m) = (a.len(), b.len());
    let asymptotic = KSTwoSampleAlternativeMethod::TwoSidedAsymptotic;
    // Beyond a thousand paths the counts of the exact method leave the range of floating-point numbers.
    let exact = n * m <= EXACT && n + m <= 1000;
    let method = if exact { KSTwoSampleAlternativeMethod::TwoSidedExact } else { asymptotic };
    let (distance, p) = ks_twosample(a, b, method, NaNPolicy::Emit).ok()?;
    let scaled = distance * (n as f64 * m as f64 / (n + m) as f64).sqrt();
    Some(Ks { distance, p: p.clamp(0.0, 1.0), scaled })
}

/// Share that an empty bin is taken to have.
const FLOOR: f64 = 1e-4;

/// Population stability index over `bins` bins of equal weight in the baseline: `sum (c - b) ln(c / b)` over the shares of
/// both samples. Below 0.1 is commonly called stable, above 0.25 shifted. None where a sample is empty.
///
/// Reference: Siddiqi, *Credit Risk Scorecards* (2006).
pub fn psi(baseline: &[f64], current: &[f64], bins: usize) -> Option<f64> {
    let mut sorted: Vec<f64> = baseline.iter().copied().filter(|x| !x.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut edges: Vec<f64> = (1..bins).map(|i| quantile(&sorted, i as f64 / bins as f64)).collect();
    edges.dedup();
    let shares = |values: &[f64]| {
        let mut counts = vec![0_usize; edges.len() + 1];
        for x in values.iter().filter(|x| !x.is_nan()) {
            counts[edges.partition_point(|edge| edge < x)] += 1;
        }
        let total: usize = counts.iter().sum();
        (total > 0).then(|| counts.iter().map(|n| (*n as f64 / total as f64).max(FLOOR)).collect::<Vec<_>>())
    };
    let (b, c) = (shares(baseline)?, shares(current)?);
    Some(b.iter().zip(c).map(|(b, c)| (c - b) * (c / b).ln()).sum())
}

/// Relative drift of a sample against a baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    /// Change of the mean over the mean of the baseline, without sign.
    pub mean: f64,
    /// Change of the standard deviation over that of the baseline, without sign.
    pub sd: f64,
    /// The larger of both.
    pub score: f64,
    /// Kolmogorov and Smirnov's test of the two.
    pub ks: Ks,
}

/// The drift score of the profile `original`: the larger relative change of mean and standard deviation, with the p-value of
/// Kolmogorov and Smirnov beside it. None where a sample is empty. Where the baseline has a mean or a deviation of 0, a
/// change of it counts as infinite.
pub fn drift(baseline: &[f64], current: &[f64]) -> Option<Drift> {
    let ks = ks(baseline, current)?;
    let (b, c) = (moments(baseline), moments(current));
    let change = |before: f64, after: f64| {
        let by = (after - before).abs();
        if by == 0.0 { 0.0 } else { by / before.abs() }
    };
    let (mean, sd) = (change(b.mean, c.mean), change(b.sd, c.sd));
    Some(Drift { mean, sd, score: mean.max(sd), ks })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_doubled_sample_drifts_by_one() {
        let base = [1.0, 2.0, 3.0, 4.0];
        let found = drift(&base, &base.map(|x| 2.0 * x)).unwrap();
        assert!((found.score - 1.0).abs() < 1e-12);
        assert!((found.mean - 1.0).abs() < 1e-12);
        assert!(drift(&base, &[]).is_none());
    }

    #[test]
    fn a_sample_beside_itself_is_stable() {
        let x: Vec<f64> = (0..100).map(|i| f64::from(i * i % 37)).collect();
        assert!(psi(&x, &x, 10).unwrap() < 1e-12);
        let moved: Vec<f64> = x.iter().map(|x| x + 30.0).collect();
        assert!(psi(&x, &moved, 10).unwrap() > 0.25);
    }

    proptest! {
        #[test]
        fn the_test_does_not_care_which_sample_comes_first(
            a in prop::collection::vec(0..9_u8, 2..40), b in prop::collection::vec(0..9_u8, 2..40)
        ) {
            let of = |x: &[u8]| x.iter().copied().map(f64::from).collect::<Vec<_>>();
            let (ab, ba) = (ks(&of(&a), &of(&b)).unwrap(), ks(&of(&b), &of(&a)).unwrap());
            prop_assert!((ab.distance - ba.distance).abs() < 1e-12 && (ab.p - ba.p).abs() < 1e-9);
        }
    }
}
