//! Strategies: which bets, at which prices, for how much.

mod file;
mod parts;

pub use file::variants;
pub use parts::{Caps, Costs, Multiples, Pick, Prices, Selector, Stakes, StopRules};

use super::book::takes_bets;
use thiserror::Error;
use touchline_domain::MarketType;

/// What is wrong with a strategy, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {key}: {message}")]
pub struct StrategyError {
    /// The line of the file, from 1.
    pub line: usize,
    /// The key.
    pub key: String,
    /// What is wrong and what to write.
    pub message: String,
}

/// A strategy. [`Strategy::parse`] reads one from a TOML file; one made in Rust is checked by [`Strategy::check`] before it
/// runs.
#[derive(Debug, Clone)]
pub struct Strategy {
    /// Its name in reports.
    pub name: String,
    /// What it does, in a sentence.
    pub about: String,
    /// Which bets it wants.
    pub pick: Pick,
    /// Markets that it looks at.
    pub markets: Vec<MarketType>,
    /// Least price.
    pub min_odds: f64,
    /// Highest price.
    pub max_odds: f64,
    /// Most bets on one match: those of the highest expected value.
    pub most_per_match: usize,
    /// When it decides, and whose prices it sees.
    pub prices: Prices,
    /// Money at the start.
    pub bankroll: f64,
    /// How much it stakes.
    pub stakes: Stakes,
    /// Most that is at stake at once.
    pub caps: Caps,
    /// What bookmakers charge, take and refuse.
    pub costs: Costs,
    /// When it ends.
    pub stop: StopRules,
    /// Whether it puts several selections into one bet; none makes a bet of each.
    pub multiples: Option<Multiples>,
}

/// A key in a section, and what is wrong with its value.
pub(super) type Fault = ((&'static str, &'static str), String);

impl Strategy {
    /// Checks all values.
    ///
    /// # Errors
    /// The first value that makes no sense, without a line.
    pub fn check(&self) -> Result<(), StrategyError> {
        self.fault().map_or(Ok(()), |((section, key), message)| {
            Err(StrategyError { line: 1, key: joined(section, key), message })
        })
    }

    pub(super) fn fault(&self) -> Option<Fault> {
        self.fault_of_bets()
            .or_else(|| self.fault_of_prices())
            .or_else(|| self.fault_of_money())
            .or_else(|| self.fault_of_multiples())
    }

    /// Whether a day's bets are decided together, before its first match.
    pub fn by_slip(&self) -> bool {
        self.stakes.by_slip() || self.multiples.is_some()
    }

    fn fault_of_multiples(&self) -> Option<Fault> {
        let multiples = self.multiples.as_ref()?;
        if let Some((key, rule)) = multiples.fault() {
            return Some((("multiples", key), rule.to_owned()));
        }
        if self.prices.bookmakers.len() > 1 {
            let message = "a multiple is placed at one bookmaker, at its own prices: name one";
            return Some((("prices", "bookmakers"), message.to_owned()));
        }
        self.stakes.by_slip().then(|| {
            let message = "kelly_slip stakes single bets together; use kelly for multiples";
            (("stakes", "plan"), message.to_owned())
        })
    }

    fn fault_of_bets(&self) -> Option<Fault> {
        let fault = |key, message: &str| Some((("bets", key), message.to_owned()));
        let name = |c: char| c.is_alphanumeric() || "-_.,= ".contains(c);
        if self.name.is_empty() || self.name.len() > 200 || !self.name.chars().all(name) {
            let rule = "a name has 1 to 200 letters, digits, spaces and - _ . , =";
            return Some((("", "name"), rule.to_owned()));
        }
        if self.markets.is_empty() {
            return fault(
                "markets",
                "name at least one of 1x2, over_under, asian_handicap, both_teams_score",
            );
        }
        if !(self.min_odds >= 1.0 && self.min_odds <= self.max_odds && self.max_odds <= 1000.0) {
            return fault(
                "min_odds",
                "the least price lies above 1 and not above max_odds, which is at most 1000",
            );
        }
        if !(1..=100).contains(&self.most_per_match) {
            return fault("most_per_match", "write a number from 1 to 100");
        }
        match self.pick {
            Pick::Value { min_edge } | Pick::ClosingLine { min_edge }
                if !(0.0..=10.0).contains(&min_edge) =>
            {
                fault("min_edge", "an edge is a share of the stake, from 0 (none) to 10; 0.03 is 3 percent")
            }
            _ if !self.pick.needs_edge() && self.stakes.needs_edge() => Some((
                ("stakes", "plan"),
                format!(
                    "{} picks bets without an edge, for which Kelly's stake is 0; use flat, proportional or fixed_win",
                    self.pick.name()
                ),
            )),
            _ => None,
        }
    }

    fn fault_of_prices(&self) -> Option<Fault> {
        let Prices { bookmakers, lead, delay, max_age } = &self.prices;
        let fault = |key, message: String| Some((("prices", key), message));
        if bookmakers.is_empty() || bookmakers.len() > 50 {
            return fault(
                "bookmakers",
                "name 1 to 50 bookmakers at which bets can be placed, such as B365".into(),
            );
        }
        if let Some(code) = bookmakers.iter().find(|code| !takes_bets(code)) {
            let message = format!(
                "{code} is a summary over the market, found with hindsight, not a bookmaker; name the bookmakers at which \
                 bets can be placed, and the best of their prices is taken"
            );
            return fault("bookmakers", message);
        }
        if !(0..=14 * 86_400).contains(lead) {
            return fault(
                "lead_minutes",
                "a decision falls 0 to 20160 minutes (14 days) before kick-off".into(),
            );
        }
        if !(0..=86_400).contains(delay) {
            return fault("delay_minutes", "a price is heard of 0 to 1440 minutes after it is known".into());
        }
        if max_age.is_some_and(|age| age <= 0) {
            return fault("max_age_hours", "write a number of hours above 0".into());
        }
        None
    }

    fn fault_of_money(&self) -> Option<Fault> {
        if !(self.bankroll >= 1.0 && self.bankroll <= 1e12) {
            return Some((("stakes", "bankroll"), "a bankroll lies between 1 and 1e12".to_owned()));
        }
        let shares = [
            (("caps", "match"), Some(self.caps.per_match)),
            (("caps", "league"), Some(self.caps.per_league)),
            (("caps", "day"), Some(self.caps.per_day)),
            (("stop", "drawdown"), self.stop.drawdown),
            (("stop", "day_loss"), self.stop.day_loss),
        ];
        for (key, share) in shares {
            if share.is_some_and(|share| !(share > 0.0 && share <= 1.0)) {
                return Some((key, "write a share of the bankroll above 0, up to 1".to_owned()));
            }
        }
        let costs = &self.costs;
        let money = |v: f64| v.is_finite() && v >= 0.0;
        let rules = [
            (
                "commission",
                (0.0..1.0).contains(&costs.commission),
                "write a share of the winnings from 0, below 1",
            ),
            ("refused_share", (0.0..=1.0).contains(&costs.refused_share), "write a share from 0 to 1"),
            (
                "rounding",
                costs.rounding > 0.0 && costs.rounding <= 1e6,
                "stakes are whole multiples of an amount above 0",
            ),
            ("least_stake", money(costs.least_stake), "write an amount of money, 0 or more"),
            (
                "most_stake",
                costs.most_stake > 0.0 && costs.most_stake >= costs.least_stake,
                "the largest stake lies above 0 and not below least_stake",
            ),
        ];
        if let Some((key, _, rule)) = rules.into_iter().find(|(_, holds, _)| !holds) {
            return Some((("costs", key), rule.to_owned()));
        }
        self.stakes.fault().map(|(key, rule)| (("stakes", key), rule.to_owned()))
    }
}

fn joined(section: &str, key: &str) -> String {
    if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") }
}
