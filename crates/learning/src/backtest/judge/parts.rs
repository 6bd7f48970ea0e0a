//! Where the profit came from: the same bets by market, league, price and age of the price.

use crate::backtest::track::Bet;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// Upper ends of price bands.
const PRICES: [(f64, &str); 5] =
    [(1.5, "to 1.50"), (2.0, "to 2.00"), (3.0, "to 3.00"), (5.0, "to 5.00"), (f64::INFINITY, "above 5.00")];
/// Upper ends of ages, hours.
const AGES: [(f64, &str); 5] =
    [(1.0, "to 1 h"), (6.0, "to 6 h"), (24.0, "to 24 h"), (48.0, "to 48 h"), (f64::INFINITY, "above 48 h")];

/// The bets of a strategy in parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// What the parts differ in.
    pub by: String,
    /// The parts.
    pub parts: Vec<PartOfBets>,
}

/// Some of the bets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartOfBets {
    /// Their name.
    pub part: String,
    /// How many.
    pub bets: usize,
    /// Money staked.
    pub staked: f64,
    /// Money won or lost.
    pub profit: f64,
    /// Profit over the stakes.
    pub yield_on_stakes: f64,
    /// Its standard error, by match days; infinite for bets of a single day, which JSON writes as nothing.
    #[serde(deserialize_with = "infinite_where_null")]
    pub standard_error: f64,
    /// Mean closing-line value, where closing lines are known.
    pub closing_line_value: Option<f64>,
}

fn infinite_where_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::INFINITY))
}

/// All parts; those of one kind hold all bets.
pub(super) fn attribution(bets: &[Bet]) -> Vec<Attribution> {
    type Key = (usize, String);
    type Kind<'a> = (&'static str, &'a dyn Fn(&Bet) -> Key);
    let band = |value: f64, bands: &[(f64, &str)]| -> Key {
        let at = bands.iter().position(|(end, _)| value <= *end).unwrap_or(bands.len() - 1);
        (at, bands[at].1.to_owned())
    };
    let kinds: [Kind<'_>; 5] = [
        ("market", &|b| match b.multiple {
            Some(_) => (usize::MAX, "multiple".to_owned()),
            None => (b.market as usize, b.market.name().to_owned()),
        }),
        ("league", &|b| (0, b.league.to_string())),
        ("bookmaker", &|b| (0, b.bookmaker.to_string())),
        ("price", &|b| band(b.odds, &PRICES)),
        ("age of price", &|b| band(b.price_age as f64 / 3600.0, &AGES)),
    ];
    kinds.into_iter().map(|(by, key)| Attribution { by: by.to_owned(), parts: parts(bets, key) }).collect()
}

fn parts(bets: &[Bet], key: &dyn Fn(&Bet) -> (usize, String)) -> Vec<PartOfBets> {
    let mut groups: BTreeMap<(usize, String), Vec<&Bet>> = BTreeMap::new();
    for bet in bets {
        groups.entry(key(bet)).or_default().push(bet);
    }
    groups.into_iter().map(|((_, part), bets)| part_of(part, &bets)).collect()
}

fn part_of(part: String, bets: &[&Bet]) -> PartOfBets {
    let staked: f64 = bets.iter().map(|b| b.stake).sum();
    let profit: f64 = bets.iter().map(|b| b.profit).sum();
    let yield_on_stakes = profit / staked;
    // The ratio's error by its linearisation, whole days being independent.
    let mut by_day: BTreeMap<i64, f64> = BTreeMap::new();
    for bet in bets {
        *by_day.entry(bet.day()).or_default() += bet.profit - yield_on_stakes * bet.stake;
    }
    let n = by_day.len() as f64;
    let squares: f64 = by_day.values().map(|residual| residual * residual).sum();
    let standard_error = if n > 1.0 { (squares * n / (n - 1.0)).sqrt() / staked } else { f64::INFINITY };
    let closing: Vec<f64> = bets.iter().filter_map(|b| b.closing_line_value).collect();
    let closing_line_value =
        (!closing.is_empty()).then(|| closing.iter().sum::<f64>() / closing.len() as f64);
    PartOfBets { part, bets: bets.len(), staked, profit, yield_on_stakes, standard_error, closing_line_value }
}
