//! The walk of one strategy through a book.

mod multiples;

use super::book::{Book, BookMatch, fair};
use super::odds_known::{Offer, net, offers};
use super::stakes::{Wanted, shrink, stakes};
use super::strategy::{Pick, Strategy, StrategyError};
use super::track::{Bet, DayTotal, Refusals, Track};
use std::collections::BTreeMap;
use std::ops::Range;
use thiserror::Error;
use touchline_domain::{MatchId, Outcome, SplitMix64};
use touchline_features::Seconds;
use touchline_models::odds::closing_line_value;
use touchline_models::staking::{Bankroll, Selection, edge_confidence};

/// Why a strategy was not run.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum StrategyRefused {
    /// A value of it makes no sense.
    #[error(transparent)]
    Wrong(#[from] StrategyError),
    /// It wants to know the closing price before there is one.
    #[error(
        "it bets by closing prices before they are known: those of match {id} are known {minutes} minutes after its decision; \
         set prices.lead_minutes and prices.delay_minutes so that it decides after them, or pick bets otherwise"
    )]
    ClosingPriceBeforeItsTime {
        /// A match where it does.
        id: MatchId,
        /// How much too early it decides, rounded up.
        minutes: i64,
    },
    /// It would decide before the data of a forecast end.
    #[error(
        "the forecast of match {id} knows what happened up to {minutes} minutes after the decision; forecast from data that end \
         before it, or decide later"
    )]
    LateForecast {
        /// A match where it does.
        id: MatchId,
        /// How much too early it decides, rounded up.
        minutes: i64,
    },
    /// None of its bookmakers priced a match.
    #[error("there is no price of {0}; prices.bookmakers must name some that the data hold")]
    NoPrices(String),
    /// It has lost all that it had.
    #[error("it has no money left to bet")]
    NoMoney,
    /// Bets of now, and the paper ledger, are on one selection each.
    #[error(
        "it puts several selections into one bet: `touchline backtest` takes such strategies; remove [multiples] to see its \
         selections of now"
    )]
    Multiples,
}

/// The bets that a strategy wants of all matches of a book at one time, with so much money, of which a part is at stake.
pub(super) fn decide_at(
    book: &Book,
    strategy: &Strategy,
    time: Seconds,
    [money, at_stake]: [f64; 2],
) -> Result<(Vec<Bet>, Refusals), StrategyRefused> {
    let mut walk = Walk::new(book, strategy, money)?;
    if strategy.multiples.is_some() {
        return Err(StrategyRefused::Multiples);
    }
    walk.at_stake_before = at_stake;
    for (_, matches) in decisions(book, strategy) {
        walk.decide(time, matches)?;
    }
    Ok((walk.bets, walk.refusals))
}

/// Runs a strategy.
///
/// # Errors
/// [`StrategyRefused`]: nothing is reported of a strategy that cheats.
pub fn run(book: &Book, strategy: &Strategy) -> Result<Track, StrategyRefused> {
    let mut walk = Walk::new(book, strategy, strategy.bankroll)?;
    for (time, matches) in decisions(book, strategy) {
        walk.settle_until(time);
        walk.decide(time, matches)?;
    }
    walk.settle_until(Seconds::MAX);
    Ok(Track {
        bets: walk.bets,
        days: walk.days.into_values().collect(),
        refusals: walk.refusals,
        cut: walk.cut,
        start: strategy.bankroll,
        end: walk.bank.current(),
        max_drawdown: walk.bank.max_drawdown(),
        stopped_at: walk.stopped_at,
    })
}

/// When which matches are decided: each at its own time, or all of a day before its first.
fn decisions(book: &Book, strategy: &Strategy) -> impl Iterator<Item = (Seconds, Range<usize>)> {
    let (lead, by_slip) = (strategy.prices.lead, strategy.by_slip());
    let same = move |a: &BookMatch, b: &BookMatch| {
        if by_slip { a.day() == b.day() } else { a.kickoff == b.kickoff }
    };
    let mut from = 0;
    book.matches.chunk_by(same).map(move |together| {
        let matches = from..from + together.len();
        from = matches.end;
        (together[0].kickoff - lead, matches)
    })
}

/// A bet that is not settled, and when it is.
struct Open {
    settled_at: Seconds,
    bet: usize,
}

struct Walk<'a> {
    book: &'a Book,
    strategy: &'a Strategy,
    bookmakers: Vec<usize>,
    bank: Bankroll,
    /// Money on bets of before.
    at_stake_before: f64,
    open: Vec<Open>,
    /// When the first of the open bets is settled.
    next_due: Seconds,
    bets: Vec<Bet>,
    days: BTreeMap<i64, DayTotal>,
    /// By league and day.
    league_staked: BTreeMap<(usize, i64), f64>,
    refusals: Refusals,
    cut: u64,
    stopped_at: Option<Seconds>,
    /// What is offered of a match, and what is wanted of a decision; kept for their room.
    offers: Vec<Offer>,
    wanted: Vec<Wanted>,
}

impl<'a> Walk<'a> {
    fn new(book: &'a Book, strategy: &'a Strategy, money: f64) -> Result<Self, StrategyRefused> {
        strategy.check()?;
        let codes = &strategy.prices.bookmakers;
        let bookmakers: Vec<usize> = codes.iter().filter_map(|code| book.bookmaker(code)).collect();
        if bookmakers.is_empty() {
            return Err(StrategyRefused::NoPrices(codes.join(", ")));
        }
        let bank = Bankroll::new(money).map_err(|_| StrategyRefused::NoMoney)?;
        Ok(Self {
            book,
            strategy,
            bookmakers,
            bank,
            at_stake_before: 0.0,
            open: Vec::new(),
            next_due: Seconds::MAX,
            bets: Vec::new(),
            days: BTreeMap::new(),
            league_staked: BTreeMap::new(),
            refusals: Refusals::default(),
            cut: 0,
            stopped_at: None,
            offers: Vec::new(),
            wanted: Vec::new(),
        })
    }

    /// Pays the bets whose results are known at a time.
    fn settle_until(&mut self, time: Seconds) {
        if time < self.next_due {
            return;
        }
        let mut due: Vec<(Seconds, usize)> =
            self.open.iter().filter(|o| o.settled_at <= time).map(|o| (o.settled_at, o.bet)).collect();
        due.sort_unstable();
        self.open.retain(|o| o.settled_at > time);
        self.next_due = self.open.iter().map(|o| o.settled_at).min().unwrap_or(Seconds::MAX);
        for (settled_at, place) in due {
            let bet = &self.bets[place];
            self.bank.settle(bet.stake, bet.profit).expect("stakes are covered until they are settled");
            if let Some(day) = self.days.get_mut(&bet.day()) {
                day.profit += bet.profit;
            }
            // A hair below a limit is that limit.
            let fallen = 1.0 - self.bank.current() / self.bank.highest() + 1e-9;
            if self.stopped_at.is_none() && self.strategy.stop.drawdown.is_some_and(|most| fallen >= most) {
                self.stopped_at = Some(settled_at);
            }
        }
    }

    fn decide(&mut self, time: Seconds, matches: Range<usize>) -> Result<(), StrategyRefused> {
        let (book, strategy) = (self.book, self.strategy);
        let (mut offered, mut wanted) = (std::mem::take(&mut self.offers), std::mem::take(&mut self.wanted));
        wanted.clear();
        for at in matches {
            let played = &book.matches[at];
            self.refuse_what_is_known_later(played, time)?;
            offered.clear();
            offers(
                &mut offered,
                (book, played),
                strategy,
                &self.bookmakers,
                time,
                &mut self.refusals.too_old,
            );
            pick(strategy, &offered, at, &mut wanted);
        }
        self.offers = offered;
        let stopped = self.stopped_at.is_some();
        let (days, refusals) = (&self.days, &mut self.refusals);
        wanted.retain(|w| {
            let lost = strategy.stop.day_loss.is_some_and(|most| {
                let day = days.get(&book.matches[w.at].day());
                day.is_some_and(|day| -day.profit >= most * day.bankroll)
            });
            let reason = if stopped || lost {
                &mut refusals.stopped
            } else if !stands(strategy, &w.offer) {
                &mut refusals.price_moved
            } else if refused_at_random(book, w, strategy.costs.refused_share) {
                &mut refusals.by_bookmaker
            } else {
                return true;
            };
            *reason += 1;
            false
        });
        if let Some(rule) = &strategy.multiples {
            self.decide_multiples(rule, &wanted, time);
        } else {
            let amounts = self.amounts(&wanted);
            let bankroll = self.bank.current();
            for (bet, amount) in wanted.iter().zip(amounts) {
                self.place(bet, amount, time, bankroll);
            }
        }
        self.wanted = wanted;
        Ok(())
    }

    fn refuse_what_is_known_later(&self, played: &BookMatch, time: Seconds) -> Result<(), StrategyRefused> {
        let id = played.id;
        let minutes = |late: Seconds| (late + 59) / 60;
        let late = played.forecast.known_until() - time;
        if late > 0 {
            return Err(StrategyRefused::LateForecast { id, minutes: minutes(late) });
        }
        if matches!(self.strategy.pick, Pick::ClosingLine { .. }) {
            let heard_until = time - self.strategy.prices.delay;
            let looked_at = played.markets.iter().filter(|m| self.strategy.markets.contains(&m.market));
            let late = looked_at.filter_map(|m| Some(m.closing?.known_at - heard_until)).max().unwrap_or(0);
            if late > 0 {
                return Err(StrategyRefused::ClosingPriceBeforeItsTime { id, minutes: minutes(late) });
            }
        }
        Ok(())
    }

    /// Money on bets that are not settled.
    fn at_stake(&self) -> f64 {
        self.at_stake_before + self.open.iter().map(|o| self.bets[o.bet].stake).sum::<f64>()
    }

    /// Money on each bet within all caps and the bookmaker's limit.
    fn amounts(&mut self, wanted: &[Wanted]) -> Vec<f64> {
        let strategy = self.strategy;
        let mut amounts = stakes(self.book, strategy, &self.bank, self.at_stake(), wanted);
        let before = amounts.clone();
        let current = self.bank.current();
        let played = |n: usize| &self.book.matches[wanted[n].at];
        let caps = &strategy.caps;
        let in_day = |day: &i64| self.days.get(day).map_or(0.0, |day| day.staked);
        // Most often there is room for everything together: all is of one day, on which more is staked than on any league of it.
        let least = caps.per_match.min(caps.per_league).min(caps.per_day) * current;
        let together = amounts.iter().sum::<f64>() + wanted.first().map_or(0.0, |_| in_day(&played(0).day()));
        if together > least {
            shrink(&mut amounts, |n| wanted[n].at, |_| 0.0, caps.per_match * current);
            let in_league = |key: &(usize, i64)| self.league_staked.get(key).copied().unwrap_or_default();
            let league = |n: usize| (played(n).league, played(n).day());
            shrink(&mut amounts, league, in_league, caps.per_league * current);
            shrink(&mut amounts, |n| played(n).day(), in_day, caps.per_day * current);
        }
        for (amount, before) in amounts.iter_mut().zip(before) {
            *amount = amount.min(strategy.costs.most_stake);
            self.cut += u64::from(*amount < before);
        }
        amounts
    }

    fn place(&mut self, wanted: &Wanted, amount: f64, time: Seconds, bankroll: f64) {
        if let Some(stake) = self.affordable(amount) {
            let played = &self.book.matches[wanted.at];
            let bet = self.bet(wanted, stake, time, bankroll);
            self.note(bet, played.settled_at, [played.league]);
        }
    }

    /// The stake that is placed of an amount: rounded, within what is left, and large enough for the bookmaker.
    fn affordable(&mut self, amount: f64) -> Option<f64> {
        let costs = &self.strategy.costs;
        let left = self.bank.current() - self.at_stake();
        // A hair above a multiple is that multiple.
        let rounded = |money: f64| (money / costs.rounding + 1e-9).floor() * costs.rounding;
        let stake = rounded(amount);
        if stake <= 0.0 || stake < costs.least_stake {
            self.refusals.too_small += 1;
            return None;
        }
        let stake = if stake > left { rounded(left - 1e-6).max(0.0) } else { stake };
        if stake <= 0.0 || stake < costs.least_stake {
            self.refusals.no_money += 1;
            return None;
        }
        Some(stake)
    }

    /// Writes a bet down, whose stake counts for these leagues.
    fn note(&mut self, bet: Bet, settled_at: Seconds, leagues: impl IntoIterator<Item = usize>) {
        let (at, stake, bankroll) = (bet.day(), bet.stake, bet.bankroll);
        let day = self.days.entry(at).or_insert(DayTotal { day: at, bankroll, ..DayTotal::default() });
        day.bets += 1;
        day.staked += stake;
        if let Some(value) = bet.closing_line_value {
            day.closing_sum += value;
            day.closing_bets += 1;
        }
        for league in leagues {
            *self.league_staked.entry((league, at)).or_default() += stake;
        }
        self.next_due = self.next_due.min(settled_at);
        self.open.push(Open { settled_at, bet: self.bets.len() });
        self.bets.push(bet);
    }

    fn bet(&self, Wanted { at, offer }: &Wanted, stake: f64, time: Seconds, bankroll: f64) -> Bet {
        let played = &self.book.matches[*at];
        let market = &played.markets[offer.at];
        let settled = market.outcomes[offer.outcome].map_or(0.0, |outcome| outcome.settled);
        let paid = net(offer.paid, self.strategy.costs.commission);
        let probability = offer.chances.two_way_probability();
        let series = market.series.iter().find(|s| s.bookmaker == offer.bookmaker);
        let own = series.and_then(|s| fair(s.known(time)?.odds, market.market)?[offer.outcome]);
        // Closing prices that were known at the decision measure nothing.
        let closing = market.closing.filter(|closing| closing.known_at > time);
        let closing_probability = closing.and_then(|closing| closing.fair[offer.outcome]);
        Bet {
            match_id: played.id,
            league: self.book.leagues[played.league].clone(),
            kickoff: played.kickoff,
            decided_at: time,
            market: offer.market,
            line_quarters: offer.line_quarters,
            outcome: offer.outcome,
            bookmaker: self.book.bookmakers[offer.bookmaker].clone(),
            odds: offer.paid,
            stake,
            profit: stake * if settled > 0.0 { settled * (paid - 1.0) } else { settled },
            settled,
            probability,
            expected_value: offer.chances.expected_profit(paid),
            edge_after_margin: own.map(|own| probability - own),
            confidence: self
                .book
                .forecast_error
                .and_then(|error| edge_confidence(probability, paid, error.log_odds).ok()),
            price_age: time - offer.known_at,
            imputed: offer.imputed,
            closing_line_value: closing_probability.and_then(|p| closing_line_value(paid, p).ok()),
            closing_probability,
            bankroll,
            multiple: None,
        }
    }
}

/// Adds the bets that a strategy wants of the match at a place of the book, the best first.
fn pick(strategy: &Strategy, offers: &[Offer], at: usize, wanted: &mut Vec<Wanted>) {
    let before = wanted.len();
    let within = |offer: &&Offer| (strategy.min_odds..=strategy.max_odds).contains(&offer.odds);
    let by_closing = |o: &Offer| o.known_closing.map_or(f64::NEG_INFINITY, |p| o.net_odds * p - 1.0);
    let mut choose = |wants: &dyn Fn(&Offer) -> bool, order: &dyn Fn(&Offer) -> f64| {
        let chosen = offers.iter().filter(within).filter(|o| wants(o));
        wanted.extend(chosen.map(|offer| Wanted { at, offer: *offer }));
        wanted[before..].sort_by(|a, b| order(&b.offer).total_cmp(&order(&a.offer)));
    };
    // The shortest or longest price of each market and line.
    let is_end = |offer: &Offer, longest: bool| {
        let others = offers.iter().filter(|o| o.at == offer.at && o.outcome != offer.outcome);
        let sign = if longest { 1.0 } else { -1.0 };
        let mut others = others.peekable();
        others.peek().is_some() && others.all(|o| sign * o.odds < sign * offer.odds)
    };
    match &strategy.pick {
        Pick::Value { min_edge } => choose(&|o| o.expected_value() >= *min_edge, &Offer::expected_value),
        Pick::Draws => choose(&|o| o.selection == Selection::Outcome(Outcome::Draw), &|_| 0.0),
        Pick::Favourites => choose(&|o| is_end(o, false), &|o| -o.odds),
        Pick::Longshots => choose(&|o| is_end(o, true), &|o| o.odds),
        Pick::ClosingLine { min_edge } => choose(&|o| by_closing(o) >= *min_edge, &by_closing),
        Pick::Custom(selector) => choose(&|o| selector.wants(o, offers), &Offer::expected_value),
    }
    wanted.truncate(before + strategy.most_per_match);
}

/// Whether the strategy still wants the bet at the price that is paid.
fn stands(strategy: &Strategy, offer: &Offer) -> bool {
    if offer.paid <= 1.0 || offer.paid < strategy.min_odds {
        return false;
    }
    let paid = net(offer.paid, strategy.costs.commission);
    match strategy.pick {
        Pick::Value { min_edge } => offer.chances.expected_profit(paid) >= min_edge,
        Pick::ClosingLine { min_edge } => offer.known_closing.is_some_and(|p| paid * p - 1.0 >= min_edge),
        _ => true,
    }
}

/// Whether a bookmaker refuses the bet: always the same ones, by a number made of what the bet is.
fn refused_at_random(book: &Book, wanted: &Wanted, share: f64) -> bool {
    let Wanted { at, offer } = wanted;
    let line = offer.line_quarters.unwrap_or(i16::MIN);
    let mut x = book.matches[*at].id.0 as u64;
    for part in [offer.market as u64, line as u64, offer.outcome as u64] {
        x = SplitMix64::new(x.wrapping_add(part)).next_u64();
    }
    ((x >> 11) as f64) < share * (1_u64 << 53) as f64
}
