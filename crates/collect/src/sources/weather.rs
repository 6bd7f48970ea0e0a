//! Weather at the ground of a match: what the readers of weather share. An answer is about a place and says of no match;
//! its document's name does: `match-123/20260815T1400Z.json` is the weather for the match that was asked for as `match-123`,
//! at its kick-off (UTC).

pub mod open_meteo;
pub mod open_weather_map;

use crate::document::Hints;
use crate::{DocumentError, Layout, Parsed, Rejection, RejectionKind, SourceFact, SourceFacts};
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use touchline_domain::{Weather, WeatherKind, hundredths};

/// How kick-offs are written in names of documents.
const KICKOFF: &str = "%Y%m%dT%H%MZ";
/// So long from kick-off rain counts.
const MATCH: Duration = Duration::hours(2);
/// The most steps that are read of an answer: sixteen days by hours are 384.
const MOST_STEPS: usize = 5_000;

/// The match and the kick-off that weather is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// What the match is called where weather is asked for.
    pub match_id: String,
    /// Its kick-off.
    pub kickoff: DateTime<Utc>,
}

impl Subject {
    /// The name of the document of it.
    pub fn document(&self) -> String {
        format!("{}/{}.json", self.match_id, self.kickoff.format(KICKOFF))
    }

    /// The subject of a document by its name.
    ///
    /// # Errors
    /// The name is none of these.
    pub fn of(name: &str) -> Result<Self, DocumentError> {
        let name = Hints::of(name).name;
        let found = || {
            let mut parts = name.rsplit('/');
            let time = parts.next()?.strip_suffix(".json")?;
            let kickoff = NaiveDateTime::parse_from_str(time, KICKOFF).ok()?.and_utc();
            let match_id = parts.next().filter(|id| !id.is_empty() && id.len() <= 64)?.to_owned();
            Some(Self { match_id, kickoff })
        };
        found().ok_or_else(|| DocumentError::NoMatch(name.to_owned()))
    }
}

/// One step of a forecast, or of what was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    at: DateTime<Utc>,
    /// Degrees Celsius.
    temperature: Option<f64>,
    /// Metres per second.
    wind: Option<f64>,
    /// Millimetres since the step before.
    rain: Option<f64>,
}

/// What the steps say of a kick-off: temperature and wind of the nearest step, and the rain of the two hours from it, each
/// step's evenly spread over the time since the one before. None with the reason where they do not reach that far.
fn at_kickoff(steps: &[Step], length: Duration, kickoff: DateTime<Utc>) -> Result<[f64; 3], String> {
    let distance = |step: &&Step| (step.at - kickoff).abs();
    let near = |value: fn(&Step) -> Option<f64>, what: &str| {
        let with = steps.iter().filter(|step| value(step).is_some());
        let nearest = with.min_by_key(distance).filter(|step| distance(step) * 3 <= length * 2);
        nearest.and_then(value).ok_or_else(|| format!("it has no {what} near {kickoff}"))
    };
    let (temperature, wind) = (near(|s| s.temperature, "temperature")?, near(|s| s.wind, "wind")?);
    let (mut rain, mut covered) = (0.0, Duration::zero());
    for step in steps {
        let common = step.at.min(kickoff + MATCH) - (step.at - length).max(kickoff);
        if let Some(millimetres) = step.rain.filter(|_| common > Duration::zero()) {
            rain += millimetres * common.num_seconds() as f64 / length.num_seconds() as f64;
            covered += common;
        }
    }
    if covered < MATCH {
        return Err(format!("it has no rain for the two hours from {kickoff}"));
    }
    Ok([temperature, wind, rain].map(hundredths))
}

/// The document of an answer of these steps, `length` apart.
fn parsed(
    source: &str,
    subject: Subject,
    steps: &[Step],
    length: Duration,
    collected_at: DateTime<Utc>,
    data: &str,
) -> Parsed {
    let kickoff = subject.kickoff;
    let is_over = kickoff + MATCH <= collected_at;
    let kind = if is_over { WeatherKind::Measured } else { WeatherKind::Forecast };
    let weather = at_kickoff(steps, length, kickoff).and_then(|[temperature, wind, rain]| {
        let (source, known_at) = (source.into(), collected_at);
        let weather = Weather { source, kind, at: kickoff, temperature, wind, rain, known_at };
        weather.check().map(|()| weather)
    });
    let layout = Layout { dates: "UTC".to_owned(), ..Layout::default() };
    let mut parsed = Parsed { rows: 1, layout, ..Parsed::default() };
    match weather {
        Ok(weather) => parsed.facts.push(SourceFacts {
            line: 1,
            external_id: subject.match_id,
            team: None,
            fact: SourceFact::Weather(weather),
        }),
        Err(message) => {
            parsed.rejections.push(Rejection::new(1, RejectionKind::MalformedWeather, message, data));
        }
    }
    parsed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn step(time: &str, [temperature, wind, rain]: [f64; 3]) -> Step {
        let (temperature, wind, rain) = (Some(temperature), Some(wind), Some(rain));
        Step { at: at(time), temperature, wind, rain }
    }

    #[test]
    fn a_name_says_of_which_match_and_kick_off() {
        let subject = Subject { match_id: "match-7".to_owned(), kickoff: at("2026-08-15T14:00:00Z") };
        assert_eq!(subject.document(), "match-7/20260815T1400Z.json");
        assert_eq!(Subject::of("x/match-7/20260815T1400Z.json"), Ok(subject));
        for name in
            ["20260815T1400Z.json", "/20260815T1400Z.json", "match-7/2026.json", "match-7/20260815T1400Z"]
        {
            assert!(matches!(Subject::of(name), Err(DocumentError::NoMatch(_))), "{name}");
        }
    }

    #[test]
    fn rain_is_that_of_two_hours_from_kick_off() {
        let steps = [
            step("2026-08-15T14:00:00Z", [20.0, 3.0, 9.0]),
            step("2026-08-15T15:00:00Z", [21.0, 4.0, 1.0]),
            step("2026-08-15T16:00:00Z", [22.0, 5.0, 0.5]),
            step("2026-08-15T17:00:00Z", [23.0, 6.0, 2.0]),
        ];
        let of = |kickoff: &str| at_kickoff(&steps, Duration::hours(1), at(kickoff));
        assert_eq!(of("2026-08-15T14:00:00Z"), Ok([20.0, 3.0, 1.5]));
        assert_eq!(of("2026-08-15T14:45:00Z"), Ok([21.0, 4.0, 2.25]), "a quarter, the whole, three quarters");
        assert!(of("2026-08-15T15:30:00Z").unwrap_err().contains("no rain"));
        assert!(of("2026-08-16T15:30:00Z").unwrap_err().contains("no temperature"));
    }
}
