//! ClubElo, without a key: the ratings of all clubs on a day. The interface speaks no TLS, so it is asked only where the
//! setting `collect.plain_http` names it.

use super::{Call, Provider, Wish, WishError, check_kinds, hours};
use crate::Source;
use crate::http::limit::Rate;
use crate::http::{Etiquette, Expects, QuotaReading};
use crate::sources::clubelo::ClubElo;
use chrono::NaiveDate;
use touchline_domain::CollectionKind;

const HOST: &str = "http://api.clubelo.com";
/// Days in one wish.
const MOST_DAYS: i64 = 366;

/// See the module.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClubEloFiles;

impl Provider for ClubEloFiles {
    fn name(&self) -> &'static str {
        "clubelo"
    }

    fn reader(&self) -> &'static dyn Source {
        &ClubElo
    }

    fn kinds(&self) -> &'static [CollectionKind] {
        &[CollectionKind::Ratings]
    }

    fn etiquette(&self) -> Etiquette {
        Etiquette {
            rate: Rate::per_second(0.5, 1),
            hosts: &["api.clubelo.com", "clubelo.com"],
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
        let (first, last) = wish.days(wish.today, wish.today)?;
        if (last - first).num_days() >= MOST_DAYS || last > wish.today {
            let problem = "more than a year, or to come";
            return Err(WishError::Days { from: first, to: last, problem });
        }
        let call = |day: NaiveDate| Call {
            kind: CollectionKind::Ratings,
            url: format!("{HOST}/{day}"),
            document: format!("clubelo/{day}.csv"),
            max_age: if day < wish.today { hours(30 * 24) } else { hours(12) },
            credits: 1,
        };
        Ok(first.iter_days().take_while(|day| *day <= last).map(call).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::wish;
    use super::*;

    #[test]
    fn a_day_is_a_file() {
        let calls = ClubEloFiles.plan(&wish(&[], &[], &[])).unwrap();
        assert_eq!((calls[0].url.as_str(), calls.len()), ("http://api.clubelo.com/2026-11-28", 1));
        let from = "2026-11-01".parse().ok();
        let calls = ClubEloFiles.plan(&Wish { from, ..wish(&[], &[], &[]) }).unwrap();
        assert_eq!((calls.len(), calls[0].document.as_str()), (28, "clubelo/2026-11-01.csv"));
        let from = "2020-11-01".parse().ok();
        assert!(matches!(
            ClubEloFiles.plan(&Wish { from, ..wish(&[], &[], &[]) }),
            Err(WishError::Days { .. })
        ));
    }
}
