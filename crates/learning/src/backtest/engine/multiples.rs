//! Bets on several selections at once.

use super::{Seconds, Walk, Wanted, net};
use crate::backtest::stakes::by_plan;
use crate::backtest::strategy::Multiples;
use crate::backtest::track::{Bet, BetLeg, BetMultiple};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use touchline_models::staking::{Multiple, MultipleLeg};

/// Legs with what they make together.
struct Slip<'a> {
    legs: Vec<&'a Wanted>,
    multiple: Multiple,
}

impl Walk<'_> {
    /// Makes multiples of what is wanted: the best selections first, each match once, until too few are left.
    pub(super) fn decide_multiples(&mut self, rule: &Multiples, wanted: &[Wanted], time: Seconds) {
        let slips = self.slips(rule, wanted);
        let amounts = self.amounts_of(&slips);
        let bankroll = self.bank.current();
        for (slip, amount) in slips.iter().zip(amounts) {
            if let Some(stake) = self.affordable(amount) {
                let matches = slip.legs.iter().map(|leg| &self.book.matches[leg.at]);
                let settled_at = matches.clone().map(|m| m.settled_at).max().unwrap_or(time);
                let leagues: BTreeSet<usize> = matches.map(|m| m.league).collect();
                let bet = self.bet_of(slip, rule, stake, time, bankroll);
                self.note(bet, settled_at, leagues);
            }
        }
    }

    fn slips<'a>(&self, rule: &Multiples, wanted: &'a [Wanted]) -> Vec<Slip<'a>> {
        let mut best: Vec<&Wanted> = wanted.iter().collect();
        best.sort_by(|a, b| b.offer.expected_value().total_cmp(&a.offer.expected_value()));
        let mut used = BTreeSet::new();
        best.retain(|leg| used.insert(leg.at));
        let slip = |legs: &[&'a Wanted]| {
            let mut legs = legs.to_vec();
            legs.sort_by_key(|leg| leg.at);
            let leg = |leg: &&Wanted| MultipleLeg {
                of_match: leg.at as u64,
                odds: net(leg.offer.paid, self.strategy.costs.commission),
                chances: leg.offer.chances,
            };
            let multiple = Multiple::system(legs.iter().map(leg).collect(), &rule.sizes)
                .expect("a checked rule, different matches, and chances of a grid");
            Slip { legs, multiple }
        };
        best.chunks_exact(rule.legs).take(rule.most_per_day).map(slip).collect()
    }

    /// Money on each within all caps: a stake counts in full for each match and each league that it is on.
    fn amounts_of(&mut self, slips: &[Slip<'_>]) -> Vec<f64> {
        let strategy = self.strategy;
        let (kelly, odds) = (|n: usize| slips[n].multiple.kelly(), |n: usize| slips[n].multiple.most());
        let mut amounts = by_plan(strategy, &self.bank, self.at_stake(), slips.len(), &odds, &kelly);
        let before = amounts.clone();
        let current = self.bank.current();
        let (caps, most) = (&strategy.caps, strategy.costs.most_stake);
        let mut leagues: BTreeMap<(usize, i64), Vec<usize>> = BTreeMap::new();
        let mut days: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for (n, slip) in slips.iter().enumerate() {
            // Each match is in one slip at most.
            amounts[n] = amounts[n].min(caps.per_match * current);
            let of: BTreeSet<(usize, i64)> = slip.legs.iter().map(|leg| self.league_day(leg)).collect();
            for (league, day) in of {
                leagues.entry((league, day)).or_default().push(n);
                let on_day = days.entry(day).or_default();
                if on_day.last() != Some(&n) {
                    on_day.push(n);
                }
            }
        }
        for (key, on) in &leagues {
            let staked = self.league_staked.get(key).copied().unwrap_or_default();
            shrink_together(&mut amounts, on, caps.per_league * current - staked);
        }
        for (day, on) in &days {
            let staked = self.days.get(day).map_or(0.0, |day| day.staked);
            shrink_together(&mut amounts, on, caps.per_day * current - staked);
        }
        for (amount, before) in amounts.iter_mut().zip(before) {
            *amount = amount.min(most);
            self.cut += u64::from(*amount < before);
        }
        amounts
    }

    fn league_day(&self, leg: &Wanted) -> (usize, i64) {
        let played = &self.book.matches[leg.at];
        (played.league, played.day())
    }

    fn bet_of(&self, slip: &Slip<'_>, rule: &Multiples, stake: f64, time: Seconds, bankroll: f64) -> Bet {
        let singles: Vec<Bet> = slip.legs.iter().map(|leg| self.bet(leg, stake, time, bankroll)).collect();
        let settled: Vec<f64> = singles.iter().map(|bet| bet.settled).collect();
        let profit = slip.multiple.returns(&settled).expect("legs settle in five ways") - 1.0;
        let closing: Option<Vec<f64>> = singles.iter().map(|b| Some(1.0 + b.closing_line_value?)).collect();
        let closing = closing.and_then(|legs| slip.multiple.mean_return(&legs).ok());
        let closing_probability = singles.iter().map(|b| b.closing_probability).product::<Option<f64>>();
        let first = &singles[0];
        let same_league = singles.iter().all(|bet| bet.league == first.league);
        let leg = |bet: &Bet| BetLeg {
            match_id: bet.match_id,
            league: bet.league.clone(),
            kickoff: bet.kickoff,
            market: bet.market,
            line_quarters: bet.line_quarters,
            outcome: bet.outcome,
            odds: bet.odds,
            settled: bet.settled,
            probability: bet.probability,
        };
        Bet {
            league: if same_league { first.league.clone() } else { Arc::from("several") },
            kickoff: singles.iter().map(|bet| bet.kickoff).min().unwrap_or(first.kickoff),
            odds: slip.multiple.most(),
            profit: stake * profit,
            settled: profit,
            probability: slip.multiple.profit_probability(),
            expected_value: slip.multiple.expected_profit(),
            edge_after_margin: None,
            confidence: None,
            price_age: singles.iter().map(|bet| bet.price_age).max().unwrap_or_default(),
            imputed: singles.iter().any(|bet| bet.imputed),
            closing_line_value: closing.map(|returned| returned - 1.0),
            closing_probability: closing_probability.filter(|_| rule.sizes == [rule.legs]),
            multiple: Some(BetMultiple {
                sizes: rule.sizes.clone(),
                legs: singles.iter().map(leg).collect(),
            }),
            ..first.clone()
        }
    }
}

/// Shrinks some stakes alike, so that their sum stays within the room.
fn shrink_together(amounts: &mut [f64], on: &[usize], room: f64) {
    let sum: f64 = on.iter().map(|n| amounts[*n]).sum();
    let room = room.max(0.0);
    if sum > room {
        for n in on {
            amounts[*n] *= room / sum;
        }
    }
}
