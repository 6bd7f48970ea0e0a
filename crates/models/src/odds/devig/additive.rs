//! The method [`Additive`](super::DeVig::Additive).

use crate::odds::PriceError;

pub(super) fn solve(inverse: &[f64], fair: &mut [f64]) -> Result<(), PriceError> {
    let share = (inverse.iter().sum::<f64>() - 1.0) / inverse.len() as f64;
    for (outcome, (p, q)) in fair.iter_mut().zip(inverse).enumerate() {
        *p = q - share;
        if *p <= 0.0 {
            return Err(PriceError::Exhausted { method: "Additive", outcome });
        }
    }
    Ok(())
}
