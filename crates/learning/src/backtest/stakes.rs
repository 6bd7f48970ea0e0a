//! How much is staked on the bets of one decision.

use super::book::Book;
use super::odds_known::{Offer, net};
use super::strategy::{Stakes, Strategy};
use std::collections::BTreeMap;
use touchline_models::staking::{Bankroll, GridBet, SlipMatch, kelly_settlement, kelly_slip};

/// A bet that is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// The place of the match in the book.
    pub(super) at: usize,
    pub(super) offer: Offer,
}

/// Money on each bet, before caps and limits; `open` is what is staked on bets that are not settled yet.
pub(super) fn stakes(
    book: &Book,
    strategy: &Strategy,
    bank: &Bankroll,
    open: f64,
    wanted: &[Wanted],
) -> Vec<f64> {
    let commission = strategy.costs.commission;
    let odds = |w: &Wanted| net(w.offer.paid, commission);
    if let Stakes::KellySlip { fraction } = strategy.stakes {
        return slip(book, wanted, &odds, fraction * bank.current());
    }
    let kelly = |n: usize| {
        kelly_settlement(&wanted[n].offer.chances, odds(&wanted[n]))
            .expect("chances come from a grid, and the price lies above 1")
    };
    by_plan(strategy, bank, open, wanted.len(), &|n| odds(&wanted[n]), &kelly)
}

/// The same for so many bets with these odds and Kelly's stakes, each as if it were alone.
pub(super) fn by_plan(
    strategy: &Strategy,
    bank: &Bankroll,
    open: f64,
    count: usize,
    odds: &dyn Fn(usize) -> f64,
    kelly: &dyn Fn(usize) -> f64,
) -> Vec<f64> {
    let (current, highest) = (bank.current(), bank.highest());
    let each = |stake: &dyn Fn(usize) -> f64| (0..count).map(stake).collect();
    match strategy.stakes {
        Stakes::Flat { amount } => each(&|_| amount),
        Stakes::Proportional { share } => each(&|_| share * current),
        Stakes::FixedWin { amount } => each(&|n| amount / (odds(n) - 1.0)),
        // Of a slip, each bet alone is the nearest: strategies whose bets are no slip are refused with it.
        Stakes::Kelly { fraction } | Stakes::KellySlip { fraction } => {
            each(&|n| fraction * kelly(n) * current)
        }
        Stakes::DrawdownCapped { fraction, max_drawdown } => {
            // Bets that are open together, earlier ones too, must not lose more than the room.
            let room = (current - open - (1.0 - max_drawdown) * highest).max(0.0);
            let all: Vec<f64> = each(&|n| fraction * kelly(n) * room);
            let most = all.iter().sum::<f64>();
            let shrink = if most > room { room / most } else { 1.0 };
            all.into_iter().map(|stake| stake * shrink).collect()
        }
    }
}

/// Kelly's stakes on all bets together, times a factor.
fn slip(book: &Book, wanted: &[Wanted], odds: &dyn Fn(&Wanted) -> f64, factor: f64) -> Vec<f64> {
    let mut by_match: BTreeMap<usize, Vec<(usize, GridBet)>> = BTreeMap::new();
    for (n, bet) in wanted.iter().enumerate() {
        by_match
            .entry(bet.at)
            .or_default()
            .push((n, GridBet { selection: bet.offer.selection, odds: odds(bet) }));
    }
    let bets: Vec<Vec<GridBet>> =
        by_match.values().map(|m| m.iter().map(|(_, bet)| *bet).collect()).collect();
    let matches: Vec<SlipMatch<'_>> = by_match
        .keys()
        .zip(&bets)
        .map(|(at, bets)| SlipMatch { grid: book.matches[*at].forecast.grid(), bets })
        .collect();
    let mut stakes = vec![0.0; wanted.len()];
    if matches.is_empty() {
        return stakes;
    }
    let shares = kelly_slip(&matches, 1.0).expect("every match has a bet, at a price above 1");
    for (places, shares) in by_match.values().zip(shares) {
        for ((n, _), share) in places.iter().zip(shares) {
            stakes[*n] = factor * share;
        }
    }
    stakes
}

/// Shrinks the stakes of each group alike, so that what is staked on it, with what was staked before, stays within a limit.
pub(super) fn shrink<K: Ord>(
    stakes: &mut [f64],
    group: impl Fn(usize) -> K,
    before: impl Fn(&K) -> f64,
    limit: f64,
) {
    let mut sums: BTreeMap<K, f64> = BTreeMap::new();
    for (n, stake) in stakes.iter().enumerate() {
        *sums.entry(group(n)).or_default() += stake;
    }
    for (n, stake) in stakes.iter_mut().enumerate() {
        let key = group(n);
        let room = (limit - before(&key)).max(0.0);
        let sum = sums.get(&key).copied().unwrap_or_default();
        if sum > room {
            *stake *= room / sum;
        }
    }
}
