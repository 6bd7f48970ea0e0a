//! The method [`DifferentialMargin`](super::DeVig::DifferentialMargin).

use crate::odds::PriceError;

pub(super) fn solve(inverse: &[f64], fair: &mut [f64]) -> Result<(), PriceError> {
    let n = inverse.len() as f64;
    let margin = inverse.iter().sum::<f64>() - 1.0;
    for (outcome, (p, q)) in fair.iter_mut().zip(inverse).enumerate() {
        let odds = 1.0 / q;
        let room = n - margin * odds;
        if room <= 0.0 {
            return Err(PriceError::Exhausted { method: "DifferentialMargin", outcome });
        }
        *p = room / (n * odds);
    }
    Ok(())
}
