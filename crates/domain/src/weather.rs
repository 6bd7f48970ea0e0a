//! The weather at the ground of a match, and where grounds are.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use std::sync::Arc;

/// Whether weather was expected or measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeatherKind {
    /// A forecast for a time to come.
    Forecast,
    /// What is known of a time that is over.
    Measured,
}

impl WeatherKind {
    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Forecast => "forecast",
            Self::Measured => "measured",
        }
    }
}

impl FromStr for WeatherKind {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = [Self::Forecast, Self::Measured].into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| format!("{name:?} is not a kind of weather"))
    }
}

/// The weather at the ground of a match, as a source knew it at one time. Numbers have two decimals.
#[derive(Debug, Clone, PartialEq)]
pub struct Weather {
    /// The source.
    pub source: Arc<str>,
    /// Expected or measured.
    pub kind: WeatherKind,
    /// The time that it is for: the kick-off, as it was known when the source was asked.
    pub at: DateTime<Utc>,
    /// Temperature of the air in degrees Celsius.
    pub temperature: f64,
    /// Wind in metres per second, ten metres above the ground.
    pub wind: f64,
    /// Rain and melted snow in millimetres, within the two hours from [`Weather::at`].
    pub rain: f64,
    /// Since when it is known.
    pub known_at: DateTime<Utc>,
}

impl Weather {
    /// What is wrong with its numbers, where something is.
    ///
    /// # Errors
    /// A number that no weather has, in words.
    pub fn check(&self) -> Result<(), String> {
        let within = |what: &str, number: f64, least: f64, most: f64| {
            let fits = (least..=most).contains(&number);
            fits.then_some(()).ok_or_else(|| format!("{what} is {number}, not within {least} to {most}"))
        };
        within("the temperature (degrees Celsius)", self.temperature, -90.0, 60.0)?;
        within("the wind (m/s)", self.wind, 0.0, 120.0)?;
        within("the rain (mm in two hours)", self.rain, 0.0, 500.0)
    }

    /// Whether another one says the same of the same time, whenever it was known.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let numbers = |w: &Self| [w.temperature, w.wind, w.rain].map(f64::to_bits);
        (self.kind, self.at.timestamp(), numbers(self)) == (other.kind, other.at.timestamp(), numbers(other))
    }
}

/// A number as weather is kept: with two decimals, and zero without a sign.
pub fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0 + 0.0
}

/// Where a team plays at home. It is kept by the names that it was given with, so that it follows merges and new names.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ground {
    /// The country of the team.
    pub country: String,
    /// The team, by a name that is of one team of the country only.
    pub team: String,
    /// The name of the ground.
    pub name: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// The first day on which it is the team's ground.
    pub since: NaiveDate,
}

impl Ground {
    /// The first day of a ground of which nobody says since when.
    pub const ALWAYS: NaiveDate = NaiveDate::from_ymd_opt(1850, 1, 1).expect("a date");

    /// What is wrong with it, where something is.
    ///
    /// # Errors
    /// Coordinates or a day that cannot be, in words.
    pub fn check(&self) -> Result<(), String> {
        if !(-90.0..=90.0).contains(&self.latitude) || !(-180.0..=180.0).contains(&self.longitude) {
            return Err(format!(
                "{}, {} are not coordinates; write degrees north (-90 to 90) and degrees east (-180 to 180)",
                self.latitude, self.longitude
            ));
        }
        if self.latitude == 0.0 && self.longitude == 0.0 {
            return Err(
                "0, 0 lies in the Atlantic; leave a ground out whose coordinates are not known".to_owned()
            );
        }
        if self.since < Self::ALWAYS || self.since.format("%Y").to_string().len() != 4 {
            return Err(format!("{} is not a day on which a ground came into use", self.since));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_back() {
        for kind in [WeatherKind::Forecast, WeatherKind::Measured] {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        assert!("fair".parse::<WeatherKind>().is_err());
    }

    #[test]
    fn numbers_that_no_weather_has_are_named() {
        let at = DateTime::UNIX_EPOCH;
        let fair = Weather {
            source: "s".into(),
            kind: WeatherKind::Forecast,
            at,
            temperature: 11.5,
            wind: 3.0,
            rain: 0.0,
            known_at: at,
        };
        assert_eq!(fair.check(), Ok(()));
        assert!(fair.says_the_same(&Weather { known_at: at + chrono::Duration::hours(1), ..fair.clone() }));
        assert!(!fair.says_the_same(&Weather { rain: 0.1, ..fair.clone() }));
        assert!(Weather { temperature: 284.6, ..fair.clone() }.check().unwrap_err().contains("284.6"));
        assert!(Weather { wind: -1.0, ..fair.clone() }.check().is_err());
        assert!(Weather { rain: f64::NAN, ..fair }.check().is_err());
        assert_eq!(hundredths(-0.001).to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn coordinates_that_cannot_be_are_refused() {
        let ground = Ground {
            country: "England".to_owned(),
            team: "Alpha".to_owned(),
            name: "Alpha Park".to_owned(),
            latitude: 51.5,
            longitude: -0.1,
            since: Ground::ALWAYS,
        };
        assert_eq!(ground.check(), Ok(()));
        assert!(Ground { latitude: 90.1, ..ground.clone() }.check().is_err());
        assert!(Ground { longitude: f64::NAN, ..ground.clone() }.check().is_err());
        assert!(Ground { latitude: 0.0, longitude: 0.0, ..ground }.check().is_err());
    }
}
