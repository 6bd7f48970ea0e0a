//! Writing down the bets that a strategy wants now.

use super::limits::Usage;
use super::{PaperBook, PaperError, cents};
use crate::serving::ForecastService;
use crate::value_bets::{ValueBet, ValueBetRequest, ValueBetStore, ValueBets, value_bets};
use serde::Serialize;
use std::collections::HashSet;
use touchline_domain::ports::{NewPaperEntry, PaperReader, PaperWriter};
use touchline_domain::{Cents, Clock, DecimalOdds, MarketType, MatchId, PaperBet, PaperContent, PaperLimits};
use touchline_learning::backtest::Strategy;

/// What to place.
#[derive(Debug, Clone)]
pub struct PlaceRequest {
    /// The strategy.
    pub strategy: Strategy,
    /// On matches of the next days.
    pub days: u16,
    /// Codes of leagues; none takes all.
    pub leagues: Vec<String>,
    /// Write nothing.
    pub dry_run: bool,
}

/// A bet that was not placed, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unplaced {
    /// The bet.
    pub bet: ValueBet,
    /// Why not.
    pub reason: String,
}

/// What was placed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlaceReport {
    /// Bets that were written down, or would have been in a dry run.
    pub placed: Vec<ValueBet>,
    /// Bets that were not.
    pub unplaced: Vec<Unplaced>,
    /// What was staked on all of them, hundredths.
    pub staked: Cents,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// The limits that held.
    pub limits: PaperLimits,
    /// What was looked at. Its bets are those above.
    #[serde(skip)]
    pub seen: ValueBets,
    /// What to know before staking anything.
    pub notice: &'static str,
}

/// A selection of a strategy, which is bet on once.
type Selected = (String, MatchId, MarketType, Option<i16>, u8);

/// Writes down the bets that a strategy wants now. A selection that it has bet on already is not bet on again, and the limits
/// of [`limits`](super::limits) hold.
///
/// # Errors
/// [`PaperError`]; nothing is written then.
pub async fn place<S: ValueBetStore + PaperReader + PaperWriter + ?Sized>(
    store: &S,
    forecasts: &ForecastService,
    request: &PlaceRequest,
    clock: &dyn Clock,
) -> Result<PlaceReport, PaperError> {
    let book = PaperBook::read(store).await?;
    let [money, open] = book.money(&request.strategy.name, request.strategy.bankroll);
    let asked = ValueBetRequest {
        strategy: request.strategy.clone(),
        money: Some(money),
        open,
        days: request.days,
        leagues: request.leagues.clone(),
    };
    let mut seen = value_bets(store, forecasts, &asked, clock).await?;
    let now = clock.now();
    let limits = book.limits_at(now);
    let mut usage = Usage::at(&book.bets, now);
    let mut held: HashSet<Selected> = book
        .bets
        .iter()
        .map(|h| (h.bet.strategy.clone(), h.match_id, h.bet.market, h.bet.line_quarters, h.bet.outcome))
        .collect();
    let (mut placed, mut unplaced, mut entries, mut staked) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for value in std::mem::take(&mut seen.bets) {
        let bet = paper_bet(&value, &seen, &request.strategy);
        let selected = (bet.strategy.clone(), value.match_id, bet.market, bet.line_quarters, bet.outcome);
        if held.contains(&selected) {
            unplaced.push(Unplaced { bet: value, reason: "it is placed already".to_owned() });
        } else if DecimalOdds::new(bet.odds).is_err() || bet.stake <= 0 {
            unplaced.push(Unplaced { bet: value, reason: "nothing can be staked at this price".to_owned() });
        } else if let Some(reason) = usage.refuse(bet.stake, &limits, now) {
            unplaced.push(Unplaced { bet: value, reason });
        } else {
            held.insert(selected);
            staked += bet.stake;
            entries.push(NewPaperEntry { match_id: Some(value.match_id), content: PaperContent::Bet(bet) });
            placed.push(value);
        }
    }
    if !request.dry_run && !entries.is_empty() {
        store.add_to_paper(book.last, now, &entries).await?;
    }
    let (dry_run, notice) = (request.dry_run, seen.notice);
    Ok(PlaceReport { placed, unplaced, staked, dry_run, limits, seen, notice })
}

fn paper_bet(value: &ValueBet, seen: &ValueBets, strategy: &Strategy) -> PaperBet {
    let bet = &value.bet;
    PaperBet {
        league: value.league.clone(),
        season: value.season,
        home: value.home.clone(),
        away: value.away.clone(),
        kickoff: value.kickoff,
        strategy: strategy.name.clone(),
        market: bet.market,
        line_quarters: bet.line_quarters,
        outcome: bet.outcome as u8,
        bookmaker: bet.bookmaker.to_string(),
        odds: bet.odds,
        price_known_at: value.price_known_at,
        price_imputed: bet.imputed,
        commission: strategy.costs.commission,
        probability: bet.probability,
        expected_value: bet.expected_value,
        model: value.model.clone(),
        forecast_as_of: seen.forecast_as_of,
        stake: cents(bet.stake),
    }
}
