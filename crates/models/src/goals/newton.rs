//! Newton's method with bounds on the shapes: dense Cholesky steps for up to [`DENSE_LIMIT`] parameters,
//! conjugate-gradient steps (Hessian times vector only) beyond.

use super::curvature::Unused;
use super::error::FitError;
use super::family::ScoreFamily;
use super::linear::{Lower, dot};
use super::objective::{Objective, Value};
use super::stored::Stored;

/// Most parameters for which the Hessian is built and factorised.
pub(crate) const DENSE_LIMIT: usize = 700;
/// A pivot below this share of its diagonal counts as zero.
const PIVOT: f64 = 1e-10;
const LONGEST_STEP: f64 = 2.0;
/// The search ends without looking at the next gain when that is predicted below this share of the tolerance.
const SURELY: f64 = 0.01;
/// Least ratio of a gain to the square of the one before that is believed: far from the maximum it may come out lower.
const LEAST_RATIO: f64 = 1e-3;

/// Where the search ended.
pub(crate) struct Maximum {
    pub theta: Vec<f64>,
    pub value: Value,
    pub iterations: usize,
    /// False when the search stopped at a point from which no step rose.
    pub converged: bool,
    /// Variance of each attack, then each defence, about the mean of its group (from the diagonal of the Hessian only,
    /// beyond the dense limit).
    pub variances: Option<Vec<f64>>,
}

/// The curvature in either form.
enum System {
    Dense { hessian: Lower, factor: Lower },
    Iterative { stored: Stored },
}

/// State of a running search.
struct Search<'o, 'a, F: ScoreFamily> {
    objective: &'o Objective<'a, F>,
    gradient: Vec<f64>,
    system: System,
}

/// Maximises the objective from `theta`, building the Hessian for up to `dense_limit` parameters.
pub(crate) fn maximise<F: ScoreFamily>(
    objective: &Objective<'_, F>,
    mut theta: Vec<f64>,
    with_variances: bool,
    dense_limit: usize,
) -> Result<Maximum, FitError> {
    let size = theta.len();
    let system = if size <= dense_limit {
        System::Dense { hessian: Lower::zeros(size), factor: Lower::zeros(size) }
    } else {
        System::Iterative { stored: Stored::default() }
    };
    let mut search = Search { objective, gradient: vec![0.0; size], system };
    let tolerance = objective.config.tolerance;
    let mut value = search.evaluate(&theta);
    let mut gain_before = None;
    for iteration in 1..=objective.config.max_iterations {
        let pinned = search.pinned(&theta);
        let step = search.step(&pinned)?;
        let gain = dot(&step.direction, &search.gradient_without(&pinned));
        let negligible = gain < 2.0 * tolerance;
        if negligible && !step.exact {
            return Err(FitError::NotIdentified);
        }
        let settled = step.exact && search.gain_after(gain, gain_before) < SURELY * tolerance;
        if negligible || settled {
            let last = moved(objective, &theta, &step.direction, 1.0);
            let end = search.value(&last);
            let rises = end.total() >= value.total() + 0.25 * gain;
            if negligible || (rises && search.is_inside(&last, &pinned)) {
                let variances = with_variances.then(|| search.variances());
                let (theta, value) = if end.total() >= value.total() { (last, end) } else { (theta, value) };
                return Ok(Maximum { theta, value, iterations: iteration, converged: true, variances });
            }
        }
        gain_before = Some(gain);
        let Some((next, next_value)) = search.climb(&theta, value, &step.direction, gain) else {
            return search.stopped(theta, value, iteration, with_variances);
        };
        (theta, value) = (next, next_value);
    }
    search.stopped(theta, value, objective.config.max_iterations, with_variances)
}

struct Step {
    direction: Vec<f64>,
    /// Whether it is the Newton step of the unmodified Hessian.
    exact: bool,
}

impl<F: ScoreFamily> Search<'_, '_, F> {
    fn evaluate(&mut self, theta: &[f64]) -> Value {
        self.gradient.fill(0.0);
        match &mut self.system {
            System::Dense { hessian, .. } => {
                hessian.clear();
                let value = self.objective.evaluate(theta, &mut self.gradient, hessian);
                self.objective.add_prior_curvature(hessian);
                value
            }
            System::Iterative { stored } => {
                stored.clear();
                self.objective.evaluate(theta, &mut self.gradient, stored)
            }
        }
    }

    /// What a step after one that gains `gain` would gain at most: near the maximum every gain is some constant times
    /// the square of the one before. Conjugate gradients leave a rest of their own, which this does not foresee.
    fn gain_after(&self, gain: f64, before: Option<f64>) -> f64 {
        match (&self.system, before) {
            (System::Dense { .. }, Some(before)) => (gain / before.powi(2)).max(LEAST_RATIO) * gain.powi(2),
            _ => f64::INFINITY,
        }
    }

    /// The value alone; gradient and curvature stay those of the last evaluation.
    fn value(&self, theta: &[f64]) -> Value {
        self.objective.evaluate(theta, &mut vec![0.0; theta.len()], &mut Unused)
    }

    /// Whether no shape but the pinned ones has reached a bound.
    fn is_inside(&self, theta: &[f64], pinned: &[usize]) -> bool {
        let first = self.objective.layout.shape(0);
        let mut shapes = self.objective.shapes.iter().enumerate();
        shapes.all(|(k, shape)| {
            let x = theta[first + k];
            (shape.lower < x && x < shape.upper) || pinned.contains(&(first + k))
        })
    }

    /// Shapes that sit on a bound with the gradient pointing out of it, and those that nothing depends on
    /// (such as the diagonal's parameter when no draw is inflated).
    fn pinned(&self, theta: &[f64]) -> Vec<usize> {
        let first = self.objective.layout.shape(0);
        let shapes = self.objective.shapes.iter().enumerate();
        shapes
            .filter(|(k, shape)| {
                let (x, g) = (theta[first + k], self.gradient[first + k]);
                let idle = g == 0.0 && self.diagonal(first + k) == 0.0;
                idle || (x <= shape.lower && g <= 0.0) || (x >= shape.upper && g >= 0.0)
            })
            .map(|(k, _)| first + k)
            .collect()
    }

    fn diagonal(&self, at: usize) -> f64 {
        match &self.system {
            System::Dense { hessian, .. } => hessian.diagonal(at),
            System::Iterative { .. } => 1.0,
        }
    }

    fn gradient_without(&self, pinned: &[usize]) -> Vec<f64> {
        let mut gradient = self.gradient.clone();
        for i in pinned {
            gradient[*i] = 0.0;
        }
        gradient
    }

    fn step(&mut self, pinned: &[usize]) -> Result<Step, FitError> {
        let mut direction = self.gradient_without(pinned);
        let exact = match &mut self.system {
            System::Dense { hessian, factor } => {
                let exact = factorise(hessian, factor, pinned)?;
                factor.solve(&mut direction);
                exact
            }
            System::Iterative { stored } => {
                direction = conjugate_gradient(self.objective, stored, &direction, pinned);
                true
            }
        };
        let longest = direction.iter().fold(0.0_f64, |m, d| m.max(d.abs()));
        if !longest.is_finite() {
            return Err(FitError::NotIdentified);
        }
        if longest > LONGEST_STEP {
            for d in &mut direction {
                *d *= LONGEST_STEP / longest;
            }
        }
        Ok(Step { direction, exact: exact && longest <= LONGEST_STEP })
    }

    /// Halves the step until the value rises enough; leaves gradient and curvature at the new point.
    fn climb(
        &mut self,
        theta: &[f64],
        value: Value,
        direction: &[f64],
        gain: f64,
    ) -> Option<(Vec<f64>, Value)> {
        let mut length = 1.0;
        for _ in 0..30 {
            let next = moved(self.objective, theta, direction, length);
            let found = self.evaluate(&next);
            if found.total() >= value.total() + 1e-4 * length * gain {
                return Some((next, found));
            }
            length *= 0.5;
        }
        None
    }

    /// No step rises although the gradient is not zero (rounding hides the rest, or the likelihood has an edge
    /// there), or the iterations are used up. With a prior the point is as good an answer as there is; without, it is none.
    fn stopped(
        &mut self,
        theta: Vec<f64>,
        value: Value,
        iterations: usize,
        with_variances: bool,
    ) -> Result<Maximum, FitError> {
        self.evaluate(&theta);
        let pinned = self.pinned(&theta);
        let step = self.step(&pinned)?;
        let converged = step.exact && dot(&step.direction, &self.gradient_without(&pinned)) < 1e-4;
        if !converged && self.objective.sds.is_none() {
            return Err(FitError::NotConverged { iterations });
        }
        let variances = with_variances.then(|| self.variances());
        Ok(Maximum { theta, value, iterations, converged, variances })
    }

    /// After a step: variances from the factor that it left.
    fn variances(&self) -> Vec<f64> {
        match &self.system {
            System::Dense { factor, .. } => {
                let teams = self.objective.layout.teams;
                (0..2 * teams)
                    .map(|k| factor.variance_of(k, self.objective.group_at(k / teams, k % teams)))
                    .collect()
            }
            System::Iterative { stored } => self.objective.diagonal(stored).iter().map(|d| 1.0 / d).collect(),
        }
    }
}

/// A step of some length, cut at the bounds of the shapes.
fn moved<F: ScoreFamily>(
    objective: &Objective<'_, F>,
    theta: &[f64],
    direction: &[f64],
    length: f64,
) -> Vec<f64> {
    let mut next: Vec<f64> = theta.iter().zip(direction).map(|(x, d)| x + length * d).collect();
    let first = objective.layout.shape(0);
    for (x, shape) in next[first..].iter_mut().zip(&objective.shapes) {
        *x = x.clamp(shape.lower, shape.upper);
    }
    next
}

/// Cholesky factor of the Hessian, with a growing ridge where it is not positive definite. Says whether it
/// was without one.
fn factorise(hessian: &Lower, factor: &mut Lower, pinned: &[usize]) -> Result<bool, FitError> {
    let size = hessian.size();
    let scale = (0..size).map(|i| hessian.diagonal(i).abs()).sum::<f64>() / size as f64;
    let mut ridge = 0.0;
    for _ in 0..14 {
        factor.copy_from(hessian);
        (0..size).for_each(|i| factor.add(i, i, ridge));
        for i in pinned {
            factor.isolate(*i);
        }
        if factor.factorise(PIVOT) {
            return Ok(ridge == 0.0);
        }
        ridge = if ridge == 0.0 { 1e-4 * scale } else { 10.0 * ridge };
    }
    Err(FitError::NotIdentified)
}

/// Solves `H x = b` with a diagonal preconditioner; stops early on a direction of negative curvature.
fn conjugate_gradient<F: ScoreFamily>(
    objective: &Objective<'_, F>,
    stored: &Stored,
    b: &[f64],
    pinned: &[usize],
) -> Vec<f64> {
    let diagonal = objective.diagonal(stored);
    let mut x = vec![0.0; b.len()];
    let mut residual = b.to_vec();
    let mut z: Vec<f64> = residual.iter().zip(&diagonal).map(|(r, d)| r / d).collect();
    let mut direction = z.clone();
    let mut product = vec![0.0; b.len()];
    let mut rz = dot(&residual, &z);
    // An inexact Newton step: a thousandth of the residual is left to the next one.
    let target = rz * 1e-6;
    for _ in 0..500 {
        if rz <= target {
            break;
        }
        objective.product(stored, &direction, &mut product);
        for i in pinned {
            product[*i] = 0.0;
        }
        let curvature = dot(&direction, &product);
        if curvature <= 0.0 {
            if x.iter().all(|v| *v == 0.0) {
                return direction;
            }
            break;
        }
        let alpha = rz / curvature;
        for i in 0..x.len() {
            x[i] += alpha * direction[i];
            residual[i] -= alpha * product[i];
            z[i] = residual[i] / diagonal[i];
        }
        let next = dot(&residual, &z);
        let beta = next / rz;
        rz = next;
        direction.iter_mut().zip(&z).for_each(|(d, z)| *d = z + beta * *d);
    }
    x
}
