//! A damped Newton method for the small smooth convex problems of calibration, rating links and staking.

/// A smooth function of a few parameters.
pub(crate) trait Objective {
    /// Its value, infinite outside its domain.
    fn value(&self, x: &[f64]) -> f64;
    /// Its value, gradient and Hessian (row-major, both triangles).
    fn derivatives(&self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> f64;
}

/// Where the method stopped.
#[derive(Debug, Clone)]
pub(crate) struct Minimum {
    pub x: Vec<f64>,
    pub value: f64,
    pub converged: bool,
}

const MAX_STEPS: usize = 200;

/// Minimises from a point inside the domain. Steps are damped by a multiple of the Hessian's diagonal
/// (Marquardt 1963) where it is not positive definite or a full step does not descend.
pub(crate) fn minimise(objective: &impl Objective, start: &[f64]) -> Minimum {
    let n = start.len();
    let mut x = start.to_vec();
    let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
    let mut damping = 0.0;
    let mut value = objective.derivatives(&x, &mut gradient, &mut hessian);
    for _ in 0..MAX_STEPS {
        let step = descent(&gradient, &hessian, &mut damping, n);
        let decrement: f64 = -step.iter().zip(&gradient).map(|(s, g)| s * g).sum::<f64>();
        if !decrement.is_finite() {
            break;
        }
        if decrement <= 1e-22 * (1.0 + value.abs()) {
            return Minimum { x, value, converged: true };
        }
        let mut scale = 1.0;
        let accepted = loop {
            let trial: Vec<f64> = x.iter().zip(&step).map(|(a, s)| a + scale * s).collect();
            let at = objective.value(&trial);
            if at <= value - 1e-4 * scale * decrement || (at - value).abs() <= 1e-14 * (1.0 + value.abs()) {
                break Some(trial);
            }
            scale *= 0.5;
            if scale < 1e-12 {
                break None;
            }
        };
        let Some(next) = accepted else { break };
        let settled = decrement <= 1e-15 * (1.0 + value.abs());
        x = next;
        value = objective.derivatives(&x, &mut gradient, &mut hessian);
        if scale >= 1.0 {
            damping *= 0.1;
        }
        if damping < 1e-12 {
            damping = 0.0;
        }
        if settled {
            break;
        }
    }
    let largest = gradient.iter().fold(0.0_f64, |m, g| m.max(g.abs()));
    Minimum { converged: largest <= 1e-6 * (1.0 + value.abs()), x, value }
}

fn descent(gradient: &[f64], hessian: &[f64], damping: &mut f64, n: usize) -> Vec<f64> {
    loop {
        let mut a = hessian.to_vec();
        for i in 0..n {
            a[i * n + i] += *damping * hessian[i * n + i].abs().max(1e-12);
        }
        let mut step: Vec<f64> = gradient.iter().map(|g| -g).collect();
        if solve_positive_definite(&mut a, &mut step, n) || *damping > 1e12 {
            return step;
        }
        *damping = if *damping == 0.0 { 1e-6 } else { *damping * 10.0 };
    }
}

/// Solves `a x = b` in place by Cholesky's factorisation; false where `a` is not positive definite.
pub(crate) fn solve_positive_definite(a: &mut [f64], b: &mut [f64], n: usize) -> bool {
    for j in 0..n {
        let mut d = a[j * n + j];
        for k in 0..j {
            d -= a[j * n + k] * a[j * n + k];
        }
        if d <= 1e-13 * a[j * n + j].abs() || !d.is_finite() {
            return false;
        }
        let root = d.sqrt();
        a[j * n + j] = root;
        for i in j + 1..n {
            let mut s = a[i * n + j];
            for k in 0..j {
                s -= a[i * n + k] * a[j * n + k];
            }
            a[i * n + j] = s / root;
        }
    }
    for i in 0..n {
        for k in 0..i {
            b[i] -= a[i * n + k] * b[k];
        }
        b[i] /= a[i * n + i];
    }
    for i in (0..n).rev() {
        for k in i + 1..n {
            b[i] -= a[k * n + i] * b[k];
        }
        b[i] /= a[i * n + i];
    }
    b.iter().all(|v| v.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Logistic;
    impl Objective for Logistic {
        fn value(&self, x: &[f64]) -> f64 {
            (1.0 + x[0].exp()).ln() - 0.3 * x[0] + (x[1] - 2.0).powi(4)
        }
        fn derivatives(&self, x: &[f64], g: &mut [f64], h: &mut [f64]) -> f64 {
            let p = 1.0 / (1.0 + (-x[0]).exp());
            g.copy_from_slice(&[p - 0.3, 4.0 * (x[1] - 2.0).powi(3)]);
            h.copy_from_slice(&[p * (1.0 - p), 0.0, 0.0, 12.0 * (x[1] - 2.0).powi(2)]);
            self.value(x)
        }
    }

    #[test]
    fn it_finds_the_minimum() {
        let m = minimise(&Logistic, &[3.0, -1.0]);
        assert!(m.converged, "{m:?}");
        assert!((m.x[0] - (0.3_f64 / 0.7).ln()).abs() < 1e-9, "{:?}", m.x);
        assert!((m.x[1] - 2.0).abs() < 1e-3);
    }

    #[test]
    fn singular_systems_are_refused() {
        assert!(!solve_positive_definite(&mut [1.0, 1.0, 1.0, 1.0], &mut [1.0, 2.0], 2));
        assert!(!solve_positive_definite(&mut [f64::NAN], &mut [1.0], 1));
    }
}
