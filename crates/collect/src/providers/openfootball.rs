//! openfootball's football.json: results and fixtures in the public domain, without a key. A season of a league is one file.

use super::{Call, Provider, Wish, WishError, age_of, check_kinds, code_at};
use crate::Source;
use crate::http::limit::Rate;
use crate::http::{Etiquette, Expects, QuotaReading};
use crate::sources::openfootball::{OpenFootball, named_codes};
use touchline_domain::CollectionKind;

const HOST: &str = "https://raw.githubusercontent.com/openfootball/football.json/master";
/// Leagues that are collected where none is asked for.
const USUAL: [&str; 10] = ["en.1", "en.2", "de.1", "de.2", "es.1", "es.2", "it.1", "it.2", "fr.1", "fr.2"];
/// Leagues of calendar years.
const CALENDAR_YEARS: [&str; 4] = ["br.1", "us.1", "cn.1", "jp.1"];

/// See the module.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenFootballFiles;

impl Provider for OpenFootballFiles {
    fn name(&self) -> &'static str {
        "openfootball"
    }

    fn reader(&self) -> &'static dyn Source {
        &OpenFootball
    }

    fn kinds(&self) -> &'static [CollectionKind] {
        // One file has both.
        &[CollectionKind::Results, CollectionKind::Fixtures]
    }

    fn etiquette(&self) -> Etiquette {
        Etiquette {
            rate: Rate::per_second(2.0, 4),
            hosts: &["raw.githubusercontent.com"],
            headers: &[],
            robots: true,
            expects: Expects::Json,
            key: None,
            quota: |_| QuotaReading::default(),
            judge: |_, _| None,
        }
    }

    fn plan(&self, wish: &Wish) -> Result<Vec<Call>, WishError> {
        check_kinds(self, wish)?;
        let named = wish.leagues.iter().map(String::as_str);
        let leagues: Vec<&str> = if wish.leagues.is_empty() { USUAL.to_vec() } else { named.collect() };
        let kind = wish.kinds.first().copied().unwrap_or(CollectionKind::Results);
        let mut calls = Vec::new();
        for code in leagues {
            let named = named_codes().find(|known| *known == code).or_else(|| code_at(self.name(), code));
            let code = named.ok_or_else(|| WishError::League {
                source_name: self.name(),
                code: code.to_owned(),
                known: named_codes().collect::<Vec<_>>().join(" "),
            })?;
            for season in wish.seasons_of(CALENDAR_YEARS.contains(&code))? {
                let document = format!("{season}/{code}.json");
                let url = format!("{HOST}/{document}");
                calls.push(Call { kind, url, document, max_age: age_of(season, wish.today), credits: 1 });
            }
        }
        Ok(calls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(leagues: &[&str], seasons: &[&str]) -> Result<Vec<String>, WishError> {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let today = "2026-11-28".parse().unwrap();
        let wish = Wish {
            leagues: own(leagues),
            seasons: own(seasons),
            from: None,
            to: None,
            kinds: vec![],
            today,
            places: vec![],
            feeds: vec![],
        };
        Ok(OpenFootballFiles.plan(&wish)?.into_iter().map(|call| call.document).collect())
    }

    #[test]
    fn a_season_of_a_league_is_one_file() {
        assert_eq!(plan(&["en.1"], &["2425", "2023"]).unwrap(), ["2024-25/en.1.json", "2023-24/en.1.json"]);
        assert_eq!(plan(&["br.1"], &[]).unwrap(), ["2026/br.1.json"]);
        assert_eq!(plan(&[], &[]).unwrap().len(), 10);
        assert_eq!(plan(&["E0"], &["2425"]).unwrap(), ["2024-25/en.1.json"]);
        assert!(matches!(plan(&["moon"], &[]), Err(WishError::League { .. })));
    }
}
