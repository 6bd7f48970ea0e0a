//! How sure an edge is, given how far forecasts err.

use super::{StakingError, check_bet, require};
use crate::metrics::special::normal_below;

/// Probability that a bet has an edge at all, where the log-odds of the forecast err by a normal error of standard deviation
/// `log_odds_error`.
///
/// A bet at odds `o` pays where the true probability exceeds `1/o`. With the forecast `p` as the centre of what is believed
/// of its log-odds, that has probability `Phi((logit p - logit 1/o) / error)`: a half at no edge, and little more for a
/// small edge on a forecast that errs much.
///
/// ```
/// use touchline_models::staking::edge_confidence;
/// assert!((edge_confidence(0.5, 2.0, 0.2)? - 0.5).abs() < 1e-9);
/// assert!(edge_confidence(0.55, 2.0, 0.2)? > 0.8 && edge_confidence(0.55, 2.0, 2.0)? < 0.6);
/// # Ok::<(), touchline_models::staking::StakingError>(())
/// ```
///
/// # Errors
/// A probability outside \[0, 1\], odds that are not above 1, or an error that is not finite and above 0.
pub fn edge_confidence(probability: f64, odds: f64, log_odds_error: f64) -> Result<f64, StakingError> {
    check_bet(probability, odds)?;
    require("the error of the log-odds", log_odds_error, log_odds_error > 0.0, "it is finite and above 0")?;
    // logit(1/o) = -ln(o - 1).
    let distance = (probability / (1.0 - probability)).ln() + (odds - 1.0).ln();
    Ok(normal_below(distance / log_odds_error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_edge_is_surer_and_hostile_numbers_are_errors() {
        let at = |p| edge_confidence(p, 3.0, 0.1).unwrap();
        assert!(at(0.30) < 0.5 && at(0.35) > 0.5 && at(0.40) > at(0.35));
        assert!(at(1.0) >= 1.0 && at(0.0) <= 0.0);
        assert!(edge_confidence(0.5, 2.0, 0.0).is_err() && edge_confidence(f64::NAN, 2.0, 0.1).is_err());
        assert!(edge_confidence(0.5, 1.0, 0.1).is_err());
    }
}
