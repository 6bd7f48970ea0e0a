//! Feeds that stand still.

use super::{Hits, Price};
use rustc_hash::FxHashMap;
use touchline_domain::MarketType;

/// Matches one after another with the same three prices.
const MATCHES: usize = 5;
/// Quotes of one match one after another with the same prices.
const QUOTES: usize = 12;

/// The last prices of every feed, over the matches.
#[derive(Debug, Default)]
pub(super) struct Feeds(FxHashMap<(u16, bool), Vec<Price>>);

impl Feeds {
    /// Quotes of one market, line and phase of a match, by bookmaker and time.
    pub fn follow(&mut self, group: &[&Price], skipped: &[bool], hits: &mut Hits) {
        let books = || group.chunk_by(|a, b| a.bookmaker == b.bookmaker);
        if group.len() > QUOTES {
            let moves = |own: &[&Price]| own.windows(2).filter(|pair| is_moved(pair[0], pair[1])).count();
            let moved: usize = books().map(moves).sum();
            for own in books().filter(|own| own.len() >= QUOTES && moves(own) == 0) {
                if moved >= QUOTES {
                    hits.add(
                        "frozen_feed",
                        own[own.len() - 1],
                        "the same prices in all quotes while others moved",
                    );
                }
            }
        }
        if group[0].market != MarketType::OneXTwo {
            return;
        }
        for own in books() {
            let quote = own[own.len() - 1];
            if skipped[usize::from(quote.bookmaker)] || quote.prices.iter().any(|price| price.is_nan()) {
                continue;
            }
            let run = self.0.entry((quote.bookmaker, quote.closing)).or_default();
            if run.last().is_some_and(|last| is_moved(last, quote)) {
                end(run, hits);
            }
            run.push(*quote);
        }
    }

    /// After the last match.
    pub fn end(mut self, hits: &mut Hits) {
        self.0.values_mut().for_each(|run| end(run, hits));
    }
}

/// Whether any price is another one; one that is absent in both is not.
fn is_moved(before: &Price, after: &Price) -> bool {
    let bits = |quote: &Price| quote.prices.map(f64::to_bits);
    bits(before) != bits(after)
}

fn end(run: &mut Vec<Price>, hits: &mut Hits) {
    if run.len() >= MATCHES {
        for quote in run.iter() {
            hits.add("frozen_feed", quote, "the same prices in match after match");
        }
    }
    run.clear();
}
