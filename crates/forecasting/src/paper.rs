//! The paper ledger: bets that a strategy would place now, written down before kick-off, settled afterwards, and measured by the
//! closing line. Nothing in it is ever changed, and each entry carries the hash of the one before.
//!
//! [`place`], [`settle`], [`set_limits`] and [`verify`] are the use cases; a command, a route or a job calls them. Limits that a
//! person has set hold for every bet ([`limits`]).

pub mod limits;
mod place;
mod settle;
mod verify;

pub use place::{PlaceReport, PlaceRequest, Unplaced, place};
pub use settle::{SettleReport, settle};
pub use verify::{PaperVerification, verify};

use crate::value_bets::ValueBetError;
use chrono::{DateTime, Utc};
use limits::in_force;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use thiserror::Error;
use touchline_domain::ports::{NewPaperEntry, PaperReader, PaperWriter, StoreError};
use touchline_domain::{
    Cents, Clock, MatchId, PaperBet, PaperContent, PaperLimits, PaperSettlement, Stopped,
};

/// Entries read at a time.
const PAGE: u32 = 2_000;

/// Why nothing was written.
#[derive(Debug, Error)]
pub enum PaperError {
    /// The store failed or refused.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// There are no bets to place.
    #[error(transparent)]
    ValueBets(#[from] ValueBetError),
    /// A limit makes no sense.
    #[error("{0}")]
    Limit(String),
    /// The work was asked to stop.
    #[error("{0}")]
    Stopped(#[from] Stopped),
}

/// A bet of the ledger with what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldBet {
    /// Its sequence number.
    pub sequence: u64,
    /// When it was written down.
    pub placed_at: DateTime<Utc>,
    /// Its match, by the identifier of now.
    pub match_id: MatchId,
    /// The bet.
    #[serde(flatten)]
    pub bet: PaperBet,
    /// When it was settled.
    pub settled_at: Option<DateTime<Utc>>,
    /// What became of it; none while it is open.
    pub settlement: Option<PaperSettlement>,
}

/// The ledger, read whole.
#[derive(Debug, Clone, Default)]
pub struct PaperBook {
    /// Sequence number of the last entry.
    pub last: u64,
    /// Bets in the order in which they were written down.
    pub bets: Vec<HeldBet>,
    /// Limits with the time when they were set, in that order.
    pub limits: Vec<(DateTime<Utc>, PaperLimits)>,
}

impl PaperBook {
    /// Reads the ledger.
    ///
    /// # Errors
    /// The store is not available, or an entry cannot be read.
    pub async fn read<S: PaperReader + ?Sized>(store: &S) -> Result<Self, StoreError> {
        let mut book = Self::default();
        let mut places: HashMap<u64, usize> = HashMap::new();
        loop {
            let entries = store.paper_entries(book.last, PAGE).await?;
            let Some(last) = entries.last() else { return Ok(book) };
            book.last = last.sequence;
            for entry in &entries {
                match (entry.content()?, entry.match_id) {
                    (PaperContent::Bet(bet), Some(match_id)) => {
                        places.insert(entry.sequence, book.bets.len());
                        let (sequence, placed_at) = (entry.sequence, entry.written_at);
                        let (settled_at, settlement) = (None, None);
                        book.bets.push(HeldBet {
                            sequence,
                            placed_at,
                            match_id,
                            bet,
                            settled_at,
                            settlement,
                        });
                    }
                    (PaperContent::Settlement(settlement), _) => {
                        if let Some(at) = places.get(&settlement.bet) {
                            let bet = &mut book.bets[*at];
                            bet.settled_at = Some(entry.written_at);
                            bet.settlement = Some(settlement);
                        }
                    }
                    (PaperContent::Limits(limits), _) => book.limits.push((entry.written_at, limits)),
                    (PaperContent::Bet(_), None) => {
                        let message = format!("entry {} of the paper ledger has no match", entry.sequence);
                        return Err(StoreError::Corrupt(message));
                    }
                }
            }
        }
    }

    /// Money that a strategy has by now, settled and at stake, and how much of it is at stake.
    pub fn money(&self, strategy: &str, start: f64) -> [f64; 2] {
        let own = self.bets.iter().filter(|held| held.bet.strategy == strategy);
        let (won, open) = own.fold((0, 0), |(won, open), held| match &held.settlement {
            Some(settlement) => (won + settlement.profit, open),
            None => (won, open + held.bet.stake),
        });
        [start + money(won), money(open)]
    }

    /// The limits that hold at a time.
    pub fn limits_at(&self, now: DateTime<Utc>) -> PaperLimits {
        in_force(&self.limits, now)
    }

    /// What came of each strategy, by name.
    pub fn totals(&self) -> Vec<StrategyTotal> {
        let mut totals: BTreeMap<&str, StrategyTotal> = BTreeMap::new();
        for held in &self.bets {
            let name = held.bet.strategy.as_str();
            let total = totals
                .entry(name)
                .or_insert_with(|| StrategyTotal { strategy: name.to_owned(), ..StrategyTotal::default() });
            total.bets += 1;
            let Some(settlement) = &held.settlement else {
                total.open += 1;
                total.at_stake += held.bet.stake;
                continue;
            };
            // A stake that came back was no bet.
            if settlement.score.is_some() {
                total.staked += held.bet.stake;
            }
            total.profit += settlement.profit;
            if let Some(value) = settlement.closing_line_value {
                total.with_closing += 1;
                total.closing_sum += value;
            }
        }
        totals.into_values().collect()
    }
}

/// What came of a strategy's paper bets.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct StrategyTotal {
    /// Its name.
    pub strategy: String,
    /// Bets.
    pub bets: u64,
    /// Of these, open ones.
    pub open: u64,
    /// Staked on open ones, hundredths.
    pub at_stake: Cents,
    /// Staked on settled ones, hundredths.
    pub staked: Cents,
    /// Won or lost, hundredths.
    pub profit: Cents,
    /// Settled bets that closing prices measure.
    pub with_closing: u64,
    #[serde(skip)]
    closing_sum: f64,
}

impl StrategyTotal {
    /// Profit over the stakes; none before the first settled bet.
    pub fn yield_on_stakes(&self) -> Option<f64> {
        (self.staked > 0).then(|| self.profit as f64 / self.staked as f64)
    }

    /// Mean closing-line value; none where there is none.
    pub fn closing_line_value(&self) -> Option<f64> {
        (self.with_closing > 0).then(|| self.closing_sum / self.with_closing as f64)
    }
}

/// Sets limits. Stricter ones hold at once, and looser ones a day later ([`limits::in_force`]).
///
/// # Errors
/// A limit makes no sense, or the store is not available.
pub async fn set_limits<S: PaperReader + PaperWriter + ?Sized>(
    store: &S,
    limits: PaperLimits,
    clock: &dyn Clock,
) -> Result<PaperLimits, PaperError> {
    limits::check(&limits).map_err(PaperError::Limit)?;
    let mut book = PaperBook::read(store).await?;
    let entry = NewPaperEntry { match_id: None, content: PaperContent::Limits(limits) };
    let now = clock.now();
    store.add_to_paper(book.last, now, &[entry]).await?;
    book.limits.push((now, limits));
    Ok(book.limits_at(now))
}

/// An amount of hundredths as money.
pub fn money(cents: Cents) -> f64 {
    cents as f64 / 100.0
}

/// Money in hundredths, to the nearest.
pub fn cents(money: f64) -> Cents {
    (100.0 * money).round() as Cents
}
