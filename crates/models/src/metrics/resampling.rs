//! Bootstrap intervals of any statistic (Efron 1979), by percentiles of seeded resamples.

use super::MetricError;
use rand::{Rng, RngExt};

/// An interval around an estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// The statistic of the whole sample.
    pub estimate: f64,
    /// Upper end.
    pub high: f64,
    /// Share of resamples inside.
    pub level: f64,
    /// How many resamples were drawn.
    pub resamples: usize,
}

/// Percentile interval of `statistic`, each resample drawing as many items as there are, with replacement.
///
/// Matches of one matchday or one league may share luck; [`bootstrap_clusters`] then resamples whole groups
/// (Davison & Hinkley 1997, section 3.8) and widens the interval accordingly.
///
/// ```
/// use rand::{SeedableRng, rngs::StdRng};
/// use touchline_models::metrics::bootstrap;
/// let rps: Vec<f64> = (0..200).map(|i| f64::from(i % 10) / 20.0).collect();
/// let mean = |sample: &[f64]| sample.iter().sum::<f64>() / sample.len() as f64;
/// let i = bootstrap(&rps, mean, 500, 0.95, &mut StdRng::seed_from_u64(1))?;
/// assert!(i.low < 0.225 && 0.225 < i.high && i.high - i.low < 0.06);
/// # Ok::<(), touchline_models::metrics::MetricError>(())
/// ```
///
/// Resamples whose statistic is not a number are left out of the percentiles.
///
/// # Errors
/// No items, no resamples, a level outside (0, 1), or a statistic that is never finite.
pub fn bootstrap<T: Clone, R: Rng + ?Sized>(
    items: &[T],
    statistic: impl Fn(&[T]) -> f64,
    resamples: usize,
    level: f64,
    rng: &mut R,
) -> Result<Interval, MetricError> {
    if items.is_empty() {
        return Err(MetricError::TooFew { needed: 1 });
    }
    let mut sample = items.to_vec();
    let mut draws = Vec::with_capacity(resamples);
    for _ in 0..resamples {
        for slot in &mut sample {
            slot.clone_from(&items[rng.random_range(0..items.len())]);
        }
        draws.push(statistic(&sample));
    }
    percentiles(statistic(items), draws, level)
}

/// As [`bootstrap`], drawing whole clusters: `clusters[i]` names the group (matchday, league) of item `i`.
///
/// # Errors
/// As [`bootstrap`], and slices of different length.
pub fn bootstrap_clusters<T: Clone, R: Rng + ?Sized>(
    items: &[T],
    clusters: &[u32],
    statistic: impl Fn(&[T]) -> f64,
    resamples: usize,
    level: f64,
    rng: &mut R,
) -> Result<Interval, MetricError> {
    super::same_length(items.len(), clusters.len())?;
    if items.is_empty() {
        return Err(MetricError::TooFew { needed: 1 });
    }
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|i| clusters[*i]);
    let groups: Vec<&[usize]> = order.chunk_by(|a, b| clusters[*a] == clusters[*b]).collect();
    let mut sample: Vec<T> = Vec::with_capacity(items.len());
    let mut draws = Vec::with_capacity(resamples);
    for _ in 0..resamples {
        sample.clear();
        for _ in 0..groups.len() {
            let group = groups[rng.random_range(0..groups.len())];
            sample.extend(group.iter().map(|i| items[*i].clone()));
        }
        draws.push(statistic(&sample));
    }
    percentiles(statistic(items), draws, level)
}

fn percentiles(estimate: f64, mut draws: Vec<f64>, level: f64) -> Result<Interval, MetricError> {
    if !(level > 0.0 && level < 1.0) {
        return Err(MetricError::Setting("the level of an interval lies between 0 and 1, such as 0.95"));
    }
    draws.retain(|d| d.is_finite());
    if draws.is_empty() {
        return Err(MetricError::Setting("draw at least one resample with a finite statistic"));
    }
    draws.sort_by(f64::total_cmp);
    let at = |q: f64| {
        let x = q * (draws.len() - 1) as f64;
        let (i, part) = (x.floor() as usize, x.fract());
        draws[i] + part * (draws[(i + 1).min(draws.len() - 1)] - draws[i])
    };
    let tail = (1.0 - level) / 2.0;
    Ok(Interval { low: at(tail), estimate, high: at(1.0 - tail), level, resamples: draws.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::StdRng};

    fn mean(x: &[f64]) -> f64 {
        x.iter().sum::<f64>() / x.len() as f64
    }

    #[test]
    fn the_interval_of_a_mean_is_about_two_standard_errors_each_way() {
        let x: Vec<f64> = (0..400).map(|i| f64::from(i * 37 % 101)).collect();
        let s = super::super::MeanScore::of(&x).unwrap();
        let i = bootstrap(&x, mean, 4000, 0.95, &mut StdRng::seed_from_u64(7)).unwrap();
        let expected = 2.0 * 1.96 * s.standard_error;
        assert!((i.high - i.low - expected).abs() < 0.06 * expected, "{i:?} against {expected}");
        let again = bootstrap(&x, mean, 4000, 0.95, &mut StdRng::seed_from_u64(7)).unwrap();
        assert_eq!(i, again);
    }

    #[test]
    fn shared_luck_widens_the_interval() {
        let x: Vec<f64> = (0..300).map(|i| f64::from(i / 10 % 2)).collect();
        let groups: Vec<u32> = (0..300).map(|i| i / 10).collect();
        let alone = bootstrap(&x, mean, 1000, 0.9, &mut StdRng::seed_from_u64(1)).unwrap();
        let grouped =
            bootstrap_clusters(&x, &groups, mean, 1000, 0.9, &mut StdRng::seed_from_u64(1)).unwrap();
        assert!(grouped.high - grouped.low > 2.0 * (alone.high - alone.low));
    }

    #[test]
    fn hostile_settings_are_errors() {
        let mut rng = StdRng::seed_from_u64(0);
        assert!(bootstrap(&[], mean, 10, 0.9, &mut rng).is_err());
        assert!(bootstrap(&[1.0], mean, 0, 0.9, &mut rng).is_err());
        assert!(bootstrap(&[1.0], mean, 10, f64::NAN, &mut rng).is_err());
        assert!(bootstrap(&[f64::NAN], mean, 10, 0.9, &mut rng).is_err());
        assert!(bootstrap_clusters(&[1.0], &[], mean, 10, 0.9, &mut rng).is_err());
    }
}
