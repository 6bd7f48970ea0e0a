//! Closing-line value: was the price taken better than the last one before kick-off?

use super::{DeVig, PriceError};

/// Expected profit per unit at the price taken, if the closing probability is right.
///
/// `CLV = o_taken * p_close - 1`, with `p_close` the closing price's probability without margin: the expected profit
/// per unit if the closing line is right. It shows skill with far fewer bets than profits do, because it does
/// not wait for results.
///
/// ```
/// use touchline_models::odds::closing_line_value;
/// assert!((closing_line_value(2.10, 0.50)? - 0.05).abs() < 1e-12);
/// # Ok::<(), touchline_models::odds::PriceError>(())
/// ```
///
/// # Errors
/// Odds that are not above 1, or a probability outside \[0, 1\].
pub fn closing_line_value(taken: f64, closing_probability: f64) -> Result<f64, PriceError> {
    if !(taken.is_finite() && taken > 1.0) {
        return Err(PriceError::Odds { outcome: 0, odds: taken });
    }
    if !(0.0..=1.0).contains(&closing_probability) {
        let (what, rule) = ("the closing probability", "it lies within 0 to 1");
        return Err(PriceError::Value { what, value: closing_probability, rule });
    }
    Ok(taken * closing_probability - 1.0)
}

/// Closing-line value of every outcome of a market, the closing prices freed from their margin.
///
/// # Errors
/// Slices of different length, and as [`DeVig::fair`].
pub fn closing_line_values(taken: &[f64], closing: &[f64], method: DeVig) -> Result<Vec<f64>, PriceError> {
    if taken.len() != closing.len() {
        return Err(PriceError::Lengths { left: taken.len(), right: closing.len() });
    }
    let fair = method.fair(closing)?;
    taken.iter().zip(&fair.probabilities).map(|(o, p)| closing_line_value(*o, *p)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_that_shortened_has_value() {
        let values = closing_line_values(&[2.2, 3.4, 3.6], &[2.0, 3.6, 4.2], DeVig::Multiplicative).unwrap();
        assert!(values[0] > 0.0 && values[2] < 0.0);
        assert!(closing_line_values(&[2.0], &[2.0, 2.0], DeVig::Power).is_err());
        assert!(closing_line_value(1.0, 0.5).is_err() && closing_line_value(2.0, f64::NAN).is_err());
    }
}
