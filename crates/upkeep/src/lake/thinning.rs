//! Which quotes stand for the history of a match's odds.
//!
//! A series is the quotes of one bookmaker for one market, line and phase. Of each series stay
//!
//! - the first quote, and
//! - of every 24 hours, counted back from kick-off, the last quote: the one that stood a whole number of days before
//!   kick-off, the last before kick-off among them;
//!
//! and the same again among the quotes that models see, which have a price for every outcome and are not suspicious.
//!
//! So at every whole number of days before kick-off the latest quote of each series is what it was, and so is the first:
//! features, which look at no others, keep their values at kick-off, ten weeks before it, and at every gap of whole days.
//! Applied again the rule removes nothing more.

use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use touchline_domain::OddsQuote;

const DAY: i64 = 24 * 60 * 60;

/// Whether each quote of a match stays.
pub fn representatives<'q>(
    kickoff: DateTime<Utc>,
    quotes: impl IntoIterator<Item = &'q OddsQuote>,
) -> Vec<bool> {
    let quotes: Vec<&OddsQuote> = quotes.into_iter().collect();
    let mut series: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (position, q) in quotes.iter().enumerate() {
        series.entry((q.market, &q.bookmaker, q.line_quarters, q.phase)).or_default().push(position);
    }
    let mut stay = vec![false; quotes.len()];
    for mut positions in series.into_values() {
        positions.sort_by_key(|position| quotes[*position].known_at);
        mark(kickoff, &quotes, positions.iter().copied(), &mut stay);
        let seen = |position: &usize| is_seen(quotes[*position]);
        mark(kickoff, &quotes, positions.iter().copied().filter(seen), &mut stay);
    }
    stay
}

/// Whether models look at it.
fn is_seen(quote: &OddsQuote) -> bool {
    quote.implied_sum().is_some() && !quote.is_suspicious()
}

/// Marks the first of a series by time, and the last of each day.
fn mark(
    kickoff: DateTime<Utc>,
    quotes: &[&OddsQuote],
    series: impl Iterator<Item = usize>,
    stay: &mut [bool],
) {
    let days_before =
        |position: usize| (kickoff.timestamp() - quotes[position].known_at.timestamp()).div_euclid(DAY);
    let mut before: Option<usize> = None;
    for position in series {
        match before {
            None => stay[position] = true,
            Some(last) if days_before(last) != days_before(position) => stay[last] = true,
            Some(_) => {}
        }
        before = Some(position);
    }
    if let Some(last) = before {
        stay[last] = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;
    use touchline_domain::{DecimalOdds, MarketType, OddsPhase};

    fn kickoff() -> DateTime<Utc> {
        DateTime::from_timestamp(1_600_000_200, 0).unwrap()
    }

    fn quote(minutes_before: i64, home: f64) -> OddsQuote {
        OddsQuote {
            bookmaker: "PS".into(),
            market: MarketType::OneXTwo,
            line_quarters: None,
            prices: [home, 3.4, 3.6].map(|p| DecimalOdds::new(p).ok()),
            phase: OddsPhase::PreMatch,
            known_at: kickoff() - TimeDelta::minutes(minutes_before),
            known_at_imputed: false,
        }
    }

    fn kept(minutes_before: &[i64]) -> Vec<i64> {
        let quotes: Vec<OddsQuote> = minutes_before.iter().map(|m| quote(*m, 2.2)).collect();
        let stay = representatives(kickoff(), &quotes);
        minutes_before.iter().zip(stay).filter(|(_, stay)| *stay).map(|(m, _)| *m).collect()
    }

    #[test]
    fn the_first_and_the_last_of_each_day_stay() {
        // Two days of quotes every six hours; 1440 minutes before is a whole day before.
        let all = [2880, 2520, 2160, 1800, 1440, 1080, 720, 360, 0];
        assert_eq!(kept(&all), [2880, 1440, 0]);
        assert_eq!(kept(&[2000, 1441, 1439, 5]), [2000, 1441, 5]);
        assert_eq!(kept(&[7]), [7]);
    }

    #[test]
    fn quotes_after_kick_off_are_days_of_their_own() {
        assert_eq!(kept(&[5, 0, -1, -60, -1440, -1441]), [5, 0, -1440, -1441]);
    }

    #[test]
    fn a_suspicious_last_quote_does_not_displace_what_models_see() {
        let quotes = [quote(60, 2.2), quote(50, 2.3), quote(40, 1.001)];
        assert!(quotes[2].is_suspicious());
        assert_eq!(representatives(kickoff(), &quotes), [true, true, true]);
    }

    #[test]
    fn every_series_is_thinned_for_itself() {
        let other = |m| OddsQuote { bookmaker: "B365".into(), ..quote(m, 2.0) };
        let closing = |m| OddsQuote { phase: OddsPhase::Closing, ..quote(m, 2.0) };
        let quotes = [quote(30, 2.2), other(20), closing(10)];
        assert_eq!(representatives(kickoff(), &quotes), [true; 3]);
    }

    proptest! {
        #[test]
        fn thinning_again_removes_nothing_more(
            minutes in prop::collection::btree_set(-4000_i64..6000, 0..60),
            homes in prop::collection::vec(prop::sample::select(vec![1.001, 2.2, 2.3, 40.0]), 60),
        ) {
            let quotes: Vec<OddsQuote> = minutes.iter().zip(homes).map(|(m, home)| quote(*m, home)).collect();
            let stay = representatives(kickoff(), &quotes);
            let rest: Vec<&OddsQuote> = quotes.iter().zip(&stay).filter(|(_, stay)| **stay).map(|(q, _)| q).collect();
            prop_assert!(representatives(kickoff(), rest.iter().copied()).iter().all(|stay| *stay));
            prop_assert_eq!(rest.is_empty(), quotes.is_empty());
        }
    }
}
