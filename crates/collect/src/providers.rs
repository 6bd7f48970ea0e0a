//! Where each source is asked, and for what: a [`Provider`] turns a [`Wish`] into [`Call`]s, says how the source wants to be
//! asked, and names the document that an answer becomes, so that the source's reader understands it.
//!
//! Nothing here sends anything: [`crate::http`] does.

mod answers;
mod api_football;
mod clubelo;
mod fbref;
mod football_data;
mod football_data_org;
mod fotmob;
mod news;
mod openfootball;
mod the_odds_api;
mod understat;
mod weather;

pub use answers::{Answers, Recordings};
pub use api_football::ApiFootballRest;
pub use clubelo::ClubEloFiles;
pub use fbref::FbrefPages;
pub use football_data::FootballDataFiles;
pub use football_data_org::FootballDataOrgRest;
pub use fotmob::FotMobPages;
pub use news::NewsFeeds;
pub use openfootball::OpenFootballFiles;
pub use the_odds_api::TheOddsApiRest;
pub use understat::UnderstatPages;
pub use weather::{OpenMeteoRest, OpenWeatherMapRest};

use crate::Source;
use crate::http::budget::{Allowance, Priority};
use crate::http::{Etiquette, Failure, Request};
use crate::names::{KnownLeague, known_league, known_leagues};
use crate::sources::football_data::calendar_season;
use crate::sources::weather::Subject;
use chrono::{DateTime, NaiveDate, Utc};
use std::time::Duration;
use thiserror::Error;
use touchline_domain::{CollectionKind, Season};

/// All sources that are collected, each once.
pub const ALL: [&dyn Provider; 12] = [
    &FootballDataFiles,
    &OpenFootballFiles,
    &ApiFootballRest,
    &FootballDataOrgRest,
    &TheOddsApiRest,
    &UnderstatPages,
    &FotMobPages,
    &FbrefPages,
    &ClubEloFiles,
    &NewsFeeds,
    &OpenMeteoRest,
    &OpenWeatherMapRest,
];

/// The provider of a source.
pub fn by_name(name: &str) -> Option<&'static dyn Provider> {
    ALL.into_iter().find(|provider| provider.name() == name)
}

/// What somebody wants to have.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    /// Leagues, by the source's own codes; none for the usual ones.
    pub leagues: Vec<String>,
    /// Seasons, as they were written; none for the one that is being played.
    pub seasons: Vec<String>,
    /// The first day, where days are asked for.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
    /// Kinds of data; none for the usual ones.
    pub kinds: Vec<CollectionKind>,
    /// Today.
    pub today: NaiveDate,
    /// Matches with their places, for sources that [want them](Provider::wants_places).
    pub places: Vec<MatchPlace>,
    /// Addresses of feeds, for team news.
    pub feeds: Vec<String>,
}

/// Where and when a match is.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchPlace {
    /// What the match is called where it is asked for: an identifier under the source's name.
    pub match_id: String,
    /// Its kick-off.
    pub kickoff: DateTime<Utc>,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

impl MatchPlace {
    fn subject(&self) -> Subject {
        Subject { match_id: self.match_id.clone(), kickoff: self.kickoff }
    }
}

impl Wish {
    /// The kinds, or those that are usual at a source.
    fn kinds_or(&self, usual: &[CollectionKind]) -> Vec<CollectionKind> {
        if self.kinds.is_empty() { usual.to_vec() } else { self.kinds.clone() }
    }

    /// The leagues by the codes of a source that has many; any listed source's code is understood.
    fn leagues_at(&self, source_name: &'static str) -> Result<Vec<&'static str>, WishError> {
        if self.leagues.is_empty() {
            return Err(WishError::Missing(
                "say of which leagues, such as --league E0; --league may be repeated",
            ));
        }
        let of = |code: &String| {
            code_at(source_name, code).ok_or_else(|| WishError::League {
                source_name,
                code: code.clone(),
                known: known_leagues()
                    .iter()
                    .filter_map(|league| league.code_of(source_name))
                    .collect::<Vec<_>>()
                    .join(" "),
            })
        };
        self.leagues.iter().map(of).collect()
    }

    /// The days that were asked for, or the usual ones.
    fn days(&self, first: NaiveDate, last: NaiveDate) -> Result<(NaiveDate, NaiveDate), WishError> {
        let (from, to) = (self.from.unwrap_or(first), self.to.unwrap_or(last));
        if from > to {
            return Err(WishError::Days { from, to, problem: "in the wrong order" });
        }
        Ok((from, to))
    }

    /// The seasons: those of calendar years where the league has such. A season that is not named is the one of today.
    fn seasons_of(&self, calendar_year: bool) -> Result<Vec<Season>, WishError> {
        if self.seasons.is_empty() {
            return Ok(vec![current(self.today, calendar_year)]);
        }
        self.seasons.iter().map(|text| season(text, calendar_year)).collect()
    }
}

/// The season that is played on a day: from July on the new one, where it lies across two years.
fn current(today: NaiveDate, calendar_year: bool) -> Season {
    use chrono::Datelike;
    let year = u16::try_from(today.year()).unwrap_or(u16::MAX);
    let made = if calendar_year {
        Season::calendar_year(year)
    } else {
        Season::cross_year(if today.month() >= 7 { year } else { year - 1 })
    };
    made.expect("the clock shows a year that has seasons")
}

/// A season as people write it: `2425`, `24-25`, `2024-25`, `2024/25`, `2024`; a year alone is the year in which it starts.
fn season(text: &str, calendar_year: bool) -> Result<Season, WishError> {
    let bad = || WishError::Season(text.to_owned());
    let text = text.replace('/', "-");
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    match (text.len(), digits) {
        // 2021 is the year, and the season 2020-21 is written out by whoever means it: no file of a league of
        // calendar years has a code of two.
        (4, true) if calendar_year || text.starts_with("20") && Season::from_short(&text).is_err() => {
            let year = text.parse().map_err(|_| bad())?;
            let made = if calendar_year { Season::calendar_year(year) } else { Season::cross_year(year) };
            made.map_err(|_| bad())
        }
        (4, true) => Season::from_short(&text).map_err(|_| bad()),
        (5, false) => Season::from_short(&text).map_err(|_| bad()),
        _ => text.parse().map_err(|_| bad()),
    }
}

/// A wish that a source cannot fulfil.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WishError {
    /// No such league.
    #[error("{source_name} has no league {code:?}; it has {known}")]
    League {
        /// The source.
        source_name: &'static str,
        /// What was asked for.
        code: String,
        /// What there is.
        known: String,
    },
    /// No such season.
    #[error("{0:?} is not a season; write 2425, 2024-25, or the year alone for leagues of calendar years")]
    Season(String),
    /// Not from this source.
    #[error("{source_name} does not give {kind}; it gives {known}")]
    Kind {
        /// The source.
        source_name: &'static str,
        /// What was asked for.
        kind: CollectionKind,
        /// What it gives.
        known: String,
    },
    /// Days in the wrong order, or too many of them.
    #[error("the days from {from} to {to} are {problem}")]
    Days {
        /// The first.
        from: NaiveDate,
        /// The last.
        to: NaiveDate,
        /// What is wrong with them.
        problem: &'static str,
    },
    /// An address that is none.
    #[error("{0:?} in collect.news_feeds is not an address of a feed; write https://...")]
    Feed(String),
    /// Something has to be said.
    #[error("{0}")]
    Missing(&'static str),
}

/// A request of a wish, and what becomes of its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What is collected.
    pub kind: CollectionKind,
    /// Where, without key.
    pub url: String,
    /// What the answer is called, such as `2425/E0.csv`: readers take hints from it, watermarks are kept by it, and
    /// recordings lie under it.
    pub document: String,
    /// How old an answer may be so that the source is not asked again.
    pub max_age: Duration,
    /// What it costs.
    pub credits: u64,
}

impl Call {
    /// The request of it.
    pub fn request(&self) -> Request {
        // What may be older than a day is of a season that is over: it can be had later.
        let is_current = self.max_age <= hours(24);
        let priority = match self.kind {
            CollectionKind::Lineups | CollectionKind::Results | CollectionKind::Scores if is_current => {
                Priority::Essential
            }
            _ => Priority::Ordinary,
        };
        Request { url: self.url.clone(), max_age: self.max_age, credits: self.credits, priority }
    }
}

/// A source that is collected: one implementation each.
pub trait Provider: Send + Sync {
    /// The source's name, that of its reader.
    fn name(&self) -> &'static str;

    /// What reads its answers.
    fn reader(&self) -> &'static dyn Source;

    /// Kinds of data that it gives.
    fn kinds(&self) -> &'static [CollectionKind];

    /// How it wants to be asked.
    fn etiquette(&self) -> Etiquette;

    /// The environment variable of its key, where it wants one.
    fn key(&self) -> Option<&'static str> {
        None
    }

    /// A header that is renewed, and the environment variable that names the file with its value, where it may want one.
    fn token(&self) -> Option<(&'static str, &'static str)> {
        None
    }

    /// What may be spent on it, by its free plan.
    fn allowance(&self) -> Option<Allowance> {
        None
    }

    /// Whether it has to be told the places of matches ([`Wish::places`]).
    fn wants_places(&self) -> bool {
        false
    }

    /// The requests of a wish. Matches come before facts of matches.
    ///
    /// # Errors
    /// The source does not have what is wished for.
    fn plan(&self, wish: &Wish) -> Result<Vec<Call>, WishError>;

    /// What else has to be asked after an answer, such as its further pages.
    ///
    /// # Errors
    /// The answer is not what the source used to send.
    fn more(&self, _call: &Call, _body: &[u8]) -> Result<Vec<Call>, Failure> {
        Ok(Vec::new())
    }
}

/// A source's own code of a league, by its own or any other listed source's code.
fn code_at(source: &str, code: &str) -> Option<&'static str> {
    let called = |league: &&KnownLeague| {
        league.codes.iter().any(|(of, known)| {
            *known == code || *of == "api-football" && known.strip_prefix("af.") == Some(code)
        })
    };
    known_leagues().iter().filter(called).find_map(|league| league.code_of(source))
}

/// The leagues of a wish at a site that has a table of its own: each by the site's name or number, or by any listed source's
/// code. Gives what the site calls it, and its code.
fn leagues_of_site<'t>(
    wish: &Wish,
    source_name: &'static str,
    table: &[(&'t str, &'static str)],
) -> Result<Vec<(&'t str, &'static str)>, WishError> {
    if wish.leagues.is_empty() {
        return Err(WishError::Missing(
            "say of which leagues, such as --league E0; --league may be repeated",
        ));
    }
    let is_called = |site: &str, wanted: &str| {
        // Where an address has a number and a name, the number stands for it.
        site.eq_ignore_ascii_case(wanted) || site.split_once('/').is_some_and(|(number, _)| number == wanted)
    };
    let find = |wanted: &String| {
        let code = code_at("football-data", wanted).unwrap_or(wanted);
        let found = table.iter().find(|(site, of)| is_called(site, wanted) || *of == code);
        found.copied().ok_or_else(|| WishError::League {
            source_name,
            code: wanted.clone(),
            known: table.iter().map(|(site, code)| format!("{code} ({site})")).collect::<Vec<_>>().join(" "),
        })
    };
    wish.leagues.iter().map(find).collect()
}

/// Whether a source's league plays by calendar year.
fn calendar_year_at(source: &str, code: &str) -> bool {
    let league = known_league(source, code);
    let code = league.and_then(|league| league.code_of("football-data"));
    // What is so in every year from now on.
    let late = NaiveDate::from_ymd_opt(2100, 1, 1).unwrap_or_default();
    code.is_some_and(|code| calendar_season(code, late).is_some())
}

/// Refuses kinds that a provider does not give.
fn check_kinds(provider: &dyn Provider, wish: &Wish) -> Result<(), WishError> {
    match wish.kinds.iter().find(|kind| !provider.kinds().contains(kind)) {
        None => Ok(()),
        Some(kind) => Err(WishError::Kind {
            source_name: provider.name(),
            kind: *kind,
            known: provider.kinds().iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", "),
        }),
    }
}

const fn hours(n: u64) -> Duration {
    Duration::from_secs(n * 3_600)
}

/// How long what a source says of a season holds: of a season that is over for a month, of one that is played for an hour.
fn age_of(season: Season, today: NaiveDate) -> Duration {
    let is_over =
        season != current(today, season.is_calendar_year()) && season.start() < current(today, false).start();
    if is_over { hours(30 * 24) } else { hours(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wish on a day in November 2026.
    pub(super) fn wish(leagues: &[&str], seasons: &[&str], kinds: &[CollectionKind]) -> Wish {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Wish {
            leagues: own(leagues),
            seasons: own(seasons),
            from: None,
            to: None,
            kinds: kinds.to_vec(),
            today: "2026-11-28".parse().unwrap(),
            places: vec![],
            feeds: vec![],
        }
    }

    #[test]
    fn seasons_are_read_as_people_write_them() {
        let of = |text: &str| season(text, false).map(|s| s.to_string());
        for text in ["2425", "24-25", "2024-25", "2024/25", "2024-2025", "2024"] {
            assert_eq!(of(text).as_deref(), Ok("2024-25"), "{text}");
        }
        assert_eq!(of("9900").as_deref(), Ok("1999-00"));
        assert_eq!(of("2021").as_deref(), Ok("2020-21"), "the source's own code");
        assert_eq!(season("2021", true).unwrap().to_string(), "2021");
        for text in ["", "x", "2427", "20245", "2024-27", "24/25/26"] {
            assert!(of(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_season_that_is_played_begins_in_july() {
        let of = |day: &str, year| current(day.parse().unwrap(), year).to_string();
        assert_eq!(of("2026-06-30", false), "2025-26");
        assert_eq!(of("2026-07-01", false), "2026-27");
        assert_eq!(of("2026-03-01", true), "2026");
    }

    #[test]
    fn seasons_that_are_over_are_asked_for_seldom() {
        let today = "2026-11-28".parse().unwrap();
        let age = |season: Season| age_of(season, today).as_secs() / 3_600;
        assert_eq!(age(Season::cross_year(2026).unwrap()), 1);
        assert_eq!(age(Season::cross_year(2025).unwrap()), 720);
        assert_eq!(age(Season::calendar_year(2026).unwrap()), 1);
        assert_eq!(age(Season::calendar_year(2025).unwrap()), 720);
    }

    #[test]
    fn results_of_seasons_that_are_over_leave_the_last_tenth_alone() {
        let of = |season: &str, kind| {
            let wish = wish(&["E0"], &[season], &[kind]);
            ApiFootballRest.plan(&wish).unwrap()[0].request().priority
        };
        assert_eq!(of("2627", CollectionKind::Results), Priority::Essential);
        assert_eq!(of("2021-22", CollectionKind::Results), Priority::Ordinary);
        assert_eq!(of("2627", CollectionKind::Odds), Priority::Ordinary);
    }

    #[test]
    fn every_provider_reads_its_own_source() {
        for provider in ALL {
            assert_eq!(provider.reader().name(), provider.name());
            assert!(by_name(provider.name()).is_some() && !provider.kinds().is_empty());
            assert_eq!(provider.key().is_some(), provider.etiquette().key.is_some(), "{}", provider.name());
        }
    }
}
