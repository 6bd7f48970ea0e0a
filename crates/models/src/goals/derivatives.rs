//! Test support: a family's derivatives against differences of its values.

use super::{Local, Rates, ScoreFamily};

/// Checks gradient against central differences of the value and Hessian against those of the gradient.
pub(super) fn assert_derivatives<F: ScoreFamily>(
    family: &F,
    score: [u8; 2],
    log_rates: [f64; 2],
    shapes: &[f64],
) {
    let step = 1e-5;
    let at = |variable: usize, delta: f64| {
        let (mut eta, mut theta) = (log_rates, shapes.to_vec());
        if variable < 2 {
            eta[variable] += delta;
        } else {
            theta[variable - 2] += delta;
        }
        let mut local = Local::default();
        let tables = family.tables(&theta, usize::from(score[0].max(score[1])));
        let value = family.log_probability(&tables, score, &Rates::from_log(eta), &mut local);
        (value, local)
    };
    let (_, here) = at(0, 0.0);
    for i in 0..2 + shapes.len() {
        let ((up, up_local), (down, down_local)) = (at(i, step), at(i, -step));
        let slope = (up - down) / (2.0 * step);
        let found = here.gradient[i];
        assert!(
            (slope - found).abs() < 1e-6 * (1.0 + slope.abs()),
            "{score:?} gradient {i}: {found} for {slope}"
        );
        for j in 0..2 + shapes.len() {
            let bend = (up_local.gradient[j] - down_local.gradient[j]) / (2.0 * step);
            let found = here.hessian[i.max(j)][i.min(j)];
            assert!(
                (bend - found).abs() < 2e-5 * (1.0 + bend.abs()),
                "{score:?} hessian {i} {j}: {found} for {bend}"
            );
        }
    }
}
