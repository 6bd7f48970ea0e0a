//! Decimal, fractional and American odds.

use super::PriceError;
use std::fmt;
use std::str::FromStr;

/// Fractional odds: winnings for a stake.
///
/// Decimal `d` returns `d` per unit; fractional `n/m` wins `n` for a stake of `m`, so `d = 1 + n/m`; American `+a`
/// wins `a` for 100 (`d = 1 + a/100`), `-a` wins 100 for `a` (`d = 1 + 100/a`).
///
/// ```
/// use touchline_models::odds::{Fraction, american_to_decimal, decimal_to_american};
/// assert_eq!("7/4".parse::<Fraction>()?.decimal(), 2.75);
/// assert_eq!(Fraction::nearest(2.75, 100)?.to_string(), "7/4");
/// assert_eq!(american_to_decimal(-200.0)?, 1.5);
/// assert_eq!(decimal_to_american(2.75)?, 175.0);
/// # Ok::<(), touchline_models::odds::PriceError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Fraction {
    numerator: u32,
    denominator: u32,
}

impl Fraction {
    /// `numerator` won for a stake of `denominator`.
    ///
    /// # Errors
    /// A 0 in either place.
    pub fn new(numerator: u32, denominator: u32) -> Result<Self, PriceError> {
        if numerator == 0 || denominator == 0 {
            return Err(PriceError::Text(format!("{numerator}/{denominator}")));
        }
        Ok(Self { numerator, denominator })
    }

    /// What is won.
    pub fn numerator(self) -> u32 {
        self.numerator
    }

    /// For this stake.
    pub fn denominator(self) -> u32 {
        self.denominator
    }

    /// The same price in decimal.
    pub fn decimal(self) -> f64 {
        1.0 + f64::from(self.numerator) / f64::from(self.denominator)
    }

    /// The fraction with a denominator of at most `max_denominator` that is closest to decimal odds, in lowest
    /// terms (by continued fractions); the smallest winnings are 1 for `max_denominator`.
    ///
    /// # Errors
    /// Odds that are not above 1 or at least a billion, or a largest denominator of 0.
    pub fn nearest(decimal: f64, max_denominator: u32) -> Result<Self, PriceError> {
        if !(decimal > 1.0 && decimal < 1e9) || max_denominator == 0 {
            return Err(PriceError::Odds { outcome: 0, odds: decimal });
        }
        let target = decimal - 1.0;
        let max = u64::from(max_denominator);
        // Convergents p/q of the continued fraction, then the best semi-convergent that still fits.
        let (mut p0, mut q0, mut p1, mut q1) = (0_u64, 1_u64, 1_u64, 0_u64);
        let mut rest = target;
        loop {
            let whole = rest.floor() as u64;
            let q2 = q0 + whole.saturating_mul(q1);
            if q2 > max {
                break;
            }
            (p0, q0, p1, q1) = (p1, q1, p0 + whole * p1, q2);
            let part = rest - rest.floor();
            if part < 1e-12 {
                break;
            }
            rest = 1.0 / part;
        }
        let k = (max - q0).checked_div(q1).unwrap_or(0);
        let candidates = [(p1, q1), (p0 + k * p1, q0 + k * q1), (1, max)];
        let gap = |(p, q): &(u64, u64)| (*p as f64 / *q as f64 - target).abs();
        let best = candidates
            .into_iter()
            .filter(|(p, q)| *p > 0 && *q > 0 && *q <= max)
            .min_by(|a, b| gap(a).total_cmp(&gap(b)).then(a.1.cmp(&b.1)));
        let (p, q) = best.unwrap_or((1, max));
        Self::new(u32::try_from(p).unwrap_or(u32::MAX), u32::try_from(q).unwrap_or(max_denominator))
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

impl FromStr for Fraction {
    type Err = PriceError;
    /// Reads `7/4`, `evens` and `evs`.
    fn from_str(text: &str) -> Result<Self, PriceError> {
        let trimmed = text.trim();
        if ["evens", "evs", "even"].iter().any(|e| trimmed.eq_ignore_ascii_case(e)) {
            return Self::new(1, 1);
        }
        let parts =
            trimmed.split_once('/').and_then(|(n, d)| Some((n.trim().parse().ok()?, d.trim().parse().ok()?)));
        match parts {
            Some((n, d)) => Self::new(n, d),
            None => Err(PriceError::Text(text.to_owned())),
        }
    }
}

/// American odds in decimal.
///
/// # Errors
/// A number between -100 and 100, or not finite.
pub fn american_to_decimal(american: f64) -> Result<f64, PriceError> {
    if !american.is_finite() || american.abs() < 100.0 {
        return Err(PriceError::American(american));
    }
    Ok(1.0 + if american > 0.0 { american / 100.0 } else { -100.0 / american })
}

/// Decimal odds in American, +100 for evens.
///
/// # Errors
/// Odds that are not finite or not above 1.
pub fn decimal_to_american(decimal: f64) -> Result<f64, PriceError> {
    if !(decimal.is_finite() && decimal > 1.0) {
        return Err(PriceError::Odds { outcome: 0, odds: decimal });
    }
    Ok(if decimal >= 2.0 { (decimal - 1.0) * 100.0 } else { -100.0 / (decimal - 1.0) })
}

/// A price in any notation as decimal odds: decimal `2.75`, fractional `7/4` and `evens`, American `+175` and `-120`.
///
/// A bare number is decimal unless it is at least 100 with a sign.
///
/// ```
/// use touchline_models::odds::read_price;
/// for text in ["2.75", "7/4", "+175"] {
///     assert_eq!(read_price(text)?, 2.75);
/// }
/// assert!(read_price("0.9").is_err() && read_price("+20").is_err());
/// # Ok::<(), touchline_models::odds::PriceError>(())
/// ```
///
/// # Errors
/// Text that is no price, or a price that is not above 1.
pub fn read_price(text: &str) -> Result<f64, PriceError> {
    let trimmed = text.trim();
    let unreadable = || PriceError::Text(text.to_owned());
    if trimmed.starts_with(['+', '-']) {
        return american_to_decimal(trimmed.parse().map_err(|_| unreadable())?);
    }
    if let Ok(decimal) = trimmed.parse::<f64>() {
        let valid = decimal.is_finite() && decimal > 1.0;
        return if valid { Ok(decimal) } else { Err(PriceError::Odds { outcome: 0, odds: decimal }) };
    }
    trimmed.parse::<Fraction>().map(Fraction::decimal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn usual_prices_convert_both_ways() {
        for (text, decimal) in [("1/2", 1.5), ("evens", 2.0), ("13/8", 2.625), ("100/30", 1.0 + 10.0 / 3.0)] {
            assert!((text.parse::<Fraction>().unwrap().decimal() - decimal).abs() < 1e-12);
        }
        assert_eq!(Fraction::nearest(1.0 + 10.0 / 3.0, 100).unwrap().to_string(), "10/3");
        assert_eq!(Fraction::nearest(2.0, 1).unwrap().to_string(), "1/1");
        assert_eq!(Fraction::nearest(1.000_001, 100).unwrap().to_string(), "1/100");
        for text in ["", "7", "0/4", "4/0", "a/b", "-1/2", "1.5/2"] {
            assert!(text.parse::<Fraction>().is_err(), "{text}");
        }
        for bad in [0.0, 99.0, -99.9, f64::NAN, f64::INFINITY] {
            assert!(american_to_decimal(bad).is_err());
        }
        for bad in [1.0, 0.0, -3.0, f64::NAN, f64::INFINITY] {
            assert!(decimal_to_american(bad).is_err() && Fraction::nearest(bad, 10).is_err());
        }
    }

    proptest! {
        #[test]
        fn american_odds_round_trip(d in 1.001_f64..1000.0) {
            prop_assert!((american_to_decimal(decimal_to_american(d).unwrap()).unwrap() - d).abs() < 1e-9 * d);
        }

        #[test]
        fn the_nearest_fraction_is_the_nearest(d in 1.001_f64..20.0, max in 1_u32..60) {
            let found = Fraction::nearest(d, max).unwrap();
            let gap = (found.decimal() - d).abs();
            for q in 1..=max {
                let p = ((d - 1.0) * f64::from(q)).round().max(1.0);
                prop_assert!(gap <= (1.0 + p / f64::from(q) - d).abs() + 1e-9, "{found} for {d}, {p}/{q}");
            }
        }
    }
}
