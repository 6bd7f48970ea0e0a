//! Prices that do not fit the other bookmakers of their match, other lines, or the passing of time.

mod book;
mod frozen;

use super::RuleFinding;
use frozen::Feeds;
use std::collections::BTreeMap;
use touchline_domain::{MarketType, MatchId, Severity};

/// A quote, in numbers alone: millions are looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// The match.
    pub match_id: MatchId,
    /// When it was known, in seconds since 1970.
    pub known_at: i64,
    /// The prices as in [`OddsQuote::prices`](touchline_domain::OddsQuote::prices); `NaN` where there is none.
    pub prices: [f64; 3],
    /// The bookmaker, as a place in the list of names.
    pub bookmaker: u16,
    /// The line in quarter goals; `i16::MIN` where the market has none.
    pub line: i16,
    /// What is bet on.
    pub market: MarketType,
    /// Whether it is a closing price.
    pub closing: bool,
}

/// How far is too far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PriceLimits {
    /// Distance of one book from the median of the others, as log odds weighed by `2 sqrt(p (1 - p))`.
    pub consensus: f64,
    /// Sum of the lowest inverse prices of all books below which the free profit is too good.
    pub arbitrage: f64,
    /// Quotes of a bookmaker in one season from which on they are one cause.
    pub many: usize,
}

impl Default for PriceLimits {
    fn default() -> Self {
        Self { consensus: 0.5, arbitrage: 0.9, many: 5 }
    }
}

/// Looks at quotes, in order of match (matches in order of kick-off, so that feeds that stand still are seen). Quotes of one
/// match lie together. `books` names the bookmakers, `over_market` tells which of them are none (means, maxima), `season`
/// names the season of a match.
pub fn prices(
    quotes: &[Price],
    books: &[String],
    over_market: &dyn Fn(&str) -> bool,
    limits: &PriceLimits,
    season: &dyn Fn(MatchId) -> String,
) -> Vec<RuleFinding> {
    let skipped: Vec<bool> = books.iter().map(|book| over_market(book)).collect();
    let mut hits = Hits::default();
    let mut feeds = Feeds::default();
    let mut order: Vec<u32> = Vec::new();
    for quotes in quotes.chunk_by(|a, b| a.match_id == b.match_id) {
        order.clear();
        order.extend(0..quotes.len() as u32);
        let key = |at: &u32| {
            let q = &quotes[*at as usize];
            (q.market as u8, q.closing, q.line, q.bookmaker, q.known_at)
        };
        order.sort_unstable_by_key(key);
        let sorted: Vec<&Price> = order.iter().map(|at| &quotes[*at as usize]).collect();
        for quote in &sorted {
            book::range(quote, skipped[usize::from(quote.bookmaker)], &mut hits);
        }
        let same = |a: &&Price, b: &&Price| (a.market, a.closing, a.line) == (b.market, b.closing, b.line);
        for group in sorted.chunk_by(same) {
            let latest: Vec<&Price> =
                group.chunk_by(|a, b| a.bookmaker == b.bookmaker).map(|own| own[own.len() - 1]).collect();
            book::against_others(&latest, &skipped, limits, &mut hits);
            feeds.follow(group, &skipped, &mut hits);
        }
        book::lines(&sorted, &mut hits);
    }
    feeds.end(&mut hits);
    hits.findings(books, limits, season)
}

/// What is wrong with a quote, and what seems to be behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Hit {
    match_id: MatchId,
    prices: [f64; 3],
    /// What seems to be behind it.
    why: &'static str,
}

/// Hits by rule, bookmaker and market.
#[derive(Debug, Default)]
struct Hits(BTreeMap<(&'static str, u16, u8), Vec<Hit>>);

impl Hits {
    fn add(&mut self, rule: &'static str, quote: &Price, why: &'static str) {
        let hit = Hit { match_id: quote.match_id, prices: quote.prices, why };
        self.0.entry((rule, quote.bookmaker, quote.market as u8)).or_default().push(hit);
    }

    /// One finding per match, or one per bookmaker, market and season where there are many.
    fn findings(
        self,
        books: &[String],
        limits: &PriceLimits,
        season: &dyn Fn(MatchId) -> String,
    ) -> Vec<RuleFinding> {
        let mut found = Vec::new();
        for ((rule, book, market), hits) in self.0 {
            let market = [
                MarketType::OneXTwo,
                MarketType::OverUnder,
                MarketType::AsianHandicap,
                MarketType::BothTeamsScore,
            ][usize::from(market)]
            .name();
            let book = books.get(usize::from(book)).map_or("?", String::as_str);
            let mut seasons: BTreeMap<String, Vec<Hit>> = BTreeMap::new();
            for hit in hits {
                seasons.entry(season(hit.match_id)).or_default().push(hit);
            }
            for (season, hits) in seasons {
                let mut by_match: BTreeMap<MatchId, Vec<&Hit>> = BTreeMap::new();
                for hit in &hits {
                    by_match.entry(hit.match_id).or_default().push(hit);
                }
                if by_match.len() >= limits.many || rule == "frozen_feed" {
                    found.push(of_book(rule, book, market, &season, &hits));
                } else {
                    found.extend(by_match.values().map(|hits| of_match(rule, book, market, &season, hits)));
                }
            }
        }
        found
    }
}

/// What most hits have behind them.
fn main_reason<'h>(hits: impl Iterator<Item = &'h Hit>) -> &'static str {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    hits.for_each(|hit| *counts.entry(hit.why).or_default() += 1);
    counts.into_iter().max_by_key(|(_, count)| *count).map_or("", |(why, _)| why)
}

fn shown(prices: [f64; 3]) -> String {
    let shown: Vec<String> = prices.iter().filter(|p| !p.is_nan()).map(ToString::to_string).collect();
    shown.join(" ")
}

fn of_match(rule: &'static str, book: &str, market: &str, season: &str, hits: &[&Hit]) -> RuleFinding {
    let first = hits[0];
    let message = format!(
        "{season}, match {}: {market} prices {} of {book}: {}",
        first.match_id,
        shown(first.prices),
        main_reason(hits.iter().copied())
    );
    let cause = format!("match {} {book} {market}", first.match_id);
    let severity = if rule == "price_out_of_range" { Severity::Low } else { Severity::Medium };
    let part_of = Some(cause_of_book(season, book, market));
    RuleFinding { part_of, ..RuleFinding::new(rule, cause, message, vec![first.match_id]).at(severity) }
}

fn of_book(rule: &'static str, book: &str, market: &str, season: &str, hits: &[Hit]) -> RuleFinding {
    let message = format!(
        "{season}: {market} prices of {book} in {} quotes, first {} of match {}: {}",
        hits.len(),
        shown(hits[0].prices),
        hits[0].match_id,
        main_reason(hits.iter())
    );
    let ids = hits.iter().map(|hit| hit.match_id).collect();
    RuleFinding::new(rule, cause_of_book(season, book, market), message, ids).at(Severity::High)
}

fn cause_of_book(season: &str, book: &str, market: &str) -> String {
    format!("{season} {book} {market}")
}

#[cfg(test)]
mod tests;
