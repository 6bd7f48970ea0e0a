//! Odds that are collected again and again, for the matches of a store.

use chrono::TimeDelta;
use std::sync::Arc;
use touchline_domain::ports::{MatchFacts, SilverChange, Store};
use touchline_domain::{DecimalOdds, MarketType, OddsPhase, OddsQuote};

/// Draws that are the same every time.
pub struct Draws(u64);

impl Draws {
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    /// Decimal odds, now and then none or ones that nobody would offer.
    pub fn price(&mut self) -> Option<DecimalOdds> {
        let thousandths = match self.below(40) {
            0 => return None,
            1 => 1001 + self.below(5),
            _ => 1900 + self.below(2200),
        };
        Some(DecimalOdds::new(thousandths as f64 / 1000.0).unwrap())
    }
}

const BOOKS: [&str; 4] = ["Avg", "B365", "O'Neill's \"X\"", "PS"];

/// Quotes of one match, at random times from eighty days before kick-off to a little after it.
pub fn history(kickoff: chrono::DateTime<chrono::Utc>, per_series: u64, draws: &mut Draws) -> Vec<OddsQuote> {
    let mut quotes = Vec::new();
    for book in BOOKS {
        for (market, line) in [
            (MarketType::OneXTwo, None),
            (MarketType::OverUnder, Some(10)),
            (MarketType::OverUnder, Some(9)),
            (MarketType::AsianHandicap, Some(-3)),
        ] {
            for phase in [OddsPhase::PreMatch, OddsPhase::Closing] {
                let mut minutes: Vec<u64> = (0..per_series)
                    .map(|_| {
                        if phase == OddsPhase::Closing { draws.below(90) } else { draws.below(80 * 24 * 60) }
                    })
                    .collect();
                minutes.sort_unstable();
                minutes.dedup();
                quotes.extend(minutes.into_iter().map(|minute| {
                    let [first, draw, third] = [draws.price(), draws.price(), draws.price()];
                    let draw = draw.filter(|_| market == MarketType::OneXTwo);
                    OddsQuote {
                        bookmaker: book.into(),
                        market,
                        line_quarters: line,
                        prices: [first.or(DecimalOdds::new(2.5).ok()), draw, third],
                        phase,
                        known_at: kickoff - TimeDelta::minutes(minute as i64) + TimeDelta::seconds(30),
                        known_at_imputed: minute % 7 == 0,
                    }
                }));
            }
        }
    }
    quotes
}

/// Gives every match of the store a history; returns how many quotes there are.
pub async fn collect(store: &Arc<dyn Store>, per_series: u64) -> u64 {
    let mut draws = Draws::new(per_series);
    let facts = store.results().await.unwrap().into_iter().map(|row| {
        let odds = history(row.kickoff, per_series, &mut draws);
        (row.id, MatchFacts { odds, ..MatchFacts::default() })
    });
    let change = SilverChange { facts: facts.collect(), ..SilverChange::default() };
    store.apply(&change).await.unwrap();
    store.counts().await.unwrap().odds
}
