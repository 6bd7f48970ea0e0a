//! Understat, without a key: results with expected goals of six leagues, a season in one answer. The site answers programs
//! that say that they are asked from a page.

use super::{Call, Provider, Wish, WishError, age_of, check_kinds, leagues_of_site};
use crate::Source;
use crate::http::limit::Rate;
use crate::http::{Etiquette, Expects, QuotaReading};
use crate::sources::football_data::calendar_season;
use crate::sources::understat::Understat;
use touchline_domain::CollectionKind;

const HOST: &str = "https://understat.com/getLeagueData";

/// The site's own names of its leagues, and their codes.
const LEAGUES: [(&str, &str); 6] = [
    ("EPL", "E0"),
    ("La_liga", "SP1"),
    ("Bundesliga", "D1"),
    ("Serie_A", "I1"),
    ("Ligue_1", "F1"),
    ("RFPL", "RUS"),
];

/// See the module.
#[derive(Debug, Clone, Copy, Default)]
pub struct UnderstatPages;

impl Provider for UnderstatPages {
    fn name(&self) -> &'static str {
        "understat"
    }

    fn reader(&self) -> &'static dyn Source {
        &Understat
    }

    fn kinds(&self) -> &'static [CollectionKind] {
        &[CollectionKind::Results, CollectionKind::Fixtures]
    }

    fn etiquette(&self) -> Etiquette {
        Etiquette {
            rate: Rate::per_second(0.5, 1).and_per_minute(20),
            hosts: &["understat.com", "www.understat.com"],
            headers: &[("x-requested-with", "XMLHttpRequest")],
            robots: true,
            expects: Expects::Json,
            key: None,
            quota: |_| QuotaReading::default(),
            judge: |_, _| None,
        }
    }

    fn plan(&self, wish: &Wish) -> Result<Vec<Call>, WishError> {
        check_kinds(self, wish)?;
        // One answer has results and fixtures.
        let kind = wish.kinds.first().copied().unwrap_or(CollectionKind::Results);
        let mut calls = Vec::new();
        for (name, code) in leagues_of_site(wish, self.name(), &LEAGUES)? {
            for season in wish.seasons_of(calendar_season(code, wish.today).is_some())? {
                let start = season.start();
                calls.push(Call {
                    kind,
                    url: format!("{HOST}/{name}/{start}"),
                    document: format!("understat/{name}_{start}.json"),
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
    fn leagues_go_by_the_sites_names_and_by_codes() {
        let of = |leagues: &[&str], seasons: &[&str]| -> Result<Vec<String>, WishError> {
            let calls = UnderstatPages.plan(&wish(leagues, seasons, &[]))?;
            Ok(calls.into_iter().map(|call| call.url.strip_prefix(HOST).unwrap().to_owned()).collect())
        };
        assert_eq!(
            of(&["EPL", "D1", "af.140"], &["2425"]).unwrap(),
            ["/EPL/2024", "/Bundesliga/2024", "/La_liga/2024"]
        );
        assert!(matches!(of(&["E1"], &[]), Err(WishError::League { .. })));
        assert!(matches!(of(&[], &[]), Err(WishError::Missing(_))));
    }
}
