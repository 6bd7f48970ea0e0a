//! The engine on matches to come: which bets a strategy wants now, and what became of a bet that was written down.

use super::book::{Book, CLOSING_REFERENCES, PricedMatch, fair, selection};
use super::engine::{StrategyRefused, decide_at};
use super::strategy::Strategy;
use super::track::{Bet, Refusals};
use super::{LateForecast, PointInTimeForecast};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use touchline_domain::{MarketType, MatchId, OddsPhase, OddsQuote, Score, ScoreGrid};
use touchline_features::Seconds;
use touchline_models::staking::GridBet;

/// A match to come with its forecast and what is offered.
#[derive(Debug, Clone)]
pub struct MatchToCome {
    /// The match.
    pub id: MatchId,
    /// Code of its league.
    pub league: Arc<str>,
    /// Kick-off; the start of the day where only this is known.
    pub kickoff: Seconds,
    /// What is forecast.
    pub grid: ScoreGrid,
    /// The forecast uses facts up to this time.
    pub known_until: Seconds,
    /// All prices, in any order.
    pub quotes: Vec<OddsQuote>,
}

/// The bets that a strategy wants of matches to come, decided now by the same rules as in a backtest; `money` is its bankroll
/// of now, of which `open` is at stake. What came of a bet (`profit`, `settled`) is not known and 0.
///
/// # Errors
/// The strategy is refused, as by [`run`](super::run); no price of its bookmakers is held.
pub fn decide_now(
    matches: Vec<MatchToCome>,
    strategy: &Strategy,
    now: Seconds,
    [money, open]: [f64; 2],
) -> Result<(Vec<Bet>, Refusals), StrategyRefused> {
    let priced = |of: MatchToCome| -> Result<PricedMatch, LateForecast> {
        let MatchToCome { id, league, kickoff, grid, known_until, quotes } = of;
        let forecast = PointInTimeForecast::new(grid, known_until, id, kickoff)?;
        // How it ends is not known: nothing that is decided looks at it.
        let (settled_at, score) = (Seconds::MAX, Score { home: 0, away: 0 });
        Ok(PricedMatch { id, league, kickoff, settled_at, score, forecast, quotes })
    };
    let to_come = matches.into_iter().filter(|m| now < m.kickoff);
    // A forecast that knows too much is no forecast.
    let book = Book::new(to_come.filter_map(|m| priced(m).ok()).collect());
    let (mut bets, refusals) = decide_at(&book, strategy, now, [money, open])?;
    for bet in &mut bets {
        (bet.profit, bet.settled) = (0.0, 0.0);
    }
    Ok((bets, refusals))
}

/// Share of the stake that a bet wins by a score: 1, 0.5, 0 (returned), -0.5 or -1; none where the market has no such outcome.
pub fn share_won(
    market: MarketType,
    line_quarters: Option<i16>,
    outcome: usize,
    score: Score,
) -> Option<f64> {
    let selection = selection(market, line_quarters, outcome)?;
    Some(GridBet { selection, odds: 2.0 }.profit(usize::from(score.home), usize::from(score.away)))
}

/// A closing line: whose, and the probability that it gives the outcome without margin.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosingLine {
    /// The bookmaker.
    pub bookmaker: Arc<str>,
    /// The probability; on a line the share of what is not returned.
    pub probability: f64,
}

/// The closing line of an outcome: closing prices of a reference, else the last prices of the bookmaker of the bet that became
/// known after the bet and before kick-off.
pub fn closing_line(
    quotes: &[OddsQuote],
    (market, line_quarters, outcome): (MarketType, Option<i16>, usize),
    bookmaker: &str,
    placed_at: DateTime<Utc>,
    kickoff: DateTime<Utc>,
) -> Option<ClosingLine> {
    let of_line =
        |q: &&OddsQuote| q.market == market && q.line_quarters == line_quarters && !q.is_suspicious();
    let line = |quote: &OddsQuote| {
        let fair = fair(quote.prices.map(|price| Some(price?.value())), market)?;
        Some(ClosingLine { bookmaker: quote.bookmaker.clone(), probability: fair[outcome]? })
    };
    let references = CLOSING_REFERENCES.iter().find_map(|code| {
        let closing = |q: &&OddsQuote| q.phase == OddsPhase::Closing && *q.bookmaker == **code;
        quotes.iter().filter(of_line).filter(closing).max_by_key(|q| q.known_at).and_then(line)
    });
    references.or_else(|| {
        let later = |q: &&OddsQuote| {
            *q.bookmaker == *bookmaker
                && q.known_at > placed_at
                && q.known_at < kickoff
                && !q.known_at_imputed
        };
        quotes.iter().filter(of_line).filter(later).max_by_key(|q| q.known_at).and_then(line)
    })
}
