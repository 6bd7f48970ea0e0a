//! Outliers by spread: three standard deviations, and Tukey's fences.

/// Count, mean and standard deviation of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Values that are no nulls.
    pub count: usize,
    /// Their mean; 0 of none.
    pub mean: f64,
    /// Their standard deviation, with `count - 1` below the line; 0 of fewer than two.
    pub sd: f64,
}

/// Moments by Welford's recurrence, which does not cancel.
pub fn moments(values: &[f64]) -> Moments {
    let (mut count, mut mean, mut squares) = (0_usize, 0.0, 0.0);
    for x in values.iter().filter(|x| !x.is_nan()) {
        count += 1;
        let delta = x - mean;
        mean += delta / count as f64;
        squares += delta * (x - mean);
    }
    let sd = if count > 1 { (squares / (count - 1) as f64).sqrt() } else { 0.0 };
    Moments { count, mean, sd }
}

/// What lies outside an interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Outliers {
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Rows outside it, ascending.
    pub rows: Vec<usize>,
    /// Values that are no nulls.
    pub count: usize,
}

impl Outliers {
    fn of(values: &[f64], low: f64, high: f64) -> Self {
        let rows = (0..values.len()).filter(|i| values[*i] < low || values[*i] > high).collect();
        Self { low, high, rows, count: values.iter().filter(|x| !x.is_nan()).count() }
    }

    /// Share of the values outside, 0 of none.
    pub fn share(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.rows.len() as f64 / self.count as f64 }
    }
}

/// Values further than three standard deviations from the mean.
pub fn three_sigma(values: &[f64]) -> Outliers {
    let Moments { mean, sd, .. } = moments(values);
    Outliers::of(values, mean - 3.0 * sd, mean + 3.0 * sd)
}

/// Values outside Tukey's fences: `reach` times the interquartile range beyond the quartiles (1.5 as usual).
///
/// Reference: Tukey, *Exploratory Data Analysis* (1977).
pub fn iqr(values: &[f64], reach: f64) -> Outliers {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let (q1, q3) = (quantile(&sorted, 0.25), quantile(&sorted, 0.75));
    Outliers::of(values, q1 - reach * (q3 - q1), q3 + reach * (q3 - q1))
}

/// The quantile of sorted values with linear interpolation (type 7 of Hyndman and Fan, the default of NumPy); `NaN` of
/// none.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = share * last as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_wild_value_among_many_is_outside() {
        let mut values: Vec<f64> = (0..50).map(|i| 2.0 + f64::from(i % 5) / 10.0).collect();
        values.push(22.0);
        values.push(f64::NAN);
        assert_eq!(three_sigma(&values).rows, [50]);
        assert_eq!(iqr(&values, 1.5).rows, [50]);
        assert_eq!(three_sigma(&values).count, 51);
    }

    #[test]
    fn nothing_is_outside_of_nothing() {
        assert_eq!(iqr(&[], 1.5).rows, [0; 0]);
        assert!(three_sigma(&[f64::NAN]).share().abs() < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn outliers_follow_when_data_are_moved(values in prop::collection::vec(-50.0..50.0_f64, 5..60), by in -9..9_i32) {
            let moved: Vec<f64> = values.iter().map(|x| x + f64::from(by) * 64.0).collect();
            let rows = |values: &[f64]| iqr(values, 1.7).rows.len();
            prop_assert!(rows(&values).abs_diff(rows(&moved)) <= 1);
            prop_assert!((moments(&values).sd - moments(&moved).sd).abs() < 1e-9);
        }
    }
}
