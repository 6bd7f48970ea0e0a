//! Prices of matches that are held. A price that is known from kick-off on is one of the running match and goes to the
//! in-play prices, which no feature of a match can see.

use super::FactPlanner;
use crate::ingest::plan::kept_name;
use touchline_domain::{InPlayQuote, Match, MatchId, MatchStatus, OddsQuote};

impl FactPlanner<'_> {
    /// Takes a quote to the side of kick-off that it belongs to; whether it is new.
    pub(super) fn quote(&mut self, found: &Match, quote: OddsQuote) -> bool {
        let same = |q: &OddsQuote| {
            (kept_name(&q.bookmaker), q.market, q.line_quarters, q.phase, q.known_at.timestamp())
                == (
                    kept_name(&quote.bookmaker),
                    quote.market,
                    quote.line_quarters,
                    quote.phase,
                    quote.known_at.timestamp(),
                )
        };
        // What was placed stays there, also where the kick-off has moved since.
        if self.held.odds.iter().any(|(of, q)| *of == found.id && same(q)) {
            return false;
        }
        if is_in_play(found, &quote) || self.holds_in_play(found.id, &quote.clone().into()) {
            return self.in_play(found.id, quote.into());
        }
        self.held.odds.push((found.id, quote.clone()));
        self.new.entry(found.id).or_default().odds.push(quote);
        true
    }

    /// Takes a price of the running match; whether it is new.
    pub(super) fn in_play(&mut self, id: MatchId, quote: InPlayQuote) -> bool {
        if self.holds_in_play(id, &quote) {
            return false;
        }
        self.held.in_play.push((id, quote.clone()));
        self.new.entry(id).or_default().in_play.push(quote);
        true
    }

    fn holds_in_play(&self, id: MatchId, quote: &InPlayQuote) -> bool {
        self.held.in_play.iter().any(|(of, q)| {
            *of == id
                && (kept_name(&q.bookmaker), q.market, q.line_quarters, q.known_at.timestamp())
                    == (
                        kept_name(&quote.bookmaker),
                        quote.market,
                        quote.line_quarters,
                        quote.known_at.timestamp(),
                    )
        })
    }
}

/// Whether a price was known after the match began. A match that is put off has not begun, and one of which the date
/// alone is known may not have begun before its end.
fn is_in_play(found: &Match, quote: &OddsQuote) -> bool {
    if matches!(found.status, MatchStatus::Postponed | MatchStatus::Cancelled) {
        return false;
    }
    quote.known_at >= found.kickoff.latest()
}
