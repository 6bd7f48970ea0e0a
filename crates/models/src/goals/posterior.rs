//! Bayesian versions of the goal models: posterior draws of all parameters, and grids averaged over them.

use super::curvature::Unused;
use super::linear::Lower;
use super::newton::DENSE_LIMIT;
use super::objective::Objective;
use super::{FitConfig, FitError, Fitted, GoalFixture, GoalMatches, ScoreFamily, Shrinkage};
use crate::simulation::rng::{normal, uniform};
use rand::Rng;
use touchline_outcomes::ScoreGrid;

/// Leapfrog steps of a trajectory and their length; a quarter turn of a unit normal in all.
const STEPS: usize = 6;
const STEP: f64 = 0.26;
/// Trajectories before the first draw that is kept.
const WARM_UP: usize = 50;

/// The posterior of a family's parameters given training matches.
///
/// The posterior is likelihood times the Gaussian priors of [`FitConfig`]; shrinkage must be on.
/// [`Posterior::draws`] samples it by Hamiltonian Monte Carlo (Duane et al. 1987) in coordinates in which the
/// Laplace approximation at the maximum is a standard normal: there the posterior is nearly round, a trajectory of
/// a few leapfrog steps decorrelates it, and nothing needs tuning. [`Posterior::laplace_draws`]
/// gives draws of the approximation itself, without any likelihood evaluation.
///
/// ```
/// use rand::SeedableRng;
/// use touchline_models::goals::{DixonColes, FitConfig, GoalMatches, GoalObservation, Posterior};
/// use touchline_models::simulation::SimulationRng;
/// use touchline_outcomes::Score;
/// let mut matches = GoalMatches::new(3);
/// for (home, away, h, a) in [(0, 1, 3, 1), (1, 0, 1, 2), (0, 2, 2, 0), (2, 0, 1, 1), (1, 2, 2, 1), (2, 1, 1, 0)] {
///     matches.push(GoalObservation::new(home, away, Score { home: h, away: a }));
/// }
/// let config = FitConfig::default();
/// let posterior = Posterior::new(&DixonColes, &matches, &config)?;
/// let draws = posterior.draws(200, &mut SimulationRng::seed_from_u64(1));
/// let grid = posterior.mean_grid(&draws, 0, 2);
/// assert!(grid.forecast().home() > grid.forecast().away());
/// # Ok::<(), touchline_models::goals::FitError>(())
/// ```
pub struct Posterior<'a, F: ScoreFamily> {
    objective: Objective<'a, F>,
    mode: Fitted<F>,
    /// Cholesky factor of the negative Hessian at the mode, shapes on a bound cut out.
    factor: Lower,
}

impl<'a, F: ScoreFamily> Posterior<'a, F> {
    /// Finds the mode and its curvature.
    ///
    /// # Errors
    /// As [`ScoreFamily::fit`]; [`FitError::Invalid`] with shrinkage off (without a prior there is no posterior) or
    /// with more than 700 parameters.
    pub fn new(family: &'a F, matches: &'a GoalMatches, config: &'a FitConfig) -> Result<Self, FitError> {
        if config.shrinkage == Shrinkage::Off {
            return Err(FitError::Invalid {
                what: "shrinkage".into(),
                value: 0.0,
                allowed: "on: a posterior needs a prior",
            });
        }
        let mode = family.fit(matches, config)?;
        let size = mode.parameters().len();
        if size > DENSE_LIMIT {
            let what = "number of parameters".into();
            return Err(FitError::Invalid {
                what,
                value: size as f64,
                allowed: "at most 700 for posterior draws",
            });
        }
        let mut objective = Objective::new(family, matches, config);
        objective.sds = mode.spread().map(|(attack, defence)| [attack, defence]);
        let mut factor = Lower::zeros(size);
        let mut gradient = vec![0.0; size];
        objective.evaluate(mode.parameters(), &mut gradient, &mut factor);
        objective.add_prior_curvature(&mut factor);
        let first = objective.layout.shape(0);
        for (k, shape) in objective.shapes.iter().enumerate() {
            let x = mode.parameters()[first + k];
            if x <= shape.lower || x >= shape.upper {
                // The mode sits on the bound: its curvature says nothing, the prior's width is used.
                factor.isolate(first + k);
                factor.add(first + k, first + k, shape.prior_sd.powi(-2) - 1.0);
            }
        }
        if factor.factorise(1e-12) {
            Ok(Self { objective, mode, factor })
        } else {
            Err(FitError::NotIdentified)
        }
    }

    /// The fit at the posterior mode.
    pub fn mode(&self) -> &Fitted<F> {
        &self.mode
    }

    /// Standard deviation of each parameter under the Laplace approximation.
    pub fn standard_deviations(&self) -> Vec<f64> {
        self.factor.inverse_diagonal().into_iter().map(f64::sqrt).collect()
    }

    /// Draws from the normal approximation at the mode, shapes cut at their bounds.
    pub fn laplace_draws<R: Rng + ?Sized>(&self, count: usize, rng: &mut R) -> Vec<Vec<f64>> {
        (0..count)
            .map(|_| {
                let z: Vec<f64> = (0..self.factor.size()).map(|_| normal(rng)).collect();
                let mut theta = self.unwhiten(&z);
                let first = self.objective.layout.shape(0);
                for (x, shape) in theta[first..].iter_mut().zip(&self.objective.shapes) {
                    *x = x.clamp(shape.lower, shape.upper);
                }
                theta
            })
            .collect()
    }

    /// Draws from the posterior itself, each some six likelihood evaluations apart from the last.
    pub fn draws<R: Rng + ?Sized>(&self, count: usize, rng: &mut R) -> Vec<Vec<f64>> {
        let mut chain = Chain::start(self);
        (0..WARM_UP + count)
            .map(|_| {
                chain.advance(rng);
                chain.theta.clone()
            })
            .skip(WARM_UP)
            .collect()
    }

    /// The model at one draw.
    ///
    /// Returns `None` for a vector that does not fit this posterior: another length, or not finite.
    pub fn at(&self, draw: &[f64]) -> Option<Fitted<F>> {
        self.mode.with_parameters(draw.to_vec())
    }

    /// The posterior predictive grid of two teams: the mean of the draws' grids, or the mode's without draws.
    pub fn mean_grid(&self, draws: &[Vec<f64>], home: usize, away: usize) -> ScoreGrid {
        let fixture = GoalFixture::new(home, away);
        let grids: Vec<ScoreGrid> =
            draws.iter().filter_map(|d| self.at(d)).map(|m| m.grid_for(&fixture)).collect();
        let top = grids.iter().map(ScoreGrid::max_goals).max().unwrap_or(0);
        let mut cells = vec![0.0; (top + 1) * (top + 1)];
        for grid in &grids {
            for (h, row) in grid.rows().enumerate() {
                for (a, p) in row.iter().enumerate() {
                    cells[h * (top + 1) + a] += p;
                }
            }
        }
        ScoreGrid::from_weights(top, cells).unwrap_or_else(|_| self.mode.grid_for(&fixture))
    }

    /// From standard-normal coordinates to parameters.
    fn unwhiten(&self, z: &[f64]) -> Vec<f64> {
        let mut theta = z.to_vec();
        self.factor.solve_transposed(&mut theta);
        theta.iter_mut().zip(self.mode.parameters()).for_each(|(x, m)| *x += m);
        theta
    }

    /// Log-posterior with its gradient in standard-normal coordinates; minus infinity beyond a shape's bound.
    fn log_density(&self, theta: &[f64]) -> (f64, Vec<f64>) {
        let mut gradient = vec![0.0; theta.len()];
        let first = self.objective.layout.shape(0);
        let inside =
            theta[first..].iter().zip(&self.objective.shapes).all(|(x, s)| (s.lower..=s.upper).contains(x));
        if !inside {
            return (f64::NEG_INFINITY, gradient);
        }
        let value = self.objective.evaluate(theta, &mut gradient, &mut Unused).total();
        self.factor.solve_lower(&mut gradient);
        (value, gradient)
    }
}

/// The state of a Hamiltonian chain.
struct Chain<'p, 'a, F: ScoreFamily> {
    posterior: &'p Posterior<'a, F>,
    z: Vec<f64>,
    theta: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

impl<'p, 'a, F: ScoreFamily> Chain<'p, 'a, F> {
    fn start(posterior: &'p Posterior<'a, F>) -> Self {
        let z = vec![0.0; posterior.factor.size()];
        let theta = posterior.mode.parameters().to_vec();
        let (value, gradient) = posterior.log_density(&theta);
        Self { posterior, z, theta, value, gradient }
    }

    /// One trajectory, accepted or refused by Metropolis' rule. The step's length is drawn anew each time, so that no
    /// period can form.
    fn advance<R: Rng + ?Sized>(&mut self, rng: &mut R) {
        let step = STEP * (0.8 + 0.4 * uniform(rng));
        let mut momentum: Vec<f64> = self.z.iter().map(|_| normal(rng)).collect();
        let energy = |value: f64, p: &[f64]| value - 0.5 * p.iter().map(|x| x * x).sum::<f64>();
        let before = energy(self.value, &momentum);
        let (mut z, mut theta) = (self.z.clone(), self.theta.clone());
        let (mut value, mut gradient) = (self.value, self.gradient.clone());
        for _ in 0..STEPS {
            kick(&mut momentum, 0.5 * step, &gradient);
            kick(&mut z, step, &momentum);
            theta = self.posterior.unwhiten(&z);
            (value, gradient) = self.posterior.log_density(&theta);
            if !value.is_finite() {
                return;
            }
            kick(&mut momentum, 0.5 * step, &gradient);
        }
        if uniform(rng).ln() < energy(value, &momentum) - before {
            (self.z, self.theta, self.value, self.gradient) = (z, theta, value, gradient);
        }
    }
}

/// `x += factor * by`.
fn kick(x: &mut [f64], factor: f64, by: &[f64]) {
    x.iter_mut().zip(by).for_each(|(x, b)| *x += factor * b);
}

#[cfg(test)]
mod tests {
    use super::super::{DixonColes, GoalObservation, Poisson};
    use super::*;
    use crate::simulation::SimulationRng;
    use touchline_outcomes::Score;

    /// Every pairing of five teams four times, with scores that follow no pattern.
    fn matches() -> GoalMatches {
        let mut matches = GoalMatches::new(5);
        for k in 0..100_usize {
            let (home, away) = (k % 5, (k / 5 + k) % 5);
            if home != away {
                let score = Score { home: ((k * 7 + home) % 4) as u8, away: ((k * 5 + 2 * away) % 3) as u8 };
                matches.push(GoalObservation::new(home, away, score));
            }
        }
        matches
    }

    fn moments(draws: &[Vec<f64>], k: usize) -> (f64, f64) {
        let n = draws.len() as f64;
        let mean = draws.iter().map(|d| d[k]).sum::<f64>() / n;
        (mean, (draws.iter().map(|d| (d[k] - mean).powi(2)).sum::<f64>() / n).sqrt())
    }

    #[test]
    fn draws_agree_with_the_laplace_approximation_where_it_is_good() {
        let (matches, config) = (matches(), FitConfig::default());
        let posterior = Posterior::new(&Poisson, &matches, &config).unwrap();
        let draws = posterior.draws(4000, &mut SimulationRng::new(3, 0));
        for (k, sd) in posterior.standard_deviations().iter().enumerate() {
            let (mean, found) = moments(&draws, k);
            assert!((mean - posterior.mode().parameters()[k]).abs() < 0.25 * sd, "mean of {k}");
            assert!((found / sd - 1.0).abs() < 0.1, "sd of {k}: {found} for {sd}");
        }
    }

    #[test]
    fn without_information_the_draws_follow_the_prior() {
        let mut matches = GoalMatches::new(3);
        matches.push(GoalObservation::new(0, 1, Score { home: 1, away: 1 }).weighted(1e-4));
        let config = FitConfig {
            shrinkage: Shrinkage::Fixed { attack_sd: 0.4, defence_sd: 0.2 },
            ..FitConfig::default()
        };
        let posterior = Posterior::new(&DixonColes, &matches, &config).unwrap();
        let draws = posterior.draws(6000, &mut SimulationRng::new(4, 0));
        for (k, (mean, sd)) in [(2, (0.0, 0.4)), (5, (0.0, 0.2)), (7, (0.25, 0.3)), (8, (-0.05, 0.1))] {
            let (found_mean, found_sd) = moments(&draws, k);
            assert!((found_mean - mean).abs() < 0.08 * sd, "mean of {k}: {found_mean}");
            assert!((found_sd / sd - 1.0).abs() < 0.06, "sd of {k}: {found_sd}");
        }
    }

    #[test]
    fn a_posterior_without_prior_is_refused() {
        let (matches, config) = (matches(), FitConfig::maximum_likelihood());
        assert!(matches!(Posterior::new(&Poisson, &matches, &config), Err(FitError::Invalid { .. })));
    }
}
