//! Errors of score forecasts: real-valued goals of both sides against the goals scored.

use super::{MeanScore, MetricError, same_length};

/// Errors of score forecasts over the same matches.
///
/// The 2023 Soccer Prediction Challenge ranks them by `RMSE = sqrt(mean((h - h')^2 + (a - a')^2))`: the squared
/// errors of both sides are summed within a match and averaged over matches. Independent Poisson goals with
/// means 1.5 and 1.2 have `sqrt(2.7) = 1.64` even when the means are known, so differences between forecasters
/// are small beside the level and need the paired comparison of [`squared_goal_errors`].
///
/// ```
/// use touchline_models::metrics::GoalErrors;
/// let errors = GoalErrors::of(&[[1.5, 1.0], [2.0, 0.5]], &[[2, 1], [1, 2]])?;
/// assert!((errors.rmse.value - (1.75_f64).sqrt()).abs() < 1e-12); // (0.25 + 3.25) / 2
/// assert!((errors.home_bias.value - 0.25).abs() < 1e-12);
/// # Ok::<(), touchline_models::metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GoalErrors {
    /// Root mean squared error per match, both sides summed; its standard error by the delta method.
    pub rmse: MeanScore,
    /// Mean of forecast minus scored goals of home sides.
    pub home_bias: MeanScore,
    /// Mean of forecast minus scored goals of away sides.
    pub away_bias: MeanScore,
}

impl GoalErrors {
    /// Pools forecasts (home, away) against goals scored.
    ///
    /// # Errors
    /// No matches, different numbers of them, or a forecast that is not finite.
    pub fn of(forecasts: &[[f64; 2]], goals: &[[u8; 2]]) -> Result<Self, MetricError> {
        let squared = MeanScore::of(&squared_goal_errors(forecasts, goals)?)?;
        let bias = |side: usize| {
            let errors = forecasts.iter().zip(goals).map(|(f, g)| f[side] - f64::from(g[side]));
            MeanScore::of(&errors.collect::<Vec<_>>())
        };
        let value = squared.value.sqrt();
        // d sqrt(m) = dm / (2 sqrt(m)); perfect forecasts have no error to vary.
        let standard_error = if value > 0.0 { squared.standard_error / (2.0 * value) } else { 0.0 };
        let rmse = MeanScore { value, standard_error, matches: squared.matches };
        Ok(Self { rmse, home_bias: bias(0)?, away_bias: bias(1)? })
    }
}

/// The squared error of each match, both sides summed: what [`GoalErrors::rmse`] is the root mean of.
///
/// # Errors
/// Slices of different length, or a forecast that is not finite.
pub fn squared_goal_errors(forecasts: &[[f64; 2]], goals: &[[u8; 2]]) -> Result<Vec<f64>, MetricError> {
    same_length(forecasts.len(), goals.len())?;
    if let Some(index) = forecasts.iter().position(|f| !f.iter().all(|x| x.is_finite())) {
        return Err(MetricError::NotFinite { index });
    }
    let error = |(f, g): (&[f64; 2], &[u8; 2])| (0..2).map(|i| (f[i] - f64::from(g[i])).powi(2)).sum();
    Ok(forecasts.iter().zip(goals).map(error).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_error_of_the_root_is_that_of_the_mean_over_twice_the_root() {
        let forecasts: Vec<[f64; 2]> = (0..500).map(|i| [1.0 + f64::from(i % 7) / 10.0, 1.1]).collect();
        let goals: Vec<[u8; 2]> = (0..500_u32).map(|i| [(i * 7 % 5) as u8, (i * 11 % 4) as u8]).collect();
        let errors = GoalErrors::of(&forecasts, &goals).unwrap();
        let squared = MeanScore::of(&squared_goal_errors(&forecasts, &goals).unwrap()).unwrap();
        assert!((errors.rmse.value.powi(2) - squared.value).abs() < 1e-12);
        let shifted = (squared.value + squared.standard_error).sqrt() - errors.rmse.value;
        assert!((errors.rmse.standard_error / shifted - 1.0).abs() < 0.02);
    }

    #[test]
    fn certain_and_hostile_forecasts_are_answered() {
        let perfect = GoalErrors::of(&[[1.0, 0.0], [2.0, 3.0]], &[[1, 0], [2, 3]]).unwrap();
        assert!(perfect.rmse.value.abs() < 1e-15 && perfect.rmse.standard_error.abs() < 1e-15);
        assert_eq!(GoalErrors::of(&[], &[]), Err(MetricError::TooFew { needed: 1 }));
        assert_eq!(
            GoalErrors::of(&[[1.0, 0.0], [f64::NAN, 1.0]], &[[0, 0]; 2]),
            Err(MetricError::NotFinite { index: 1 })
        );
        assert!(GoalErrors::of(&[[1.0, 0.0]], &[]).is_err());
    }
}
