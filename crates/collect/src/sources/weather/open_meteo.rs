//! Open-Meteo: hours of a forecast or of the past at a place, as parallel lists with their units beside them. The place that
//! is answered for is the middle of a cell of its grid, a few kilometres off the one that was asked for.

use super::{MOST_STEPS, Step, Subject};
use crate::text::{JSON, unpack};
use crate::{Document, DocumentError, Parsed, Source};
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use serde_json::Value;

const NAME: &str = "open-meteo";

/// Names of the wind, the second one until 2023.
const WIND: [&str; 2] = ["wind_speed_10m", "windspeed_10m"];

/// Reads answers of `/v1/forecast` and `/v1/archive` that hold hours. Line 1 is the answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenMeteo;

impl Source for OpenMeteo {
    fn name(&self) -> &str {
        NAME
    }

    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        let bytes = unpack(document.bytes, JSON)?;
        let root: Value = serde_json::from_slice(&bytes).map_err(|e| DocumentError::Json(e.to_string()))?;
        if root["error"] == true {
            let reason: String = root["reason"].as_str().unwrap_or("no reason").chars().take(200).collect();
            return Err(DocumentError::Provider(reason));
        }
        let subject = Subject::of(document.name)?;
        let steps = steps(&root).map_err(DocumentError::Json)?;
        let data = root["hourly"].to_string();
        Ok(super::parsed(NAME, subject, &steps, Duration::hours(1), collected_at, &data))
    }
}

/// The name of a unit, and how to convert from it.
type Unit = (&'static str, fn(f64) -> f64);

fn steps(root: &Value) -> Result<Vec<Step>, String> {
    let (hourly, units) = (&root["hourly"], &root["hourly_units"]);
    let list = |name: &str| {
        let list = hourly[name].as_array().filter(|list| list.len() <= MOST_STEPS);
        list.ok_or_else(|| {
            format!("hourly.{name} is missing; the answer has no hours with temperature, wind and rain")
        })
    };
    let unit = |name: &str, known: &[Unit]| {
        let unit = units[name].as_str().unwrap_or("no unit");
        let found = known.iter().find(|(name, _)| *name == unit).map(|(_, convert)| *convert);
        found.ok_or_else(|| format!("hourly_units.{name} is {unit:?}, which is not known"))
    };
    let times = list("time")?;
    let offset =
        Duration::seconds(root["utc_offset_seconds"].as_i64().filter(|s| s.abs() <= 86_400).unwrap_or(0));
    let (temperatures, of_temperature) =
        (list("temperature_2m")?, unit("temperature_2m", &[("°C", |t| t), ("°F", |t| (t - 32.0) / 1.8)])?);
    let wind = WIND.into_iter().find(|name| hourly[*name].is_array()).unwrap_or(WIND[0]);
    let speeds: [Unit; 4] = [
        ("m/s", |v| v),
        ("km/h", |v| v / 3.6),
        ("mp/h", |v| v * 0.447_04),
        // A knot is a sea mile of 1,852 m an hour.
        ("kn", |v| v * 1_852.0 / 3_600.0),
    ];
    let (winds, of_wind) = (list(wind)?, unit(wind, &speeds)?);
    let (rains, of_rain) =
        (list("precipitation")?, unit("precipitation", &[("mm", |r| r), ("inch", |r| r * 25.4)])?);
    if [temperatures, winds, rains].iter().any(|list| list.len() != times.len()) {
        return Err("the lists of hourly are not equally long".to_owned());
    }
    let mut steps = Vec::with_capacity(times.len());
    for (i, time) in times.iter().enumerate() {
        let time = time.as_str().and_then(|t| NaiveDateTime::parse_from_str(t, "%Y-%m-%dT%H:%M").ok());
        let time = time.ok_or_else(|| format!("hourly.time {} is not like 2026-08-15T14:00", times[i]))?;
        let at = time.and_utc().checked_sub_signed(offset).ok_or("hourly.time is out of range")?;
        steps.push(Step {
            at,
            temperature: temperatures[i].as_f64().map(of_temperature),
            wind: winds[i].as_f64().map(of_wind),
            rain: rains[i].as_f64().map(of_rain),
        });
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RejectionKind, SourceFact};
    use touchline_domain::{Weather, WeatherKind};

    pub(super) const ANSWER: &str = r#"{"latitude": 50.1, "longitude": 8.1, "utc_offset_seconds": 7200, "hourly_units":
        {"time": "iso8601", "temperature_2m": "°C", "wind_speed_10m": "km/h", "precipitation": "mm"}, "hourly":
        {"time": ["2026-08-15T15:00", "2026-08-15T16:00", "2026-08-15T17:00", "2026-08-15T18:00"],
        "temperature_2m": [24.0, 23.5, null, 21.0], "wind_speed_10m": [10.8, 18.0, 7.2, 3.6],
        "precipitation": [0.0, 0.4, 1.2, 0.3]}}"#;

    fn parse(name: &str, text: &str, now: &str) -> Result<Parsed, DocumentError> {
        OpenMeteo.parse(&Document { name, bytes: text.as_bytes() }, now.parse().unwrap())
    }

    fn weather(parsed: &Parsed) -> &Weather {
        match &parsed.facts[0].fact {
            SourceFact::Weather(weather) => weather,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_hour_is_found_across_zones_and_units() {
        let parsed = parse("match-7/20260815T1400Z.json", ANSWER, "2026-08-15T08:00:00Z").unwrap();
        let found = weather(&parsed);
        // 14:00 UTC is 16:00 there.
        assert_eq!((found.temperature, found.wind, found.rain), (23.5, 5.0, 1.5));
        assert_eq!((found.kind, parsed.facts[0].external_id.as_str()), (WeatherKind::Forecast, "match-7"));
        assert_eq!(found.known_at.to_rfc3339(), "2026-08-15T08:00:00+00:00");
        let later = parse("match-7/20260815T1400Z.json", ANSWER, "2026-08-15T16:00:00Z").unwrap();
        assert_eq!(weather(&later).kind, WeatherKind::Measured);
    }

    #[test]
    fn what_does_not_reach_the_match_is_left_out_and_other_answers_are_refused() {
        let parsed = parse("m/20260815T1500Z.json", ANSWER, "2026-08-15T08:00:00Z").unwrap();
        assert_eq!((parsed.facts.len(), parsed.rejections[0].kind), (0, RejectionKind::MalformedWeather));
        for (text, told) in [
            (ANSWER.replace("km/h", "furlongs"), "furlongs"),
            (ANSWER.replace("precipitation\": [", "showers\": ["), "precipitation"),
            (ANSWER.replace("\"2026-08-15T18:00\"", "\"six\""), "six"),
            (ANSWER.replace(", 21.0]", "]"), "equally long"),
        ] {
            let error = parse("m/20260815T1400Z.json", &text, "2026-08-15T08:00:00Z").unwrap_err();
            assert!(matches!(&error, DocumentError::Json(message) if message.contains(told)), "{error}");
        }
        let error = r#"{"error": true, "reason": "Latitude must be in range"}"#;
        let error = parse("m/20260815T1400Z.json", error, "2026-08-15T08:00:00Z").unwrap_err();
        assert_eq!(error.name(), "provider_error");
    }

    #[test]
    fn former_names_are_known() {
        let text = ANSWER.replace("wind_speed_10m", "windspeed_10m");
        let wind = weather(&parse("m/20260815T1400Z.json", &text, "2026-08-15T08:00:00Z").unwrap()).wind;
        assert!((wind - 5.0).abs() < 1e-9, "{wind}");
    }
}
