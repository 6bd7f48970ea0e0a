//! What a strategy sees of the prices of a match when it decides.

use super::book::{Book, BookMarket, BookMatch, BookOutcome, Priced};
use super::strategy::{Prices, Strategy};
use touchline_domain::MarketType;
use touchline_features::Seconds;
use touchline_models::markets::Settlement;
use touchline_models::staking::Selection;

/// The best price of an outcome among the bookmakers of a strategy, as known when it decides. Nothing that became known
/// later is in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offer {
    /// What the bet is on.
    pub selection: Selection,
    /// The market.
    pub market: MarketType,
    /// The line in quarter goals; the home side's in handicaps.
    pub line_quarters: Option<i16>,
    /// The price as it was seen.
    pub odds: f64,
    /// What it pays after commission, as decimal odds.
    pub net_odds: f64,
    /// What is forecast of the ways to settle.
    pub chances: Settlement,
    /// Probability by closing prices without margin, where these are known already.
    pub known_closing: Option<f64>,
    /// The price that the bookmaker pays when the bet reaches it: that seen, or the one that stands by then where it is worse.
    pub(super) paid: f64,
    pub(super) known_at: Seconds,
    pub(super) imputed: bool,
    pub(super) bookmaker: usize,
    pub(super) outcome: usize,
    /// The place of the market in the match.
    pub(super) at: usize,
}

impl Offer {
    /// Expected profit per unit staked, after commission.
    pub fn expected_value(&self) -> f64 {
        self.chances.expected_profit(self.net_odds)
    }
}

/// Decimal odds after a share of the winnings is taken.
pub(super) fn net(odds: f64, commission: f64) -> f64 {
    1.0 + (odds - 1.0) * (1.0 - commission)
}

/// Adds what is offered of a match at a time, market by market; `too_old` counts prices that were passed over for their age.
pub(super) fn offers(
    offers: &mut Vec<Offer>,
    (book, played): (&Book, &BookMatch),
    strategy: &Strategy,
    bookmakers: &[usize],
    decided_at: Seconds,
    too_old: &mut u64,
) {
    debug_assert!(bookmakers.iter().all(|b| *b < book.bookmakers.len()), "bookmakers of the book");
    for (at, market) in played.markets.iter().enumerate() {
        if !strategy.markets.contains(&market.market) {
            continue;
        }
        for place in market.market.outcomes() {
            let Some(outcome) = market.outcomes[*place] else { continue };
            let seen = Seen { market, at, place: *place, outcome, bookmakers, decided_at };
            offers.extend(seen.best(&strategy.prices, strategy.costs.commission, too_old));
        }
    }
}

/// One outcome at the time of decision.
struct Seen<'a> {
    market: &'a BookMarket,
    at: usize,
    place: usize,
    outcome: BookOutcome,
    bookmakers: &'a [usize],
    decided_at: Seconds,
}

impl Seen<'_> {
    fn best(&self, prices: &Prices, commission: f64, too_old: &mut u64) -> Option<Offer> {
        let heard_until = self.decided_at - prices.delay;
        let mut best: Option<(f64, usize, &Priced)> = None;
        let series = self.market.series.iter().filter(|s| self.bookmakers.contains(&s.bookmaker));
        for series in series {
            let Some(seen) = series.known(heard_until) else { continue };
            let Some(odds) = seen.odds[self.place] else { continue };
            if prices.max_age.is_some_and(|most| self.decided_at - seen.known_at > most) {
                *too_old += 1;
                continue;
            }
            if best.is_none_or(|(most, ..)| odds > most) {
                best = Some((odds, series.bookmaker, seen));
            }
        }
        let (odds, bookmaker, seen) = best?;
        let stands = self.market.series.iter().find(|s| s.bookmaker == bookmaker)?.known(self.decided_at)?;
        // A price that was taken off the board is refused like one that fell.
        let standing = stands.odds[self.place].unwrap_or(1.0);
        let (paid, source) = if standing < odds { (standing, stands) } else { (odds, seen) };
        let closing = self.market.closing.filter(|closing| closing.known_at <= heard_until);
        Some(Offer {
            selection: self.outcome.selection,
            market: self.market.market,
            line_quarters: self.market.line_quarters,
            odds,
            net_odds: net(odds, commission),
            chances: self.outcome.chances,
            known_closing: closing.and_then(|closing| closing.fair[self.place]),
            paid,
            known_at: source.known_at,
            imputed: source.imputed,
            bookmaker,
            outcome: self.place,
            at: self.at,
        })
    }
}
