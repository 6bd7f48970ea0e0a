//! Limits from the data's own past.
//!
//! A [`Past`] is what a statistic has been over the windows of history: how many there were, and the highest of them in
//! full. From it follow the limits (its 99th and 99.9th percentile), how rare a new value is, and with that the false-alarm
//! rate that a limit has on data that stay as they were.

use crate::detect::{Drift, benjamini_hochberg, drift, psi};
use crate::severity;
use serde::{Deserialize, Serialize};
use touchline_domain::Severity;

/// The highest values that a [`Past`] keeps.
const KEPT: usize = 256;
/// Windows below which a past says nothing.
pub const ENOUGH_WINDOWS: usize = 100;
/// Values below which a window says nothing.
pub const ENOUGH_VALUES: usize = 20;

/// What a statistic has been.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Past {
    /// Windows of history.
    pub windows: usize,
    /// The highest values, highest first.
    pub highest: Vec<f64>,
}

impl Past {
    /// Of these values; those that are no numbers are left out.
    pub fn of(values: &[f64]) -> Self {
        let mut highest: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
        let windows = highest.len();
        highest.sort_unstable_by(|a, b| b.total_cmp(a));
        highest.truncate(KEPT);
        Self { windows, highest }
    }

    /// Adds a value.
    pub fn add(&mut self, value: f64) {
        if value.is_finite() {
            self.windows += 1;
            let place = self.highest.partition_point(|held| *held > value);
            self.highest.insert(place, value);
            self.highest.truncate(KEPT);
        }
    }

    /// Whether it is long enough to judge by.
    pub fn is_enough(&self) -> bool {
        self.windows >= ENOUGH_WINDOWS
    }

    /// The share of windows that reached a value, the new one among them: an empirical p-value, never 0. Values below the
    /// kept ones have the share of all kept ones, which is too low for no decision: it is above every limit that is used.
    pub fn rarity(&self, value: f64) -> f64 {
        let reached = self.highest.partition_point(|held| *held >= value);
        (reached + 1) as f64 / (self.windows + 1) as f64
    }

    /// The value that at most this share of the windows exceeded.
    pub fn limit(&self, share: f64) -> Option<f64> {
        self.highest.get((share * self.windows as f64).floor() as usize).copied()
    }
}

/// The statistic of a column: how far a window lies from the time before it.
///
/// The scaled distance of Kolmogorov and Smirnov does not depend on the sizes of the samples, and sees any change of the
/// distribution; the distance itself is the size of the effect.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnDrift {
    /// The column.
    pub column: String,
    /// Values in the window.
    pub values: usize,
    /// Scaled distance.
    pub statistic: f64,
    /// Distance of the distributions in 0 to 1: the size of the effect.
    pub effect: f64,
    /// The drift score of the profile `original`.
    pub score: f64,
    /// The p-value of the distance, were all values independent.
    pub p: f64,
    /// Population stability index over ten bins.
    pub psi: f64,
    /// The share of the column's past that reached the statistic; none without a past.
    pub rarity: Option<f64>,
    /// What follows by the profile.
    pub severity: Severity,
}

/// Which limits are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Those of the Python original.
    Original,
    /// Those of the data's own past.
    #[default]
    Default,
}

impl Profile {
    /// The name in commands and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Default => "default",
        }
    }
}

impl std::str::FromStr for Profile {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = [Self::Original, Self::Default].into_iter().find(|profile| profile.name() == name);
        found.ok_or_else(|| format!("{name:?} is not a profile; write default or original"))
    }
}

/// The size that a shift of a whole distribution must have to be worth a word, whatever its rarity.
pub const EFFECT: f64 = 0.1;

/// The statistic of one column, without a severity; none where one of the samples is too small.
pub fn column_drift(column: &str, before: &[f64], now: &[f64]) -> Option<ColumnDrift> {
    let count = |values: &[f64]| values.iter().filter(|x| !x.is_nan()).count();
    if count(before) < ENOUGH_VALUES || count(now) < ENOUGH_VALUES {
        return None;
    }
    let Drift { score, ks, .. } = drift(before, now)?;
    Some(ColumnDrift {
        column: column.to_owned(),
        values: count(now),
        statistic: ks.scaled,
        effect: ks.distance,
        score,
        p: ks.p,
        psi: psi(before, now, 10)?,
        rarity: None,
        severity: Severity::Low,
    })
}

/// Gives the columns of a table their severities, `pasts` in the same order.
///
/// The profile `original` has its ladder of drift scores. By the other one a column counts where it is rarer than 1 in 100 of
/// its own past, after the correction of Benjamini and Hochberg over the columns, and where the shift has a size.
pub fn judge(columns: &mut [ColumnDrift], pasts: &[Option<&Past>], profile: Profile) {
    let rarities: Vec<f64> = columns
        .iter()
        .zip(pasts)
        .map(|(column, past)| {
            past.filter(|past| past.is_enough()).map_or(f64::NAN, |past| past.rarity(column.statistic))
        })
        .collect();
    let (medium, high) = (benjamini_hochberg(&rarities, 0.01), benjamini_hochberg(&rarities, 0.001));
    for (i, column) in columns.iter_mut().enumerate() {
        column.rarity = Some(rarities[i]).filter(|rarity| !rarity.is_nan());
        column.severity = match profile {
            Profile::Original => severity::of_drift(column.score),
            Profile::Default if column.effect < EFFECT => Severity::Low,
            Profile::Default if high[i] => severity::of_rarity(0.001),
            Profile::Default if medium[i] => severity::of_rarity(0.01),
            Profile::Default => Severity::Low,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn column(statistic: f64, score: f64) -> ColumnDrift {
        let (column, severity) = ("home_odds".to_owned(), Severity::Low);
        ColumnDrift {
            column,
            values: 90,
            statistic,
            effect: 0.3,
            score,
            p: 0.1,
            psi: 0.1,
            rarity: None,
            severity,
        }
    }

    #[test]
    fn what_the_past_has_often_seen_is_no_alarm() {
        let past = Past::of(&(0..1000).map(f64::from).collect::<Vec<_>>());
        assert_eq!(past.limit(0.01), Some(989.0));
        assert_eq!(past.limit(0.001), Some(998.0));
        let judged = |statistic, profile| {
            let mut columns = [column(statistic, 0.6)];
            judge(&mut columns, &[Some(&past)], profile);
            columns[0].severity
        };
        assert_eq!(judged(900.0, Profile::Default), Severity::Low);
        assert_eq!(judged(995.5, Profile::Default), Severity::Medium);
        assert_eq!(judged(1000.5, Profile::Default), Severity::High);
        assert_eq!(judged(900.0, Profile::Original), Severity::Critical);
    }

    #[test]
    fn many_columns_have_to_be_rarer_each() {
        let past = Past::of(&(0..1000).map(f64::from).collect::<Vec<_>>());
        let mut columns = vec![column(995.5, 0.0)];
        columns.extend((0..4).map(|_| column(3.0, 0.0)));
        judge(&mut columns, &[Some(&past); 5], Profile::Default);
        assert_eq!(columns[0].severity, Severity::Low);
    }

    #[test]
    fn a_short_past_judges_nothing() {
        let past = Past::of(&[1.0; 99]);
        let mut columns = [column(50.0, 0.0)];
        judge(&mut columns, &[Some(&past)], Profile::Default);
        assert_eq!((columns[0].rarity, columns[0].severity), (None, Severity::Low));
    }

    proptest! {
        #[test]
        fn a_past_that_grows_is_that_of_all_its_values(values in prop::collection::vec(-5.0..5.0_f64, 0..400)) {
            let mut grown = Past::default();
            for value in &values {
                grown.add(*value);
            }
            prop_assert_eq!(grown, Past::of(&values));
        }
    }
}
