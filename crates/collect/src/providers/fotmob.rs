//! FotMob, without a key: a league's season, the matches of a day, and matches one by one with counts, line-ups and absences.
//! The site is made for its own page. Where it wants the header that its page signs (`x-mas`), another program can keep the
//! current one in the file that `FOTMOB_HEADER_FILE` names; a request that is refused looks there for a newer one.

use super::{Call, Provider, Wish, WishError, age_of, check_kinds, hours, leagues_of_site};
use crate::Source;
use crate::http::limit::Rate;
use crate::http::{Etiquette, Expects, Failure, FailureKind, Head, QuotaReading};
use crate::sources::football_data::calendar_season;
use crate::sources::fotmob::{self, FotMob};
use chrono::{Days, NaiveDate};
use serde_json::Value;
use std::sync::LazyLock;
use std::time::Duration;
use touchline_domain::CollectionKind;

const HOST: &str = "https://www.fotmob.com/api/data";
/// Days in one wish.
const MOST_DAYS: i64 = 366;

/// The site's numbers of leagues as text, and their codes.
static LEAGUES: LazyLock<Vec<(String, &'static str)>> =
    LazyLock::new(|| fotmob::LEAGUES.iter().map(|(id, code)| (id.to_string(), *code)).collect());

/// See the module.
#[derive(Debug, Clone, Copy, Default)]
pub struct FotMobPages;

impl Provider for FotMobPages {
    fn name(&self) -> &'static str {
        "fotmob"
    }

    fn reader(&self) -> &'static dyn Source {
        &FotMob
    }

    fn kinds(&self) -> &'static [CollectionKind] {
        &[
            CollectionKind::Results,
            CollectionKind::Fixtures,
            CollectionKind::Scores,
            CollectionKind::Lineups,
            CollectionKind::Injuries,
        ]
    }

    fn etiquette(&self) -> Etiquette {
        Etiquette {
            rate: Rate::per_second(0.5, 1).and_per_minute(20),
            hosts: &["www.fotmob.com", "fotmob.com"],
            headers: &[],
            robots: true,
            expects: Expects::Json,
            key: None,
            quota: |_| QuotaReading::default(),
            judge,
        }
    }

    fn token(&self) -> Option<(&'static str, &'static str)> {
        Some(("x-mas", "FOTMOB_HEADER_FILE"))
    }

    fn plan(&self, wish: &Wish) -> Result<Vec<Call>, WishError> {
        check_kinds(self, wish)?;
        let leagues: Vec<(&str, &str)> = LEAGUES.iter().map(|(id, code)| (id.as_str(), *code)).collect();
        let leagues = leagues_of_site(wish, self.name(), &leagues)?;
        let mut calls = Vec::new();
        for kind in wish.kinds_or(&[CollectionKind::Results]) {
            match kind {
                CollectionKind::Results | CollectionKind::Fixtures => {
                    for (id, code) in &leagues {
                        for season in wish.seasons_of(calendar_season(code, wish.today).is_some())? {
                            let start = season.start();
                            let (label, name) = if season.is_calendar_year() {
                                (start.to_string(), start.to_string())
                            } else {
                                (format!("{start}%2F{}", start + 1), format!("{start}-{}", start + 1))
                            };
                            calls.push(Call {
                                kind,
                                url: format!("{HOST}/leagues?id={id}&season={label}"),
                                document: format!("leagues/{id}_{name}.json"),
                                max_age: age_of(season, wish.today),
                                credits: 1,
                            });
                        }
                    }
                }
                _ => calls.extend(days(wish, kind, &leagues)?),
            }
        }
        Ok(calls)
    }

    /// The matches of the leagues that were wished for, of a list of a day of which line-ups or absences are wanted.
    fn more(&self, call: &Call, body: &[u8]) -> Result<Vec<Call>, Failure> {
        let folder = call.document.split('/').next().unwrap_or_default();
        let Some(wanted) = folder.strip_prefix("details-") else { return Ok(Vec::new()) };
        let malformed =
            |e| Failure::new(FailureKind::Malformed, format!("the answer is not JSON: {e}")).of(&call.url);
        let root: Value = serde_json::from_slice(body).map_err(malformed)?;
        let wanted: Vec<u64> = wanted.split('-').filter_map(|id| id.parse().ok()).collect();
        let of_wanted = |group: &&Value| group["primaryId"].as_u64().is_some_and(|id| wanted.contains(&id));
        let groups = root["leagues"].as_array().into_iter().flatten().filter(of_wanted);
        let matches = groups.flat_map(|group| group["matches"].as_array().into_iter().flatten());
        let call = |id: u64| Call {
            kind: call.kind,
            url: format!("{HOST}/matchDetails?matchId={id}"),
            document: format!("match/{id}.json"),
            max_age: Duration::from_mins(10),
            credits: 1,
        };
        Ok(matches.filter_map(|row| row["id"].as_u64()).map(call).collect())
    }
}

/// The matches of each day.
fn days(wish: &Wish, kind: CollectionKind, leagues: &[(&str, &str)]) -> Result<Vec<Call>, WishError> {
    let is_scores = kind == CollectionKind::Scores;
    let earliest = if is_scores { wish.today - Days::new(1) } else { wish.today };
    let (first, last) = wish.days(earliest, wish.today)?;
    if (last - first).num_days() >= MOST_DAYS {
        return Err(WishError::Days { from: first, to: last, problem: "more than a year; ask for a season" });
    }
    let ids: Vec<&str> = leagues.iter().map(|(id, _)| *id).collect();
    let folder = if is_scores { "matches".to_owned() } else { format!("details-{}", ids.join("-")) };
    let call = |day: NaiveDate| Call {
        kind,
        url: format!("{HOST}/matches?date={}", day.format("%Y%m%d")),
        document: format!("{folder}/{}.json", day.format("%Y%m%d")),
        max_age: if day < wish.today - Days::new(7) { hours(24) } else { Duration::from_mins(2) },
        credits: 1,
    };
    Ok(first.iter_days().take_while(|day| *day <= last).map(call).collect())
}

/// A challenge comes as JSON too.
fn judge(head: &Head, body: &[u8]) -> Option<Failure> {
    let root: Value = serde_json::from_slice(body).ok()?;
    let text = [&root["code"], &root["error"], &root["message"]].into_iter().find_map(Value::as_str)?;
    if head.status == 200 && root["leagues"].is_array() {
        return None;
    }
    let text: String = text.chars().take(100).collect();
    let kind = match head.status {
        429 => FailureKind::Quota,
        404 => FailureKind::Empty,
        500.. => FailureKind::Unavailable,
        _ => FailureKind::Blocked,
    };
    Some(Failure::new(kind, format!("the site answers {text:?}; see docs/data-sources/fotmob.md")))
}

#[cfg(test)]
mod tests {
    use super::super::tests::wish;
    use super::*;

    #[test]
    fn seasons_days_and_matches_are_asked_for() {
        let calls = FotMobPages.plan(&wish(&["E0", "54"], &["2425"], &[])).unwrap();
        assert_eq!(calls[0].url, format!("{HOST}/leagues?id=47&season=2024%2F2025"));
        assert_eq!(calls[0].document, "leagues/47_2024-2025.json");
        let calls = FotMobPages.plan(&wish(&["E0"], &[], &[CollectionKind::Scores])).unwrap();
        let documents: Vec<_> = calls.iter().map(|call| call.document.as_str()).collect();
        assert_eq!(documents, ["matches/20261127.json", "matches/20261128.json"]);
        let calls = FotMobPages.plan(&wish(&["E0", "D1"], &[], &[CollectionKind::Lineups])).unwrap();
        assert_eq!(calls[0].document, "details-47-54/20261128.json");
        let list = r#"{"leagues": [{"primaryId": 47, "matches": [{"id": 5}, {"id": 6}]}, {"primaryId": 55, "matches": [{"id": 7}]}]}"#;
        let more = FotMobPages.more(&calls[0], list.as_bytes()).unwrap();
        let urls: Vec<_> = more.iter().map(|call| call.url.strip_prefix(HOST).unwrap()).collect();
        assert_eq!(urls, ["/matchDetails?matchId=5", "/matchDetails?matchId=6"]);
        assert_eq!(more[0].kind, CollectionKind::Lineups);
        assert_eq!(FotMobPages.more(&more[0], b"{}").unwrap(), []);
    }

    #[test]
    fn a_challenge_is_a_refusal() {
        let of = |status, body: &str| judge(&Head::bare(status), body.as_bytes()).map(|failure| failure.kind);
        assert_eq!(of(403, r#"{"code": "TURNSTILE_REQUIRED"}"#), Some(FailureKind::Blocked));
        assert_eq!(of(200, r#"{"error": "TURNSTILE_REQUIRED"}"#), Some(FailureKind::Blocked));
        assert_eq!(of(429, r#"{"message": "slow down"}"#), Some(FailureKind::Quota));
        assert_eq!(of(200, r#"{"general": {}}"#), None);
    }
}
