//! API-Football v3, with the key of `API_FOOTBALL_KEY`. Errors come with status 200 and are told by the body; answers come in
//! pages. Line-ups are asked match by match, of those that the list of fixtures names.

use super::{Call, Provider, Wish, WishError, age_of, calendar_year_at, check_kinds, hours};
use crate::Source;
use crate::http::budget::{Allowance, Period};
use crate::http::limit::Rate;
use crate::http::{Etiquette, Expects, Failure, FailureKind, Head, KeyPlace, QuotaReading};
use crate::sources::api_football::ApiFootball;
use chrono::{Days, NaiveDate};
use serde_json::Value;
use std::time::Duration;
use touchline_domain::ports::Retry;
use touchline_domain::{CollectionKind, Season};

const HOST: &str = "https://v3.football.api-sports.io";
/// Pages beyond this are no answer to a question of one league and season.
const MOST_PAGES: u64 = 200;

/// See the module.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApiFootballRest;

impl Provider for ApiFootballRest {
    fn name(&self) -> &'static str {
        "api-football"
    }

    fn reader(&self) -> &'static dyn Source {
        &ApiFootball
    }

    fn kinds(&self) -> &'static [CollectionKind] {
        &[
            CollectionKind::Fixtures,
            CollectionKind::Results,
            CollectionKind::Scores,
            CollectionKind::Odds,
            CollectionKind::Lineups,
            CollectionKind::Injuries,
        ]
    }

    fn etiquette(&self) -> Etiquette {
        Etiquette {
            rate: Rate::per_second(2.0, 2).and_per_minute(10),
            hosts: &[],
            headers: &[],
            robots: false,
            expects: Expects::Json,
            key: Some(KeyPlace::Header("x-apisports-key")),
            quota,
            judge,
        }
    }

    fn key(&self) -> Option<&'static str> {
        Some("API_FOOTBALL_KEY")
    }

    fn allowance(&self) -> Option<Allowance> {
        Some(Allowance { credits: 100, period: Period::Day })
    }

    fn plan(&self, wish: &Wish) -> Result<Vec<Call>, WishError> {
        check_kinds(self, wish)?;
        let leagues = wish.leagues_at(self.name())?;
        let mut calls = Vec::new();
        for kind in wish.kinds_or(&[CollectionKind::Results]) {
            for code in &leagues {
                let id = code.strip_prefix("af.").unwrap_or(code);
                for season in wish.seasons_of(calendar_year_at(self.name(), code))? {
                    calls.push(first_call(kind, id, season, wish)?);
                }
            }
        }
        Ok(calls)
    }

    fn more(&self, call: &Call, body: &[u8]) -> Result<Vec<Call>, Failure> {
        let malformed =
            |e| Failure::new(FailureKind::Malformed, format!("the answer is not JSON: {e}")).of(&call.url);
        let root: Value = serde_json::from_slice(body).map_err(malformed)?;
        let (current, total) = (root["paging"]["current"].as_u64(), root["paging"]["total"].as_u64());
        let mut calls = Vec::new();
        if let (Some(current), Some(total)) = (current, total)
            && current < total
        {
            if current >= MOST_PAGES {
                let message = format!(
                    "the answer has {total} pages, of which {MOST_PAGES} are read; ask for fewer days at a time"
                );
                return Err(Failure::new(FailureKind::Malformed, message).of(&call.url));
            }
            let next = current + 1;
            let bare = call.url.split("&page=").next().unwrap_or(&call.url);
            let name =
                call.document.split(".page-").next().unwrap_or(&call.document).trim_end_matches(".json");
            calls.push(Call {
                url: format!("{bare}&page={next}"),
                document: format!("{name}.page-{next}.json"),
                ..call.clone()
            });
        }
        if call.kind == CollectionKind::Lineups && root["get"] == "fixtures" {
            let ids = root["response"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|row| row["fixture"]["id"].as_u64());
            calls.extend(ids.map(|id| Call {
                kind: CollectionKind::Lineups,
                url: format!("{HOST}/fixtures/lineups?fixture={id}"),
                document: format!("lineups/{id}.json"),
                max_age: Duration::from_mins(10),
                credits: 1,
            }));
        }
        Ok(calls)
    }
}

fn first_call(kind: CollectionKind, league: &str, season: Season, wish: &Wish) -> Result<Call, WishError> {
    let start = season.start();
    let of_season = format!("league={league}&season={start}");
    let days = |first: NaiveDate, last: NaiveDate| format!("{of_season}&from={first}&to={last}");
    let today = wish.today;
    let (path, query, max_age) = match kind {
        CollectionKind::Fixtures => {
            let (first, last) = wish.days(today, today + Days::new(30))?;
            ("fixtures", days(first, last), hours(6))
        }
        CollectionKind::Scores => {
            let (first, last) = wish.days(today - Days::new(2), today)?;
            ("fixtures", days(first, last), Duration::from_mins(2))
        }
        CollectionKind::Lineups => {
            let (first, last) = wish.days(today, today)?;
            ("fixtures", days(first, last), Duration::from_mins(10))
        }
        CollectionKind::Odds => ("odds", of_season, Duration::from_mins(30)),
        CollectionKind::Injuries => ("injuries", of_season, hours(6)),
        _ => ("fixtures", of_season, age_of(season, today)),
    };
    let name = query.replace(['=', '&'], "-");
    Ok(Call {
        kind,
        url: format!("{HOST}/{path}?{query}"),
        document: format!("{path}/{name}.json"),
        max_age,
        credits: 1,
    })
}

fn quota(head: &Head) -> QuotaReading {
    QuotaReading {
        minute_left: head.number("x-ratelimit-remaining"),
        minute_reset: None,
        period_left: head.number("x-ratelimit-requests-remaining"),
    }
}

/// Errors with status 200: `errors` is an empty list when all is well, else an object by what is wrong.
fn judge(head: &Head, body: &[u8]) -> Option<Failure> {
    if head.status != 200 {
        return None;
    }
    let root: Value = serde_json::from_slice(body).ok()?;
    let errors: Vec<(&str, &Value)> = match &root["errors"] {
        Value::Object(named) => named.iter().map(|(name, text)| (name.as_str(), text)).collect(),
        Value::Array(list) => list.iter().map(|text| ("", text)).collect(),
        _ => return None,
    };
    let (name, text) = errors.first()?;
    let text: String =
        text.as_str().map_or_else(|| text.to_string(), str::to_owned).chars().take(200).collect();
    let lower = text.to_lowercase();
    let kind = match *name {
        "requests" | "rateLimit" => FailureKind::Quota,
        "token" | "access" | "plan" | "subscription" => FailureKind::Blocked,
        _ if lower.contains("request limit") || lower.contains("too many requests") => FailureKind::Quota,
        _ => FailureKind::Malformed,
    };
    let failure = Failure::new(kind, format!("the provider answers with an error: {name}: {text}"));
    // This limit is counted by the minute; `requests` is that of the day.
    let is_too_fast = *name == "rateLimit";
    Some(if is_too_fast { failure.retry(Retry::After(Duration::from_mins(1))) } else { failure })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(kinds: &[CollectionKind]) -> Wish {
        Wish {
            leagues: vec!["E0".to_owned(), "af.71".to_owned()],
            seasons: Vec::new(),
            from: None,
            to: None,
            kinds: kinds.to_vec(),
            today: "2026-02-28".parse().unwrap(),
            places: vec![],
            feeds: vec![],
        }
    }

    #[test]
    fn leagues_are_known_by_anybodys_code_and_seasons_by_their_start() {
        let calls = ApiFootballRest.plan(&wish(&[])).unwrap();
        let urls: Vec<&str> = calls.iter().map(|call| call.url.strip_prefix(HOST).unwrap()).collect();
        assert_eq!(urls, ["/fixtures?league=39&season=2025", "/fixtures?league=71&season=2026"]);
        assert_eq!(calls[0].document, "fixtures/league-39-season-2025.json");
        let scores = ApiFootballRest.plan(&wish(&[CollectionKind::Scores])).unwrap();
        assert!(
            scores[0].url.ends_with("league=39&season=2025&from=2026-02-26&to=2026-02-28"),
            "{}",
            scores[0].url
        );
        let backwards = Wish { from: Some("2026-03-02".parse().unwrap()), ..wish(&[CollectionKind::Scores]) };
        assert!(matches!(ApiFootballRest.plan(&backwards), Err(WishError::Days { .. })));
        let unknown = Wish { leagues: vec!["moon".to_owned()], ..wish(&[]) };
        assert!(matches!(ApiFootballRest.plan(&unknown), Err(WishError::League { .. })));
    }

    #[test]
    fn pages_follow_each_other_and_line_ups_their_fixtures() {
        let odds = ApiFootballRest.plan(&wish(&[CollectionKind::Odds])).unwrap().remove(0);
        let page = |current, total| {
            format!(r#"{{"get":"odds","paging":{{"current":{current},"total":{total}}},"response":[]}}"#)
        };
        let more = |call: &Call, body: String| ApiFootballRest.more(call, body.as_bytes()).unwrap();
        let second = more(&odds, page(1, 3)).remove(0);
        assert_eq!(second.url, format!("{HOST}/odds?league=39&season=2025&page=2"));
        let third = more(&second, page(2, 3)).remove(0);
        assert_eq!(third.url, format!("{HOST}/odds?league=39&season=2025&page=3"));
        assert_eq!(third.document, "odds/league-39-season-2025.page-3.json");
        assert_eq!(more(&third, page(3, 3)), []);

        let lineups = ApiFootballRest.plan(&wish(&[CollectionKind::Lineups])).unwrap().remove(0);
        let body = r#"{"get":"fixtures","paging":{"current":1,"total":1},"response":[{"fixture":{"id":7}},{"fixture":{"id":9}}]}"#;
        let asked: Vec<String> =
            more(&lineups, body.to_owned()).into_iter().map(|call| call.document).collect();
        assert_eq!(asked, ["lineups/7.json", "lineups/9.json"]);
        assert!(ApiFootballRest.more(&odds, b"<html>").is_err());

        let many: Vec<String> = (0..70).map(|id| format!(r#"{{"fixture":{{"id":{id}}}}}"#)).collect();
        let body = format!(r#"{{"get":"fixtures","response":[{}]}}"#, many.join(","));
        assert_eq!(more(&lineups, body).len(), 70, "none is left out");
        assert_eq!(more(&odds, page(199, 201)).len(), 1);
        let too_many = ApiFootballRest.more(&odds, page(200, 201).as_bytes()).unwrap_err();
        assert!(too_many.message.contains("201 pages"), "{too_many}");
    }

    #[test]
    fn errors_with_status_200_are_told_by_the_body() {
        let kind = |errors: &str| {
            let body = format!(r#"{{"get":"x","errors":{errors},"response":[]}}"#);
            judge(&Head::bare(200), body.as_bytes()).map(|failure| failure.kind)
        };
        assert_eq!(kind("[]"), None);
        assert_eq!(kind("{}"), None);
        assert_eq!(
            kind(r#"{"requests":"You have reached the request limit for the day"}"#),
            Some(FailureKind::Quota)
        );
        let body =
            r#"{"errors":{"rateLimit":"Too many requests. Your rate limit is 10 requests per minute."}}"#;
        let too_fast = judge(&Head::bare(200), body.as_bytes()).unwrap();
        assert_eq!(
            (too_fast.kind, too_fast.retry),
            (FailureKind::Quota, Retry::After(Duration::from_mins(1)))
        );
        assert_eq!(kind(r#"{"token":"Error/Missing application key"}"#), Some(FailureKind::Blocked));
        assert_eq!(
            kind(r#"{"plan":"Free plans do not have access to this season"}"#),
            Some(FailureKind::Blocked)
        );
        assert_eq!(
            kind(r#"{"league":"The League field must contain an integer."}"#),
            Some(FailureKind::Malformed)
        );
    }
}
