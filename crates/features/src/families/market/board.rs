//! The latest prices of each book, free of margin.

use crate::quotes::{Book, MarketView, Quote};
use std::cmp::Reverse;
use touchline_domain::MarketType;
use touchline_models::odds::DeVig;

/// One book's probabilities of home win, draw and away win.
#[derive(Debug, Clone, Copy)]
pub struct Price {
    pub book: Book,
    /// By its first prices.
    pub first: [f64; 3],
    /// By its latest.
    pub latest: [f64; 3],
    /// Margin of the latest.
    pub overround: f64,
    /// Whether prices are known at two times.
    pub moved: bool,
}

/// All books that priced the three outcomes.
pub struct OneXTwo {
    prices: Vec<Price>,
}

impl OneXTwo {
    /// From quotes in the order in which they became known.
    pub fn of(quotes: &[Quote], view: MarketView) -> Self {
        let mut prices: Vec<Price> = Vec::with_capacity(quotes.len());
        for quote in quotes.iter().filter(|q| q.market == MarketType::OneXTwo && view.sees(q.phase)) {
            let odds = quote.prices.map(f64::from);
            let Some(fair) = fair(odds) else { continue };
            let overround = odds.iter().map(|o| 1.0 / o).sum::<f64>() - 1.0;
            match prices.iter_mut().find(|p| p.book == quote.book) {
                Some(known) => *known = Price { latest: fair, overround, moved: true, ..*known },
                None => prices.push(Price {
                    book: quote.book,
                    first: fair,
                    latest: fair,
                    overround,
                    moved: false,
                }),
            }
        }
        // In the order of the books, so that sums do not depend on who quoted first.
        prices.sort_unstable_by_key(|p| p.book);
        Self { prices }
    }

    /// One book's prices.
    pub fn of_book(&self, book: Book) -> Option<&Price> {
        self.prices.iter().find(|p| p.book == book)
    }

    /// Bookmakers, without summaries of several.
    pub fn singles(&self) -> impl Iterator<Item = &Price> {
        self.prices.iter().filter(|p| p.book.is_single())
    }

    /// Probabilities and margin of the market's average: as the source gives it, else over the bookmakers.
    pub fn consensus(&self) -> Option<([f64; 3], f64)> {
        if let Some(average) = self.of_book(Book::Average) {
            return Some((average.latest, average.overround));
        }
        let latest = mean(self.singles().map(|p| p.latest))?;
        let [overround, ..] = mean(self.singles().map(|p| [p.overround; 3]))?;
        Some((latest, overround))
    }

    /// How far probabilities moved, mean over the bookmakers whose prices are known at two times; NaN without any.
    pub fn movement(&self) -> [f64; 3] {
        let moved = self.singles().filter(|p| p.moved);
        mean(moved.map(|p| [0, 1, 2].map(|i| p.latest[i] - p.first[i]))).unwrap_or([f64::NAN; 3])
    }

    /// Standard deviation of each probability between bookmakers; NaN of fewer than two.
    pub fn spread(&self) -> [f64; 3] {
        let n = self.singles().count();
        let Some(centre) = mean(self.singles().map(|p| p.latest)).filter(|_| n > 1) else {
            return [f64::NAN; 3];
        };
        let squares = mean(self.singles().map(|p| [0, 1, 2].map(|i| (p.latest[i] - centre[i]).powi(2))));
        squares.map_or([f64::NAN; 3], |v| v.map(|v| (v * n as f64 / (n - 1) as f64).sqrt()))
    }
}

fn mean(values: impl Iterator<Item = [f64; 3]>) -> Option<[f64; 3]> {
    let (mut sum, mut n) = ([0.0; 3], 0_u32);
    for value in values {
        for (sum, x) in sum.iter_mut().zip(value) {
            *sum += x;
        }
        n += 1;
    }
    (n > 0).then(|| sum.map(|s| s / f64::from(n)))
}

/// Probabilities behind complete prices.
fn fair(odds: [f64; 3]) -> Option<[f64; 3]> {
    // A book without a margin has nothing for Shin's method to explain.
    let forecast = DeVig::Shin.forecast(odds).or_else(|_| DeVig::Multiplicative.forecast(odds));
    Some(forecast.ok()?.as_array())
}

/// Whose line counts where several are quoted, first of all.
const PREFERRED: [Book; 3] = [Book::Average, Book::Pinnacle, Book::Bet365];

/// The line in quarter goals and the probability of its first outcome, of a market with two: by the preferred
/// book, of its latest lines the one nearest to an even chance.
pub fn two_way(quotes: &[Quote], view: MarketView, market: MarketType) -> Option<(i16, f64)> {
    let of_market = quotes.iter().filter(|q| q.market == market && view.sees(q.phase));
    let candidates = of_market.filter_map(|q| {
        let [first, _, second] = q.prices.map(|price| 1.0 / f64::from(price));
        let probability = first / (first + second);
        let rank = PREFERRED.iter().position(|b| *b == q.book).unwrap_or(PREFERRED.len());
        let imbalance = ((probability - 0.5).abs() * 1e9) as u32;
        let usable = probability.is_finite() && q.book != Book::Best;
        usable.then_some(((rank, Reverse(q.known_at), imbalance, q.book), (q.line_quarters, probability)))
    });
    candidates.min_by_key(|(key, _)| *key).map(|(_, found)| found)
}
