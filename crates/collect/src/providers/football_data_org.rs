//! football-data.org v4, with the key of `FOOTBALL_DATA_API_KEY`: matches of the leagues of its free plan, ten requests a
//! minute.

use super::{Call, Provider, Wish, WishError, age_of, calendar_year_at, check_kinds, hours};
use crate::Source;
use crate::http::limit::Rate;
use crate::http::{Etiquette, Expects, Failure, FailureKind, Head, KeyPlace, QuotaReading};
use crate::sources::football_data_org::FootballDataOrg;
use chrono::Days;
use serde_json::Value;
use std::time::Duration;
use touchline_domain::CollectionKind;
use touchline_domain::ports::Retry;

const HOST: &str = "https://api.football-data.org/v4";

/// See the module.
#[derive(Debug, Clone, Copy, Default)]
pub struct FootballDataOrgRest;

impl Provider for FootballDataOrgRest {
    fn name(&self) -> &'static str {
        "football-data-org"
    }

    fn reader(&self) -> &'static dyn Source {
        &FootballDataOrg
    }

    fn kinds(&self) -> &'static [CollectionKind] {
        &[CollectionKind::Fixtures, CollectionKind::Results, CollectionKind::Scores]
    }

    fn etiquette(&self) -> Etiquette {
        Etiquette {
            rate: Rate::per_second(1.0, 2).and_per_minute(10),
            hosts: &[],
            headers: &[],
            robots: false,
            expects: Expects::Json,
            key: Some(KeyPlace::Header("X-Auth-Token")),
            quota: |head| QuotaReading {
                minute_left: head.number("x-requests-available-minute"),
                minute_reset: head.number("x-requestcounter-reset").map(Duration::from_secs),
                period_left: None,
            },
            judge,
        }
    }

    fn key(&self) -> Option<&'static str> {
        Some("FOOTBALL_DATA_API_KEY")
    }

    fn plan(&self, wish: &Wish) -> Result<Vec<Call>, WishError> {
        check_kinds(self, wish)?;
        let mut calls = Vec::new();
        for kind in wish.kinds_or(&[CollectionKind::Results]) {
            for code in wish.leagues_at(self.name())? {
                let matches = format!("{HOST}/competitions/{code}/matches");
                if kind == CollectionKind::Results {
                    for season in wish.seasons_of(calendar_year_at(self.name(), code))? {
                        let start = season.start();
                        calls.push(Call {
                            kind,
                            url: format!("{matches}?season={start}"),
                            document: format!("{code}/{start}.json"),
                            max_age: age_of(season, wish.today),
                            credits: 1,
                        });
                    }
                    continue;
                }
                let (first, last, max_age) = if kind == CollectionKind::Scores {
                    let (first, last) = wish.days(wish.today - Days::new(2), wish.today)?;
                    (first, last, Duration::from_mins(2))
                } else {
                    let (first, last) = wish.days(wish.today, wish.today + Days::new(30))?;
                    (first, last, hours(6))
                };
                // The last day is not part of the answer.
                let end = last + Days::new(1);
                calls.push(Call {
                    kind,
                    url: format!("{matches}?dateFrom={first}&dateTo={end}"),
                    document: format!("{code}/{first}_{last}.json"),
                    max_age,
                    credits: 1,
                });
            }
        }
        Ok(calls)
    }
}

/// Errors say more in their text than in their status: how long to wait, or that the plan does not hold it.
fn judge(head: &Head, body: &[u8]) -> Option<Failure> {
    let root: Value = serde_json::from_slice(body).ok()?;
    let is_error = root["errorCode"].is_number() || root["error"].is_number();
    if !is_error && head.status < 400 {
        return None;
    }
    let text: String = root["message"].as_str()?.chars().take(200).collect();
    let code = root["errorCode"].as_u64().or(root["error"].as_u64()).unwrap_or(head.status.into());
    let kind = match code {
        429 => FailureKind::Quota,
        401 | 403 => FailureKind::Blocked,
        404 => FailureKind::Empty,
        500.. => FailureKind::Unavailable,
        // A token that is not known comes as 400.
        400 if text.to_lowercase().contains("token") => FailureKind::Blocked,
        _ => FailureKind::Malformed,
    };
    let failure = Failure::new(kind, format!("the provider answers with an error: {text}"));
    if kind != FailureKind::Quota {
        return Some(failure);
    }
    let seconds = text.split(|c: char| !c.is_ascii_digit()).find_map(|word| word.parse::<u64>().ok());
    let wait = seconds.unwrap_or(60).min(3_600);
    Some(failure.retry(Retry::After(Duration::from_secs(wait))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(kind: CollectionKind) -> Vec<String> {
        let wish = Wish {
            leagues: vec!["E0".to_owned(), "BL1".to_owned()],
            seasons: vec!["2324".to_owned()],
            from: None,
            to: None,
            kinds: vec![kind],
            today: "2026-02-28".parse().unwrap(),
            places: vec![],
            feeds: vec![],
        };
        let calls = FootballDataOrgRest.plan(&wish).unwrap();
        calls.into_iter().map(|call| call.url.strip_prefix(HOST).unwrap().to_owned()).collect()
    }

    #[test]
    fn seasons_are_named_by_their_start_and_the_day_after_the_last_ends_a_range() {
        let results = ["/competitions/PL/matches?season=2023", "/competitions/BL1/matches?season=2023"];
        assert_eq!(plan(CollectionKind::Results), results);
        let scores = &plan(CollectionKind::Scores)[0];
        assert_eq!(scores, "/competitions/PL/matches?dateFrom=2026-02-26&dateTo=2026-03-01");
    }

    #[test]
    fn errors_say_how_long_to_wait_and_whether_the_plan_holds_it() {
        let of = |status, body: &str| judge(&Head::bare(status), body.as_bytes());
        let limit =
            of(429, r#"{"errorCode":429,"message":"You reached your request limit. Wait 17 seconds."}"#)
                .unwrap();
        assert_eq!((limit.kind, limit.retry), (FailureKind::Quota, Retry::After(Duration::from_secs(17))));
        let plan = of(403, r#"{"message":"The resource is restricted.","errorCode":403}"#).unwrap();
        assert_eq!(plan.kind, FailureKind::Blocked);
        assert_eq!(
            of(400, r#"{"message":"Your API token is invalid.","errorCode":400}"#).unwrap().kind,
            FailureKind::Blocked
        );
        assert_eq!(of(200, r#"{"matches":[]}"#), None);
        assert_eq!(of(503, "<html>"), None);
    }
}
