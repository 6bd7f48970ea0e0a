//! The Rue-Salvesen adjustment.

use super::objective::Objective;
use super::observations::GoalMatches;
use super::{FitConfig, FitError, Fitted, ScoreFamily};

/// Fits a family together with `gamma`, which maximises the penalised likelihood after all other parameters.
///
/// The Rue-Salvesen adjustment (Rue & Salvesen 2000, "Prediction and retrospective analysis of soccer matches
/// in a league", The Statistician 49): a better side tends to underestimate a weaker one.
///
/// ```text
/// log lambda' = log lambda - gamma Delta,  log mu' = log mu + gamma Delta
/// Delta = (attack[home] - defence[home] - attack[away] + defence[away]) / 2
/// ```
///
/// with defence high for many conceded, as everywhere here. `gamma` (no unit, here within 0.5 of 0) works with
/// every family: set [`FitConfig::rue_salvesen`], or let [`fit_rue_salvesen`] estimate it. Their cut of scores
/// at five goals and their mixture with an average match are not part of it.
///
/// `gamma` is the zero of the derivative of that profile, found by the Illinois rule with warm starts; where
/// the derivative keeps its sign over -0.5 to 0.5, the better end is taken.
///
/// ```
/// use touchline_models::goals::{FitConfig, GoalMatches, GoalObservation, Poisson, fit_rue_salvesen};
/// use touchline_outcomes::Score;
/// let mut matches = GoalMatches::new(3);
/// for (home, away, h, a) in [(0, 1, 3, 1), (1, 0, 1, 2), (0, 2, 2, 0), (2, 0, 1, 1), (1, 2, 2, 1), (2, 1, 1, 0)] {
///     matches.push(GoalObservation::new(home, away, Score { home: h, away: a }));
/// }
/// let fitted = fit_rue_salvesen(&Poisson, &matches, &FitConfig::default())?;
/// assert!(fitted.rue_salvesen().abs() <= 0.5);
/// # Ok::<(), touchline_models::goals::FitError>(())
/// ```
///
/// # Errors
/// As [`ScoreFamily::fit`].
pub fn fit_rue_salvesen<F: ScoreFamily>(
    family: &F,
    matches: &GoalMatches,
    config: &FitConfig,
) -> Result<Fitted<F>, FitError> {
    let at = |gamma: f64, previous: Option<&Fitted<F>>| {
        let config = FitConfig { rue_salvesen: Some(gamma), ..config.clone() };
        let fitted = match previous {
            Some(previous) => family.fit_from(matches, &config, previous)?,
            None => family.fit(matches, &config)?,
        };
        let slope = profile_slope(&Objective::new(family, matches, &config), fitted.parameters());
        Ok((fitted, slope))
    };
    let (mut low, mut high) = (-0.5, 0.5);
    let (fitted_low, mut slope_low) = at(low, None)?;
    let (fitted_high, mut slope_high) = at(high, Some(&fitted_low))?;
    if slope_low <= 0.0 || slope_high >= 0.0 {
        let low_is_better = fitted_low.log_posterior() >= fitted_high.log_posterior();
        return Ok(if low_is_better { fitted_low } else { fitted_high });
    }
    let mut best = fitted_high;
    for _ in 0..40 {
        let middle = (low * slope_high - high * slope_low) / (slope_high - slope_low);
        let (fitted, slope) = at(middle, Some(&best))?;
        best = fitted;
        if slope.abs() < 1e-7 || high - low < 1e-9 {
            break;
        }
        // Illinois: halve the slope of an end that stays.
        if slope > 0.0 {
            (low, slope_low, slope_high) = (middle, slope, 0.5 * slope_high);
        } else {
            (high, slope_high, slope_low) = (middle, slope, 0.5 * slope_low);
        }
    }
    Ok(best)
}

/// Derivative of the penalised likelihood in `gamma` at a maximum of the rest (envelope theorem).
fn profile_slope<F: ScoreFamily>(objective: &Objective<'_, F>, theta: &[f64]) -> f64 {
    let layout = &objective.layout;
    objective
        .matches
        .observations()
        .iter()
        .zip(objective.local_gradients(theta))
        .map(|(m, [by_home, by_away])| {
            let (home, away) = (m.home, m.away);
            let difference =
                theta[layout.attack(home)] - theta[layout.defence(home)] - theta[layout.attack(away)]
                    + theta[layout.defence(away)];
            0.5 * difference * (by_away - by_home)
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::super::{GoalObservation, Poisson};
    use super::*;
    use touchline_outcomes::Score;

    #[test]
    fn the_estimate_beats_its_neighbours() {
        let mut matches = GoalMatches::new(6);
        for k in 0..200_usize {
            let (home, away) = (k % 6, (k / 6 + k) % 6);
            if home != away {
                let score = Score { home: ((k * 7 + home) % 4) as u8, away: ((k * 5 + away * 2) % 3) as u8 };
                matches.push(GoalObservation::new(home, away, score));
            }
        }
        let best = fit_rue_salvesen(&Poisson, &matches, &FitConfig::default()).unwrap();
        for step in [-0.01, 0.01] {
            let gamma = (best.rue_salvesen() + step).clamp(-0.5, 0.5);
            let config = FitConfig { rue_salvesen: Some(gamma), ..FitConfig::default() };
            let other = Poisson.fit(&matches, &config).unwrap();
            assert!(best.log_posterior() >= other.log_posterior() - 1e-9);
        }
    }
}
