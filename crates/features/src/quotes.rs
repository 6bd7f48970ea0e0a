//! Bookmakers' prices of the matches of a history, each with the time since when it can have been known.

use crate::time::Seconds;
use crate::timed::{ByMatch, Timed};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use touchline_domain::ports::StoredQuote;
use touchline_domain::{DecimalOdds, MarketType, MatchId, OddsPhase, OddsQuote};

/// Which of the bookmakers' prices features see.
///
/// A closing price is nearly as late as the kick-off: what is learned from it must not be measured against
/// forecasts that could have been made earlier. The views have columns of their own names, so that they cannot
/// be mixed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarketView {
    /// No price.
    #[default]
    None,
    /// Prices of earlier matches, none of the match itself.
    Earlier,
    /// Prices of some time before kick-off, never a closing price.
    PreMatch,
    /// Closing prices too.
    Closing,
}

impl MarketView {
    /// All views, the one that knows most first.
    pub const ALL: [Self; 4] = [Self::Closing, Self::PreMatch, Self::Earlier, Self::None];

    /// The name that people read and write.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Earlier => "earlier",
            Self::PreMatch => "pre-match",
            Self::Closing => "closing",
        }
    }

    /// Whether prices of a phase are seen of the match itself.
    pub fn sees(self, phase: OddsPhase) -> bool {
        match self {
            Self::None | Self::Earlier => false,
            Self::PreMatch => phase == OddsPhase::PreMatch,
            Self::Closing => true,
        }
    }

    /// Whether prices of matches before the one that is forecast count.
    pub fn sees_earlier(self) -> bool {
        self == Self::Earlier
    }

    /// What the names of its columns start with; nothing where there are none.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Earlier => "earlier",
            Self::PreMatch => "market",
            Self::Closing => "closing",
        }
    }
}

impl FromStr for MarketView {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|view| view.name() == name);
        found.ok_or_else(|| {
            format!("{name:?} is not a view of prices; write none, earlier, pre-match or closing")
        })
    }
}

/// Whose prices a quote holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Book {
    /// The mean over the market as the source computes it (`Avg`, `BbAv`).
    Average,
    /// The best price of each outcome over the market (`Max`, `BbMx`).
    Best,
    /// Pinnacle (`PS`).
    Pinnacle,
    /// Bet365 (`B365`).
    Bet365,
    /// Any other bookmaker: its place among those of the history in order of their codes.
    Other(u16),
}

impl Book {
    fn named(code: &str) -> Option<Self> {
        match code {
            "Avg" | "BbAv" => Some(Self::Average),
            "Max" | "BbMx" => Some(Self::Best),
            "PS" => Some(Self::Pinnacle),
            "B365" => Some(Self::Bet365),
            _ => None,
        }
    }

    /// Whether this is one bookmaker, not a summary of several.
    pub fn is_single(self) -> bool {
        !matches!(self, Self::Average | Self::Best)
    }
}

/// The prices of one market of one match at one book, as known from one time on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quote {
    /// Since when the prices can have been known.
    pub known_at: Seconds,
    /// What is bet on.
    pub market: MarketType,
    /// Some time before kick-off, or the last before it.
    pub phase: OddsPhase,
    /// Whose prices these are.
    pub book: Book,
    /// The line in quarter goals, 0 for markets without one; see [`OddsQuote::line_quarters`].
    pub line_quarters: i16,
    /// Decimal odds in the order of [`OddsQuote::prices`]; NaN where there is none.
    pub prices: [f32; 3],
}

impl Quote {
    /// Appends everything that features see of it.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let book = match self.book {
            Book::Average => [1, 0, 0],
            Book::Best => [2, 0, 0],
            Book::Pinnacle => [3, 0, 0],
            Book::Bet365 => [4, 0, 0],
            Book::Other(n) => [5, n.to_le_bytes()[0], n.to_le_bytes()[1]],
        };
        out.extend_from_slice(&self.known_at.to_le_bytes());
        out.extend_from_slice(&[self.market as u8, self.phase as u8]);
        out.extend_from_slice(&book);
        out.extend_from_slice(&self.line_quarters.to_le_bytes());
        for price in self.prices {
            out.extend_from_slice(&price.to_le_bytes());
        }
    }

    /// The order of a match's quotes; no two quotes of a store are equal in it.
    fn key(&self) -> (Seconds, MarketType, OddsPhase, Book, i16) {
        (self.known_at, self.market, self.phase, self.book, self.line_quarters)
    }
}

impl Timed for Quote {
    fn known_at(&self) -> Seconds {
        self.known_at
    }
}

/// Quotes of all matches by position, each match's in the order in which they became known. Suspicious quotes and
/// those of matches not among `ids` are left out.
pub(crate) fn by_match(ids: &[MatchId], quotes: &[StoredQuote]) -> ByMatch<Quote> {
    let mut codes: Vec<&str> = quotes.iter().map(|q| &*q.quote.bookmaker).collect();
    codes.sort_unstable();
    codes.dedup();
    let books: FxHashMap<&str, Book> = codes
        .into_iter()
        .enumerate()
        .map(|(n, code)| (code, Book::named(code).unwrap_or(Book::Other(n as u16))))
        .collect();
    let seen = quotes.iter().filter(|q| !q.quote.is_suspicious());
    let placed = seen.map(|q| (q.match_id, quote(&q.quote, books[&*q.quote.bookmaker])));
    ByMatch::new(ids, placed, Quote::key)
}

fn quote(q: &OddsQuote, book: Book) -> Quote {
    Quote {
        known_at: q.known_at.timestamp(),
        market: q.market,
        phase: q.phase,
        book,
        line_quarters: q.line_quarters.unwrap_or(0),
        prices: q.prices.map(|price| price.map_or(f32::NAN, |odds: DecimalOdds| odds.value() as f32)),
    }
}
