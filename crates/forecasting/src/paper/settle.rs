//! What became of paper bets.

use super::{HeldBet, PaperBook, PaperError, cents, money};
use serde::Serialize;
use touchline_domain::ports::{MatchReader, NewPaperEntry, PaperReader, PaperWriter, StoreError};
use touchline_domain::{Cents, Clock, Match, MatchStatus, PaperContent, PaperSettlement, Progress, Score};
use touchline_learning::backtest::{closing_line, share_won};
use touchline_models::odds::closing_line_value;

/// What was settled.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct SettleReport {
    /// Bets that were settled now.
    pub settled: u64,
    /// Of these, bets whose stake came back since the match is not played.
    pub returned: u64,
    /// Bets that are still open.
    pub open: u64,
    /// Won or lost by those that were settled now, hundredths.
    pub profit: Cents,
    /// Those that closing prices measure.
    pub with_closing: u64,
    /// Their mean closing-line value.
    pub closing_line_value: Option<f64>,
}

/// Settles all bets whose matches are over. Stakes on matches that were cancelled, or decided at a table, come back; a match
/// that was put off stays open until it is played.
///
/// # Errors
/// The store is not available, or the work was asked to stop; then nothing is settled.
pub async fn settle<S: MatchReader + PaperReader + PaperWriter + ?Sized>(
    store: &S,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<SettleReport, PaperError> {
    let book = PaperBook::read(store).await?;
    let open: Vec<&HeldBet> = book.bets.iter().filter(|held| held.settlement.is_none()).collect();
    let mut report = SettleReport::default();
    let (mut entries, mut values) = (Vec::new(), 0.0);
    progress.begin("bets", open.len() as u64);
    for (done, held) in open.into_iter().enumerate() {
        progress.check()?;
        progress.done(done as u64);
        let settlement = match store.get_match(held.match_id).await? {
            Some(m) if m.kickoff.at <= clock.now() || m.status == MatchStatus::Cancelled => {
                settled(store, held, &m).await?
            }
            _ => None,
        };
        let Some(settlement) = settlement else {
            report.open += 1;
            continue;
        };
        report.settled += 1;
        report.returned += u64::from(settlement.score.is_none());
        report.profit += settlement.profit;
        if let Some(value) = settlement.closing_line_value {
            report.with_closing += 1;
            values += value;
        }
        entries.push(NewPaperEntry { match_id: None, content: PaperContent::Settlement(settlement) });
    }
    progress.end();
    progress.check()?;
    report.closing_line_value = (report.with_closing > 0).then(|| values / report.with_closing as f64);
    if !entries.is_empty() {
        store.add_to_paper(book.last, clock.now(), &entries).await?;
    }
    Ok(report)
}

/// What became of a bet; none while its match is not over.
async fn settled<S: MatchReader + ?Sized>(
    store: &S,
    held: &HeldBet,
    m: &Match,
) -> Result<Option<PaperSettlement>, StoreError> {
    let bet = &held.bet;
    let returned = PaperSettlement {
        bet: held.sequence,
        score: None,
        settled: 0.0,
        profit: 0,
        closing_bookmaker: None,
        closing_probability: None,
        closing_line_value: None,
    };
    let score = match (m.status, m.score) {
        (MatchStatus::Cancelled | MatchStatus::Awarded, _) => return Ok(Some(returned)),
        (MatchStatus::Finished, Some(score)) => score,
        _ => return Ok(None),
    };
    let Some((share, profit)) = paid(held, score) else {
        let message = format!("entry {} of the paper ledger bets on no outcome of its market", held.sequence);
        return Err(StoreError::Corrupt(message));
    };
    let quotes = store.odds_of_match(m.id).await?;
    let selection = (bet.market, bet.line_quarters, usize::from(bet.outcome));
    let closing = closing_line(&quotes, selection, &bet.bookmaker, held.placed_at, m.kickoff.at);
    let paid_odds = 1.0 + (bet.odds - 1.0) * (1.0 - bet.commission);
    Ok(Some(PaperSettlement {
        score: Some(score),
        settled: share,
        profit,
        closing_line_value: closing.as_ref().and_then(|c| closing_line_value(paid_odds, c.probability).ok()),
        closing_probability: closing.as_ref().map(|c| c.probability),
        closing_bookmaker: closing.map(|c| c.bookmaker.to_string()),
        ..returned
    }))
}

/// The share of the stake that won, and the profit.
fn paid(held: &HeldBet, score: Score) -> Option<(f64, Cents)> {
    let bet = &held.bet;
    let share = share_won(bet.market, bet.line_quarters, usize::from(bet.outcome), score)?;
    let winnings = (bet.odds - 1.0) * (1.0 - bet.commission);
    let profit = money(bet.stake) * if share > 0.0 { share * winnings } else { share };
    Some((share, cents(profit)))
}
