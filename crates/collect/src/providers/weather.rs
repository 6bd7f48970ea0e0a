//! Weather at the grounds of matches: Open-Meteo, without key, and OpenWeatherMap, with the key of `OPENWEATHERMAP_API_KEY`.
//! A call is about one match, whose place and kick-off stand in the wish.

use super::{Call, MatchPlace, Provider, Wish, WishError, check_kinds, hours};
use crate::Source;
use crate::http::budget::{Allowance, Period};
use crate::http::limit::Rate;
use crate::http::{Etiquette, Expects, Failure, FailureKind, Head, KeyPlace, QuotaReading};
use crate::sources::weather::open_meteo::OpenMeteo;
use crate::sources::weather::open_weather_map::{self, OpenWeatherMap};
use chrono::{Days, Duration};
use serde_json::Value;
use touchline_domain::CollectionKind;

const FORECAST: &str = "https://api.open-meteo.com/v1/forecast";
const ARCHIVE: &str = "https://archive-api.open-meteo.com/v1/archive";
const HOURLY: &str = "hourly=temperature_2m,wind_speed_10m,precipitation&wind_speed_unit=ms&timezone=UTC";
/// The archive follows some days behind; the forecast keeps what was for three months.
const ARCHIVED: i64 = 7;
/// Days to come of which Open-Meteo has a forecast.
const OPEN_METEO_DAYS: i64 = 15;
const OWM: &str = "https://api.openweathermap.org/data/2.5/forecast";
const OWM_DAYS: i64 = 4;

const NO_PLACES: &str = "no match within these days has a ground of which the place is known; give grounds with \
     `touchline grounds import FILE`, or other days with --from and --to";

/// Open-Meteo. It asks for at most 10,000 requests a day without a key.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenMeteoRest;

impl Provider for OpenMeteoRest {
    fn name(&self) -> &'static str {
        "open-meteo"
    }

    fn reader(&self) -> &'static dyn Source {
        &OpenMeteo
    }

    fn kinds(&self) -> &'static [CollectionKind] {
        &[CollectionKind::Weather]
    }

    fn etiquette(&self) -> Etiquette {
        Etiquette {
            rate: Rate::per_second(5.0, 5).and_per_minute(300),
            hosts: &[],
            headers: &[],
            robots: false,
            expects: Expects::Json,
            key: None,
            quota: |_| QuotaReading::default(),
            judge: judge_open_meteo,
        }
    }

    fn allowance(&self) -> Option<Allowance> {
        Some(Allowance { credits: 10_000, period: Period::Day })
    }

    fn wants_places(&self) -> bool {
        true
    }

    fn plan(&self, wish: &Wish) -> Result<Vec<Call>, WishError> {
        check_kinds(self, wish)?;
        let call = |place: &MatchPlace| {
            let first = place.kickoff.date_naive();
            // Rain is that of two hours, which may be of the next day.
            let last = (place.kickoff + Duration::hours(3)).date_naive();
            let age = (wish.today - first).num_days();
            let host = if age > ARCHIVED { ARCHIVE } else { FORECAST };
            let MatchPlace { latitude, longitude, .. } = place;
            let url = format!(
                "{host}?latitude={latitude:.4}&longitude={longitude:.4}&{HOURLY}&start_date={first}&end_date={last}"
            );
            call(place, url, age)
        };
        within(wish, OPEN_METEO_DAYS).map(|places| places.map(call).collect())
    }
}

/// OpenWeatherMap's forecast of five days.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenWeatherMapRest;

impl Provider for OpenWeatherMapRest {
    fn name(&self) -> &'static str {
        "openweathermap"
    }

    fn reader(&self) -> &'static dyn Source {
        &OpenWeatherMap
    }

    fn kinds(&self) -> &'static [CollectionKind] {
        &[CollectionKind::Weather]
    }

    fn etiquette(&self) -> Etiquette {
        Etiquette {
            rate: Rate::per_second(1.0, 5).and_per_minute(60),
            hosts: &[],
            headers: &[],
            robots: false,
            expects: Expects::Json,
            key: Some(KeyPlace::Query("appid")),
            quota: |_| QuotaReading::default(),
            judge: judge_owm,
        }
    }

    fn key(&self) -> Option<&'static str> {
        Some("OPENWEATHERMAP_API_KEY")
    }

    fn allowance(&self) -> Option<Allowance> {
        Some(Allowance { credits: 1_000, period: Period::Day })
    }

    fn wants_places(&self) -> bool {
        true
    }

    fn plan(&self, wish: &Wish) -> Result<Vec<Call>, WishError> {
        check_kinds(self, wish)?;
        let to_come = Wish {
            places: wish.places.iter().filter(|p| p.kickoff.date_naive() >= wish.today).cloned().collect(),
            ..wish.clone()
        };
        let call = |place: &MatchPlace| {
            let MatchPlace { latitude, longitude, .. } = place;
            call(place, format!("{OWM}?lat={latitude:.4}&lon={longitude:.4}&units=metric"), 0)
        };
        within(&to_come, OWM_DAYS).map(|places| places.map(call).collect())
    }
}

/// The places of matches that a forecast of so many days reaches.
fn within(wish: &Wish, days: i64) -> Result<impl Iterator<Item = &MatchPlace>, WishError> {
    let last = wish.today + Days::new(days.unsigned_abs());
    let reached = move |place: &&MatchPlace| place.kickoff.date_naive() <= last;
    if !wish.places.iter().any(|place| reached(&place)) {
        return Err(WishError::Missing(NO_PLACES));
    }
    Ok(wish.places.iter().filter(reached))
}

/// A forecast is asked for again after an hour, what is over hardly ever.
fn call(place: &MatchPlace, url: String, age: i64) -> Call {
    let max_age = if age > ARCHIVED { hours(30 * 24) } else { hours(1) };
    Call { kind: CollectionKind::Weather, url, document: place.subject().document(), max_age, credits: 1 }
}

/// Errors say why in words.
fn judge_open_meteo(head: &Head, body: &[u8]) -> Option<Failure> {
    let root: Value = serde_json::from_slice(body).ok()?;
    if root["error"] != true {
        return None;
    }
    let text: String = root["reason"].as_str().unwrap_or("no reason").chars().take(200).collect();
    let is_limit = head.status == 429 || text.contains("limit exceeded");
    let kind = if is_limit { FailureKind::Quota } else { FailureKind::Malformed };
    Some(Failure::new(kind, format!("the provider answers with an error: {text}")))
}

/// The status stands in the answer too, as a number or a text.
fn judge_owm(head: &Head, body: &[u8]) -> Option<Failure> {
    let root: Value = serde_json::from_slice(body).ok()?;
    let code = open_weather_map::code(&root).unwrap_or(head.status.into());
    let kind = match code {
        200 => return None,
        401 | 403 => FailureKind::Blocked,
        429 => FailureKind::Quota,
        404 => FailureKind::Empty,
        500.. => FailureKind::Unavailable,
        _ => FailureKind::Malformed,
    };
    let text: String = root["message"].as_str().unwrap_or("no reason").chars().take(200).collect();
    Some(Failure::new(kind, format!("the provider answers with an error: {text}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(kickoffs: &[&str]) -> Wish {
        let place = |kickoff: &&str| MatchPlace {
            match_id: "match-7".to_owned(),
            kickoff: kickoff.parse().unwrap(),
            latitude: 51.123_456,
            longitude: -0.5,
        };
        Wish {
            leagues: vec![],
            seasons: vec![],
            from: None,
            to: None,
            kinds: vec![],
            today: "2026-08-15".parse().unwrap(),
            places: kickoffs.iter().map(place).collect(),
            feeds: vec![],
        }
    }

    #[test]
    fn a_call_names_place_day_and_match() {
        let calls = OpenMeteoRest.plan(&wish(&["2026-08-15T22:30:00Z", "2025-01-01T15:00:00Z"])).unwrap();
        let tail = "latitude=51.1235&longitude=-0.5000&hourly=temperature_2m,wind_speed_10m,precipitation&\
                    wind_speed_unit=ms&timezone=UTC";
        assert_eq!(calls[0].url, format!("{FORECAST}?{tail}&start_date=2026-08-15&end_date=2026-08-16"));
        assert_eq!(calls[0].document, "match-7/20260815T2230Z.json");
        assert_eq!(calls[1].url, format!("{ARCHIVE}?{tail}&start_date=2025-01-01&end_date=2025-01-01"));
        let calls =
            OpenWeatherMapRest.plan(&wish(&["2026-08-17T15:00:00Z", "2026-08-14T15:00:00Z"])).unwrap();
        assert_eq!(calls.len(), 1, "it has no past");
        assert_eq!(calls[0].url, format!("{OWM}?lat=51.1235&lon=-0.5000&units=metric"));
    }

    #[test]
    fn without_a_place_nothing_is_asked() {
        for kickoffs in [&[][..], &["2027-08-15T15:00:00Z"]] {
            assert!(matches!(OpenMeteoRest.plan(&wish(kickoffs)), Err(WishError::Missing(_))));
            assert!(matches!(OpenWeatherMapRest.plan(&wish(kickoffs)), Err(WishError::Missing(_))));
        }
    }

    #[test]
    fn errors_are_told_apart() {
        let meteo =
            |status, body: &str| judge_open_meteo(&Head::bare(status), body.as_bytes()).map(|f| f.kind);
        let limit =
            r#"{"error": true, "reason": "Daily API request limit exceeded. Please try again tomorrow."}"#;
        assert_eq!(meteo(429, limit), Some(FailureKind::Quota));
        assert_eq!(meteo(400, r#"{"error": true, "reason": "bad"}"#), Some(FailureKind::Malformed));
        assert_eq!(meteo(200, r#"{"hourly": {}}"#), None);
        let owm = |body: &str| judge_owm(&Head::bare(200), body.as_bytes()).map(|f| f.kind);
        assert_eq!(owm(r#"{"cod": 401, "message": "Invalid API key"}"#), Some(FailureKind::Blocked));
        assert_eq!(owm(r#"{"cod": "404", "message": "nothing"}"#), Some(FailureKind::Empty));
        assert_eq!(owm(r#"{"cod": "200", "list": []}"#), None);
    }
}
