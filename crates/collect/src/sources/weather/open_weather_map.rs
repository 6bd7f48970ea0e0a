//! OpenWeatherMap: a forecast of five days in steps of three hours (`/data/2.5/forecast`). Temperatures are kelvins where no
//! unit was asked for, which no temperature in degrees Celsius can be taken for; rain and snow are absent where none is
//! expected, an object or a number.

use super::{MOST_STEPS, Step, Subject};
use crate::text::{JSON, unpack};
use crate::{Document, DocumentError, Parsed, Source};
use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

const NAME: &str = "openweathermap";
/// A temperature above this one is in kelvins.
const HOTTEST: f64 = 100.0;
const KELVIN: f64 = 273.15;

/// Reads answers of `/data/2.5/forecast`. Line 1 is the answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenWeatherMap;

impl Source for OpenWeatherMap {
    fn name(&self) -> &str {
        NAME
    }

    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        let bytes = unpack(document.bytes, JSON)?;
        let root: Value = serde_json::from_slice(&bytes).map_err(|e| DocumentError::Json(e.to_string()))?;
        if let Some(code) = code(&root).filter(|code| *code != 200) {
            let message: String = root["message"].as_str().unwrap_or("no reason").chars().take(200).collect();
            return Err(DocumentError::Provider(format!("{code}: {message}")));
        }
        let list = root["list"].as_array().filter(|list| list.len() <= MOST_STEPS);
        let list = list.ok_or_else(|| {
            DocumentError::Json(
                "it has no list of steps; only answers of /data/2.5/forecast are read".to_owned(),
            )
        })?;
        if list.is_empty() {
            return Err(DocumentError::Empty);
        }
        let steps: Option<Vec<Step>> = list.iter().map(step).collect();
        let steps = steps.ok_or_else(|| {
            DocumentError::Json("a step of list has no dt, main.temp or wind.speed".to_owned())
        })?;
        let subject = Subject::of(document.name)?;
        Ok(super::parsed(NAME, subject, &steps, Duration::hours(3), collected_at, &root["list"].to_string()))
    }
}

/// The status in an answer: a number or a text.
pub(crate) fn code(root: &Value) -> Option<u64> {
    root["cod"].as_u64().or_else(|| root["cod"].as_str()?.parse().ok())
}

fn step(row: &Value) -> Option<Step> {
    let temperature = row["main"]["temp"].as_f64()?;
    let temperature = if temperature > HOTTEST { temperature - KELVIN } else { temperature };
    // An object by hours, a number, or nothing where nothing falls.
    let fall = |value: &Value| value.as_f64().or_else(|| value["3h"].as_f64()).unwrap_or(0.0);
    Some(Step {
        at: DateTime::from_timestamp(row["dt"].as_i64()?, 0)?,
        temperature: Some(temperature),
        wind: Some(row["wind"]["speed"].as_f64()?),
        rain: Some(fall(&row["rain"]) + fall(&row["snow"])),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RejectionKind, SourceFact};

    /// Steps at 12:00, 15:00 and 18:00 on 15 August 2026.
    const ANSWER: &str = r#"{"cod": "200", "cnt": 3, "list": [
        {"dt": 1786795200, "main": {"temp": 291.15}, "wind": {"speed": 2.5}},
        {"dt": 1786806000, "main": {"temp": 290.4}, "wind": {"speed": 4.0}, "rain": {"3h": 0.6}},
        {"dt": 1786816800, "main": {"temp": 288.15}, "wind": {"speed": 6.0}, "rain": 3.0, "snow": {"3h": 0.3}}]}"#;

    fn parse(name: &str, text: &str) -> Result<Parsed, DocumentError> {
        let now = "2026-08-15T08:00:00Z".parse().unwrap();
        OpenWeatherMap.parse(&Document { name, bytes: text.as_bytes() }, now)
    }

    #[test]
    fn steps_of_three_hours_are_spread_over_the_match() {
        let parsed = parse("m/20260815T1400Z.json", ANSWER).unwrap();
        let SourceFact::Weather(found) = &parsed.facts[0].fact else { panic!("{parsed:?}") };
        // An hour of 0.6 mm in three, and an hour of 3.3 mm in three.
        assert_eq!((found.temperature, found.wind, found.rain), (17.25, 4.0, 1.3));
        let celsius = ANSWER.replace("290.4", "17.25");
        let SourceFact::Weather(same) =
            &parse("m/20260815T1400Z.json", &celsius).unwrap().facts[0].fact.clone()
        else {
            panic!()
        };
        assert!((same.temperature - 17.25).abs() < 1e-9);
        let late = parse("m/20260815T1700Z.json", ANSWER).unwrap();
        assert_eq!(late.rejections[0].kind, RejectionKind::MalformedWeather);
    }

    #[test]
    fn errors_and_other_answers_are_told() {
        for (text, name) in [
            (r#"{"cod": "404", "message": "city not found"}"#, "provider_error"),
            (r#"{"cod": 401, "message": "Invalid API key"}"#, "provider_error"),
            (r#"{"cod": "200", "list": []}"#, "empty"),
            (r#"{"cod": 200, "main": {"temp": 280.0}}"#, "malformed_json"),
            (r#"{"cod": "200", "list": [{"dt": 1, "temp": {"day": 280.0}}]}"#, "malformed_json"),
        ] {
            assert_eq!(parse("m/20260815T1400Z.json", text).unwrap_err().name(), name, "{text}");
        }
        assert_eq!(parse("forecast.json", ANSWER).unwrap_err().name(), "no_match");
    }
}
