//! The Odds API v4, with the key of `ODDS_API_KEY`, which travels in the query. A request costs markets times regions, of
//! the past ten times as much; credits are counted by the month. A used-up quota is status 401.

use super::{Call, Provider, Wish, WishError, check_kinds};
use crate::Source;
use crate::http::budget::{Allowance, Period};
use crate::http::limit::Rate;
use crate::http::{Etiquette, Expects, Failure, FailureKind, Head, KeyPlace, QuotaReading};
use crate::sources::the_odds_api::TheOddsApi;
use chrono::Days;
use serde_json::Value;
use std::time::Duration;
use touchline_domain::CollectionKind;

const HOST: &str = "https://api.the-odds-api.com/v4";
/// Markets and regions that are asked for: 1X2 and totals of European bookmakers, two credits.
const MARKETS: &str = "regions=eu&markets=h2h,totals&oddsFormat=decimal&dateFormat=iso";
const ODDS_CREDITS: u64 = 2;
/// The past costs ten times as much.
const PAST: u64 = 10;
/// Scores of the last three days.
const SCORES_CREDITS: u64 = 2;
/// Days of the past in one wish.
const MOST_DAYS: i64 = 366;

/// See the module.
#[derive(Debug, Clone, Copy, Default)]
pub struct TheOddsApiRest;

impl Provider for TheOddsApiRest {
    fn name(&self) -> &'static str {
        "the-odds-api"
    }

    fn reader(&self) -> &'static dyn Source {
        &TheOddsApi
    }

    fn kinds(&self) -> &'static [CollectionKind] {
        &[CollectionKind::Odds, CollectionKind::Scores]
    }

    fn etiquette(&self) -> Etiquette {
        Etiquette {
            rate: Rate::per_second(1.0, 5),
            hosts: &[],
            headers: &[],
            robots: false,
            expects: Expects::Json,
            key: Some(KeyPlace::Query("apiKey")),
            quota: |head| QuotaReading {
                period_left: head.number("x-requests-remaining"),
                ..QuotaReading::default()
            },
            judge,
        }
    }

    fn key(&self) -> Option<&'static str> {
        Some("ODDS_API_KEY")
    }

    fn allowance(&self) -> Option<Allowance> {
        Some(Allowance { credits: 500, period: Period::Month })
    }

    fn plan(&self, wish: &Wish) -> Result<Vec<Call>, WishError> {
        check_kinds(self, wish)?;
        let mut calls = Vec::new();
        for kind in wish.kinds_or(&[CollectionKind::Odds]) {
            for key in wish.leagues_at(self.name())? {
                let call = |url: String, document: String, minutes: u64, credits| Call {
                    kind,
                    url,
                    document,
                    max_age: Duration::from_secs(minutes * 60),
                    credits,
                };
                if kind == CollectionKind::Scores {
                    let url = format!("{HOST}/sports/{key}/scores?daysFrom=3&dateFormat=iso");
                    calls.push(call(url, format!("scores/{key}.json"), 10, SCORES_CREDITS));
                } else if let Some(first) = wish.from {
                    // Noon of today may still be to come.
                    let (first, last) = wish.days(first, wish.today - Days::new(1))?;
                    if (last - first).num_days() >= MOST_DAYS {
                        let problem = "more than a year, which no plan pays for";
                        return Err(WishError::Days { from: first, to: last, problem });
                    }
                    for day in first.iter_days().take_while(|day| *day <= last) {
                        // Noon: what was known before most matches of the day.
                        let url =
                            format!("{HOST}/historical/sports/{key}/odds?{MARKETS}&date={day}T12:00:00Z");
                        let document = format!("historical/{key}/{day}.json");
                        calls.push(call(url, document, 365 * 24 * 60, ODDS_CREDITS * PAST));
                    }
                } else {
                    let url = format!("{HOST}/sports/{key}/odds?{MARKETS}");
                    calls.push(call(url, format!("odds/{key}.json"), 5, ODDS_CREDITS));
                }
            }
        }
        Ok(calls)
    }
}

/// The error code in the body decides: a used-up quota has the status of a bad key.
fn judge(head: &Head, body: &[u8]) -> Option<Failure> {
    let root: Value = serde_json::from_slice(body).ok()?;
    let code = root["error_code"].as_str();
    if code.is_none() && head.status == 200 {
        return None;
    }
    let text: String = root["message"].as_str().unwrap_or("no message").chars().take(200).collect();
    let kind = match code? {
        "OUT_OF_USAGE_CREDITS" | "EXCEEDED_FREQ_LIMIT" => FailureKind::Quota,
        "INVALID_KEY" | "MISSING_KEY" | "DEACTIVATED_KEY" | "HISTORICAL_UNAVAILABLE_ON_FREE_USAGE_PLAN" => {
            FailureKind::Blocked
        }
        "EVENT_NOT_FOUND" => FailureKind::Empty,
        _ => FailureKind::Malformed,
    };
    let failure = Failure::new(kind, format!("the provider answers with an error: {text}"));
    // Too fast is over in a moment; used-up credits are not.
    let too_fast = code == Some("EXCEEDED_FREQ_LIMIT");
    Some(if too_fast {
        failure.retry(touchline_domain::ports::Retry::After(Duration::from_secs(1)))
    } else {
        failure
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(kinds: &[CollectionKind], from: Option<&str>) -> Wish {
        Wish {
            leagues: vec!["E0".to_owned(), "soccer_germany_bundesliga".to_owned()],
            seasons: Vec::new(),
            from: from.map(|day| day.parse().unwrap()),
            to: None,
            kinds: kinds.to_vec(),
            today: "2026-02-28".parse().unwrap(),
            places: vec![],
            feeds: vec![],
        }
    }

    #[test]
    fn a_request_costs_markets_times_regions_and_the_past_ten_times_that() {
        let calls = TheOddsApiRest.plan(&wish(&[], None)).unwrap();
        let told: Vec<_> = calls.iter().map(|call| (call.document.as_str(), call.credits)).collect();
        assert_eq!(told, [("odds/soccer_epl.json", 2), ("odds/soccer_germany_bundesliga.json", 2)]);
        assert!(calls[0].url.contains("/sports/soccer_epl/odds?regions=eu&markets=h2h,totals"));
        let past = TheOddsApiRest.plan(&wish(&[CollectionKind::Odds], Some("2026-02-26"))).unwrap();
        assert_eq!(
            (past.len(), past.iter().map(|call| call.credits).sum::<u64>()),
            (4, 80),
            "until yesterday"
        );
        assert!(past[0].url.ends_with("&date=2026-02-26T12:00:00Z"), "{}", past[0].url);
        assert!(TheOddsApiRest.plan(&wish(&[], Some("2020-01-01"))).is_err());
        assert_eq!(TheOddsApiRest.plan(&wish(&[CollectionKind::Scores], None)).unwrap()[0].credits, 2);
    }

    #[test]
    fn a_used_up_quota_is_told_from_a_bad_key_by_its_code() {
        let kind = |status, code: &str| {
            let body = format!(r#"{{"message": "no", "error_code": "{code}"}}"#);
            judge(&Head::bare(status), body.as_bytes()).map(|failure| failure.kind)
        };
        assert_eq!(kind(401, "OUT_OF_USAGE_CREDITS"), Some(FailureKind::Quota));
        assert_eq!(kind(401, "INVALID_KEY"), Some(FailureKind::Blocked));
        assert_eq!(kind(422, "INVALID_MARKET"), Some(FailureKind::Malformed));
        assert_eq!(
            kind(200, "INVALID_MARKET_COMBO"),
            Some(FailureKind::Malformed),
            "saved as if it were data"
        );
        assert_eq!(judge(&Head::bare(200), b"[]"), None);
        assert_eq!(judge(&Head::bare(500), b"<html>"), None);
    }
}
