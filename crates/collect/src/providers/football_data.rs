//! football-data.co.uk: files of results and prices, without a key. A season of a main league is one file, an extra league
//! is one file with all its seasons, and two files hold the fixtures of the coming days.

use super::{Call, Provider, Wish, WishError, age_of, check_kinds, hours};
use crate::Source;
use crate::http::limit::Rate;
use crate::http::{Etiquette, Expects, QuotaReading};
use crate::sources::football_data::{FootballData, calendar_season, codes, is_extra};
use touchline_domain::CollectionKind;

const HOST: &str = "https://www.football-data.co.uk";

/// See the module.
#[derive(Debug, Clone, Copy, Default)]
pub struct FootballDataFiles;

impl Provider for FootballDataFiles {
    fn name(&self) -> &'static str {
        "football-data"
    }

    fn reader(&self) -> &'static dyn Source {
        &FootballData
    }

    fn kinds(&self) -> &'static [CollectionKind] {
        &[CollectionKind::Results, CollectionKind::Fixtures]
    }

    fn etiquette(&self) -> Etiquette {
        Etiquette {
            rate: Rate::per_second(1.0, 2),
            hosts: &["www.football-data.co.uk", "football-data.co.uk"],
            headers: &[],
            robots: true,
            expects: Expects::Text,
            key: None,
            quota: |_| QuotaReading::default(),
            judge: |_, _| None,
        }
    }

    fn plan(&self, wish: &Wish) -> Result<Vec<Call>, WishError> {
        check_kinds(self, wish)?;
        let leagues: Vec<&str> = wish.leagues.iter().map(String::as_str).collect();
        if let Some(code) = leagues.iter().find(|code| !codes().any(|known| known == **code)) {
            let known = codes().collect::<Vec<_>>().join(" ");
            return Err(WishError::League { source_name: self.name(), code: (*code).to_owned(), known });
        }
        let kinds = wish.kinds_or(self.kinds());
        let mut calls = Vec::new();
        if kinds.contains(&CollectionKind::Results) {
            if leagues.is_empty() {
                return Err(WishError::Missing(
                    "say of which leagues, such as --league E0; --league may be repeated",
                ));
            }
            for code in leagues.iter().filter(|code| !is_extra(code)) {
                for season in wish.seasons_of(false)? {
                    let short = format!("{:02}{:02}", season.start() % 100, (season.start() + 1) % 100);
                    calls.push(Call {
                        kind: CollectionKind::Results,
                        url: format!("{HOST}/mmz4281/{short}/{code}.csv"),
                        document: format!("{short}/{code}.csv"),
                        max_age: age_of(season, wish.today),
                        credits: 1,
                    });
                }
            }
            for code in leagues.iter().filter(|code| is_extra(code)) {
                // One file has all seasons: asking for a season of it is asking for the file.
                wish.seasons_of(calendar_season(code, wish.today).is_some())?;
                calls.push(Call {
                    kind: CollectionKind::Results,
                    url: format!("{HOST}/new/{code}.csv"),
                    document: format!("new/{code}.csv"),
                    max_age: hours(1),
                    credits: 1,
                });
            }
        }
        // Fixtures are of the season that is played.
        let of_the_past =
            !wish.seasons.is_empty() && !wish.seasons_of(false)?.contains(&super::current(wish.today, false));
        if kinds.contains(&CollectionKind::Fixtures) && !(wish.kinds.is_empty() && of_the_past) {
            let wanted =
                |extra: bool| leagues.is_empty() || leagues.iter().any(|code| is_extra(code) == extra);
            for (file, extra) in [("fixtures.csv", false), ("new_league_fixtures.csv", true)] {
                if wanted(extra) {
                    calls.push(Call {
                        kind: CollectionKind::Fixtures,
                        url: format!("{HOST}/{file}"),
                        document: file.to_owned(),
                        max_age: hours(1),
                        credits: 1,
                    });
                }
            }
        }
        Ok(calls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(leagues: &[&str], seasons: &[&str], kinds: &[CollectionKind]) -> Result<Vec<String>, WishError> {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let wish = Wish {
            leagues: own(leagues),
            seasons: own(seasons),
            from: None,
            to: None,
            kinds: kinds.to_vec(),
            today: "2026-11-28".parse().unwrap(),
            places: vec![],
            feeds: vec![],
        };
        let calls = FootballDataFiles.plan(&wish)?;
        assert!(calls.iter().all(|call| call.url.starts_with(HOST) && call.url.ends_with(&call.document)));
        Ok(calls.into_iter().map(|call| call.document).collect())
    }

    #[test]
    fn a_season_of_a_league_is_one_file_and_the_running_one_has_fixtures() {
        assert_eq!(plan(&["E0"], &["2425"], &[]).unwrap(), ["2425/E0.csv"]);
        assert_eq!(plan(&["E0"], &[], &[]).unwrap(), ["2627/E0.csv", "fixtures.csv"]);
        assert_eq!(
            plan(&["E0", "D1"], &["9900", "2024-25"], &[CollectionKind::Results]).unwrap(),
            ["9900/E0.csv", "2425/E0.csv", "9900/D1.csv", "2425/D1.csv"]
        );
        assert_eq!(plan(&["ARG"], &[], &[]).unwrap(), ["new/ARG.csv", "new_league_fixtures.csv"]);
        let fixtures = plan(&[], &[], &[CollectionKind::Fixtures]).unwrap();
        assert_eq!(fixtures, ["fixtures.csv", "new_league_fixtures.csv"]);
    }

    #[test]
    fn what_it_does_not_have_is_said() {
        assert!(matches!(plan(&["PL"], &[], &[]), Err(WishError::League { .. })));
        assert!(matches!(plan(&["E0"], &["2427"], &[]), Err(WishError::Season(_))));
        assert!(matches!(plan(&["E0"], &[], &[CollectionKind::Weather]), Err(WishError::Kind { .. })));
        assert!(matches!(plan(&[], &[], &[]), Err(WishError::Missing(_))));
    }
}
