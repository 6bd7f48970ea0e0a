//! FBref, without a key: the page "Scores & Fixtures" of a season of a league. The site allows ten requests a minute, and often
//! answers with a challenge instead: then it is left alone.

use super::{Call, Provider, Wish, WishError, age_of, check_kinds, leagues_of_site};
use crate::Source;
use crate::http::limit::Rate;
use crate::http::{Etiquette, Expects, QuotaReading};
use crate::sources::fbref::Fbref;
use crate::sources::football_data::calendar_season;
use touchline_domain::CollectionKind;

const HOST: &str = "https://fbref.com/en/comps";

/// The site's numbers and names of leagues in its addresses, and their codes.
const LEAGUES: [(&str, &str); 20] = [
    ("9/Premier-League", "E0"),
    ("10/Championship", "E1"),
    ("15/League-One", "E2"),
    ("16/League-Two", "E3"),
    ("34/National-League", "EC"),
    ("40/Scottish-Premiership", "SC0"),
    ("20/Bundesliga", "D1"),
    ("33/2-Bundesliga", "D2"),
    ("11/Serie-A", "I1"),
    ("18/Serie-B", "I2"),
    ("12/La-Liga", "SP1"),
    ("17/Segunda-Division", "SP2"),
    ("13/Ligue-1", "F1"),
    ("60/Ligue-2", "F2"),
    ("23/Eredivisie", "N1"),
    ("32/Primeira-Liga", "P1"),
    ("37/Belgian-Pro-League", "B1"),
    ("26/Super-Lig", "T1"),
    ("56/Austrian-Bundesliga", "AUT"),
    ("22/Major-League-Soccer", "USA"),
];

/// See the module.
#[derive(Debug, Clone, Copy, Default)]
pub struct FbrefPages;

impl Provider for FbrefPages {
    fn name(&self) -> &'static str {
        "fbref"
    }

    fn reader(&self) -> &'static dyn Source {
        &Fbref
    }

    fn kinds(&self) -> &'static [CollectionKind] {
        &[CollectionKind::Results, CollectionKind::Fixtures]
    }

    fn etiquette(&self) -> Etiquette {
        Etiquette {
            rate: Rate::per_second(0.15, 1).and_per_minute(10),
            hosts: &["fbref.com", "www.fbref.com"],
            headers: &[],
            robots: true,
            expects: Expects::Page,
            key: None,
            quota: |_| QuotaReading::default(),
            judge: |_, _| None,
        }
    }

    fn plan(&self, wish: &Wish) -> Result<Vec<Call>, WishError> {
        check_kinds(self, wish)?;
        // One page has results and fixtures.
        let kind = wish.kinds.first().copied().unwrap_or(CollectionKind::Results);
        let mut calls = Vec::new();
        for (place, code) in leagues_of_site(wish, self.name(), &LEAGUES)? {
            let (number, name) = place.split_once('/').unwrap_or((place, ""));
            for season in wish.seasons_of(calendar_season(code, wish.today).is_some())? {
                let start = season.start();
                let years = if season.is_calendar_year() {
                    start.to_string()
                } else {
                    format!("{start}-{}", start + 1)
                };
                let page = format!("{years}-{name}-Scores-and-Fixtures");
                calls.push(Call {
                    kind,
                    url: format!("{HOST}/{number}/{years}/schedule/{page}"),
                    document: format!("fbref/{page}.html"),
                    max_age: age_of(season, wish.today),
                    credits: 1,
                });
            }
        }
        Ok(calls)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::wish;
    use super::*;

    #[test]
    fn a_season_is_a_page() {
        let calls = FbrefPages.plan(&wish(&["SP2", "9"], &["2425"], &[])).unwrap();
        assert_eq!(
            calls[0].url,
            format!("{HOST}/17/2024-2025/schedule/2024-2025-Segunda-Division-Scores-and-Fixtures")
        );
        assert_eq!(calls[0].document, "fbref/2024-2025-Segunda-Division-Scores-and-Fixtures.html");
        assert!(calls[1].url.contains("/9/2024-2025/"));
        let calls = FbrefPages.plan(&wish(&["USA"], &["2025"], &[])).unwrap();
        assert_eq!(
            calls[0].url,
            format!("{HOST}/22/2025/schedule/2025-Major-League-Soccer-Scores-and-Fixtures")
        );
    }
}
