//! Time weights: how much an old match counts.

use super::FitError;

/// Exponential forgetting (Dixon & Coles 1997, section 4.4, their function phi).
///
/// Both are the same curve, `weight = exp(-xi * age)`; the literature quotes either its rate or its
/// half-life `ln 2 / xi`. Being exponential, ageing a whole training set by some days multiplies every
/// weight by one factor ([`GoalMatches::scale_weights`](super::GoalMatches::scale_weights)), which makes a
/// walk-forward refit cheap.
///
/// ```
/// use touchline_models::goals::TimeDecay;
/// let decay = TimeDecay::half_life_days(390.0)?;
/// assert!((decay.weight(390.0) - 0.5).abs() < 1e-12);
/// assert!((decay.xi() - 0.001_777).abs() < 1e-6);
/// # Ok::<(), touchline_models::goals::FitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TimeDecay {
    xi: f64,
}

impl TimeDecay {
    /// No forgetting: every match weighs 1.
    pub const NONE: Self = Self { xi: 0.0 };

    /// Rate per day. Dixon & Coles found 0.0065 per half-week best for English scores of 1992-95
    /// (0.001857 per day).
    ///
    /// # Errors
    /// A negative or non-finite rate.
    pub fn xi_per_day(xi: f64) -> Result<Self, FitError> {
        if xi.is_finite() && xi >= 0.0 {
            Ok(Self { xi })
        } else {
            Err(FitError::Invalid { what: "xi".into(), value: xi, allowed: "finite and at least 0" })
        }
    }

    /// The age in days at which a match weighs one half.
    ///
    /// # Errors
    /// A half-life that is not positive. Infinity means no forgetting.
    pub fn half_life_days(days: f64) -> Result<Self, FitError> {
        if days > 0.0 {
            Ok(Self { xi: std::f64::consts::LN_2 / days })
        } else {
            Err(FitError::Invalid { what: "half-life".into(), value: days, allowed: "above 0 days" })
        }
    }

    /// Rate per day.
    pub fn xi(self) -> f64 {
        self.xi
    }

    /// Weight of a match of that age in days; an age below 0 (a match after the forecast's time) gives 0.
    pub fn weight(self, age_days: f64) -> f64 {
        if age_days >= 0.0 { (-self.xi * age_days).exp() } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn future_matches_and_bad_rates_carry_nothing() {
        assert!(TimeDecay::xi_per_day(f64::NAN).is_err());
        assert!(TimeDecay::half_life_days(0.0).is_err());
        let decay = TimeDecay::xi_per_day(0.0019).unwrap();
        assert!(decay.weight(-1.0).abs() < f64::EPSILON);
        assert!(decay.weight(f64::NAN).abs() < f64::EPSILON);
        assert!((TimeDecay::NONE.weight(1e6) - 1.0).abs() < f64::EPSILON);
    }
}
