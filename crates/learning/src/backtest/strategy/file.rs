//! Strategies as TOML files. Everything in them is checked, and what is wrong is told by its line and key.

use super::parts::{Caps, Costs, Multiples, Pick, Prices, Stakes, StopRules};
use super::{Strategy, StrategyError, joined};
use serde::Deserialize;
use toml::{Table, Value};
use touchline_domain::MarketType;

/// The most bytes of a file.
const LONGEST: usize = 64 << 10;
/// The most variants of one strategy.
const MOST_VARIANTS: usize = 2_000;
const MINUTE: f64 = 60.0;
const HOUR: f64 = 3600.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StrategyFile {
    name: String,
    #[serde(default)]
    about: String,
    bets: BetKeys,
    prices: PriceKeys,
    stakes: StakeKeys,
    #[serde(default)]
    caps: CapKeys,
    #[serde(default)]
    costs: CostKeys,
    #[serde(default)]
    stop: StopKeys,
    multiples: Option<MultipleKeys>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BetKeys {
    pick: PickName,
    markets: Vec<MarketType>,
    min_edge: Option<f64>,
    #[serde(default = "one")]
    min_odds: f64,
    #[serde(default = "thousand")]
    max_odds: f64,
    #[serde(default = "one_bet")]
    most_per_match: usize,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum PickName {
    Value,
    Draws,
    Favourites,
    Longshots,
    ClosingLine,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceKeys {
    bookmakers: Vec<String>,
    lead_minutes: f64,
    delay_minutes: f64,
    max_age_hours: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StakeKeys {
    #[serde(default = "thousand")]
    bankroll: f64,
    plan: PlanName,
    amount: Option<f64>,
    share: Option<f64>,
    fraction: Option<f64>,
    max_drawdown: Option<f64>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum PlanName {
    Flat,
    Proportional,
    FixedWin,
    Kelly,
    KellySlip,
    DrawdownCapped,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MultipleKeys {
    legs: usize,
    system: Option<Vec<usize>>,
    #[serde(default = "one_bet")]
    most_per_day: usize,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct CapKeys {
    r#match: Option<f64>,
    league: Option<f64>,
    day: Option<f64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct CostKeys {
    commission: Option<f64>,
    least_stake: Option<f64>,
    most_stake: Option<f64>,
    rounding: Option<f64>,
    refused_share: Option<f64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct StopKeys {
    drawdown: Option<f64>,
    day_loss: Option<f64>,
}

fn one() -> f64 {
    1.0
}

fn thousand() -> f64 {
    1000.0
}

fn one_bet() -> usize {
    1
}

impl Strategy {
    /// Reads and checks a strategy.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and key.
    pub fn parse(text: &str) -> Result<Self, StrategyError> {
        if text.len() > LONGEST {
            let message = format!("longer than {} KiB; no strategy needs so much", LONGEST >> 10);
            return Err(StrategyError { line: 1, key: "strategy".to_owned(), message });
        }
        let file: StrategyFile = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            StrategyError { line, key: key_at(text, line), message: error.message().trim().to_owned() }
        })?;
        let at = |section: &str, key: &str, message: String| StrategyError {
            line: line_with(text, section, key),
            key: joined(section, key),
            message,
        };
        let strategy = file.strategy().map_err(|(section, key, message)| at(section, key, message))?;
        match strategy.fault() {
            Some(((section, key), message)) => Err(at(section, key, message)),
            None => Ok(strategy),
        }
    }
}

/// The section and key that are at fault, and how.
type AtFault = (&'static str, &'static str, String);

impl StrategyFile {
    fn strategy(self) -> Result<Strategy, AtFault> {
        let caps = Caps::default();
        let costs = Costs::default();
        let seconds = |value: f64, unit: f64| (value * unit).round() as i64;
        Ok(Strategy {
            name: self.name,
            about: self.about,
            pick: self.bets.pick()?,
            markets: self.bets.markets,
            min_odds: self.bets.min_odds,
            max_odds: self.bets.max_odds,
            most_per_match: self.bets.most_per_match,
            prices: Prices {
                bookmakers: self.prices.bookmakers,
                lead: seconds(self.prices.lead_minutes, MINUTE),
                delay: seconds(self.prices.delay_minutes, MINUTE),
                max_age: self.prices.max_age_hours.map(|hours| seconds(hours, HOUR)),
            },
            bankroll: self.stakes.bankroll,
            stakes: self.stakes.plan()?,
            caps: Caps {
                per_match: self.caps.r#match.unwrap_or(caps.per_match),
                per_league: self.caps.league.unwrap_or(caps.per_league),
                per_day: self.caps.day.unwrap_or(caps.per_day),
            },
            costs: Costs {
                commission: self.costs.commission.unwrap_or(costs.commission),
                least_stake: self.costs.least_stake.unwrap_or(costs.least_stake),
                most_stake: self.costs.most_stake.unwrap_or(costs.most_stake),
                rounding: self.costs.rounding.unwrap_or(costs.rounding),
                refused_share: self.costs.refused_share.unwrap_or(costs.refused_share),
            },
            stop: StopRules { drawdown: self.stop.drawdown, day_loss: self.stop.day_loss },
            multiples: self.multiples.map(|keys| Multiples {
                legs: keys.legs,
                sizes: keys.system.unwrap_or_else(|| vec![keys.legs]),
                most_per_day: keys.most_per_day,
            }),
        })
    }
}

impl BetKeys {
    fn pick(&self) -> Result<Pick, AtFault> {
        let (value, closing) = (self.pick == PickName::Value, self.pick == PickName::ClosingLine);
        let min_edge = match self.min_edge {
            Some(edge) if value || closing => edge,
            Some(_) => {
                return Err((
                    "bets",
                    "min_edge",
                    "only value and closing_line ask for an edge; remove it".to_owned(),
                ));
            }
            None if value || closing => {
                return Err((
                    "bets",
                    "min_edge",
                    "write the margin of safety, such as min_edge = 0.03".to_owned(),
                ));
            }
            None => 0.0,
        };
        Ok(match self.pick {
            PickName::Value => Pick::Value { min_edge },
            PickName::Draws => Pick::Draws,
            PickName::Favourites => Pick::Favourites,
            PickName::Longshots => Pick::Longshots,
            PickName::ClosingLine => Pick::ClosingLine { min_edge },
        })
    }
}

impl StakeKeys {
    fn plan(&self) -> Result<Stakes, AtFault> {
        let given = [
            ("amount", self.amount),
            ("share", self.share),
            ("fraction", self.fraction),
            ("max_drawdown", self.max_drawdown),
        ];
        let wanted: &[&'static str] = match self.plan {
            PlanName::Flat | PlanName::FixedWin => &["amount"],
            PlanName::Proportional => &["share"],
            PlanName::Kelly | PlanName::KellySlip => &["fraction"],
            PlanName::DrawdownCapped => &["fraction", "max_drawdown"],
        };
        for (key, value) in given {
            match (wanted.contains(&key), value) {
                (true, None) => return Err(("stakes", key, "this plan needs it; write a number".to_owned())),
                (false, Some(_)) => {
                    return Err(("stakes", key, "this plan does not use it; remove it".to_owned()));
                }
                _ => {}
            }
        }
        let [amount, share, fraction, max_drawdown] = given.map(|(_, value)| value.unwrap_or_default());
        Ok(match self.plan {
            PlanName::Flat => Stakes::Flat { amount },
            PlanName::Proportional => Stakes::Proportional { share },
            PlanName::FixedWin => Stakes::FixedWin { amount },
            PlanName::Kelly => Stakes::Kelly { fraction },
            PlanName::KellySlip => Stakes::KellySlip { fraction },
            PlanName::DrawdownCapped => Stakes::DrawdownCapped { fraction, max_drawdown },
        })
    }
}

/// A strategy with every combination of some values of its keys, such as `("bets.min_edge", ["0.02", "0.05"])`; the
/// strategy as it is where there are none. Each variant is named after what differs.
///
/// # Errors
/// The strategy or one of the variants is wrong, or there are too many.
pub fn variants(text: &str, changes: &[(String, Vec<String>)]) -> Result<Vec<Strategy>, StrategyError> {
    let plain = Strategy::parse(text)?;
    let mut all: Vec<(String, Table)> = vec![(plain.name.clone(), text.parse().unwrap_or_default())];
    for (key, values) in changes {
        let wrong = |message: &str| StrategyError { line: 1, key: key.clone(), message: message.to_owned() };
        let (section, name) =
            key.split_once('.').ok_or_else(|| wrong("name a section and a key, such as bets.min_edge"))?;
        if values.is_empty() || all.len() * values.len() > MOST_VARIANTS {
            return Err(wrong("give 1 to 2000 variants in all"));
        }
        let mut next = Vec::with_capacity(all.len() * values.len());
        for (variant, table) in &all {
            for value in values {
                let mut table = table.clone();
                let held = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
                let held = held.as_table_mut().ok_or_else(|| wrong("there is no such section"))?;
                held.insert(name.to_owned(), literal(value));
                next.push((format!("{variant}, {name}={value}"), table));
            }
        }
        all = next;
    }
    if changes.is_empty() {
        return Ok(vec![plain]);
    }
    let parse = |(name, table): (String, Table)| {
        let strategy = Strategy::parse(&table.to_string()).map_err(|error| {
            let message = format!("{} (variant {name})", error.message);
            StrategyError { line: line_of_key(text, &error.key), key: error.key, message }
        })?;
        Ok(Strategy { name, ..strategy })
    };
    all.into_iter().map(parse).collect()
}

/// A value as TOML reads it, or as a text.
fn literal(value: &str) -> Value {
    let parsed = format!("value = {value}").parse::<Table>().ok();
    parsed.and_then(|mut table| table.remove("value")).unwrap_or_else(|| Value::String(value.to_owned()))
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// The key of a line.
fn key_at(text: &str, line: usize) -> String {
    let line = text.lines().nth(line - 1).unwrap_or_default();
    line.split('=').next().unwrap_or_default().trim().trim_matches(['[', ']']).to_owned()
}

/// The line of a key in a section; that of the section where the key is not written.
fn line_with(text: &str, section: &str, key: &str) -> usize {
    let (mut inside, mut heading) = (section.is_empty(), 1);
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            inside = line.trim_matches(['[', ']']).trim() == section;
            heading = if inside { number + 1 } else { heading };
        } else if inside && line.split('=').next().is_some_and(|k| k.trim() == key) {
            return number + 1;
        }
    }
    heading
}

fn line_of_key(text: &str, key: &str) -> usize {
    let (section, name) = key.split_once('.').unwrap_or(("", key));
    line_with(text, section, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = r#"name = "mine"
[bets]
pick = "value"
markets = ["1x2"]
min_edge = 0.03

[prices]
bookmakers = ["B365"]
lead_minutes = 60
delay_minutes = 5

[stakes]
plan = "flat"
amount = 10
"#;

    fn wrong(from: &str, to: &str) -> String {
        assert!(PLAIN.contains(from));
        Strategy::parse(&PLAIN.replace(from, to)).unwrap_err().to_string()
    }

    #[test]
    fn a_strategy_says_what_it_does() {
        let strategy = Strategy::parse(PLAIN).unwrap();
        assert_eq!((strategy.prices.lead, strategy.prices.delay, strategy.prices.max_age), (3600, 300, None));
        assert!(matches!(strategy.pick, Pick::Value { min_edge } if (min_edge - 0.03).abs() < 1e-12));
        assert_eq!(strategy.stakes, Stakes::Flat { amount: 10.0 });
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_key() {
        let cases = [
            ("min_edge", "min_edgee", "line 5: min_edgee: unknown field `min_edgee`"),
            ("[prices]\n", "[prices]\ncolour = 3\n", "line 8: colour: unknown field `colour`"),
            ("[stakes]", "[steaks]", "line 12: steaks: unknown field `steaks`"),
            ("0.03", "-1", "line 5: bets.min_edge: an edge is a share"),
            ("\"B365\"", "\"Max\"", "line 8: prices.bookmakers: Max is a summary"),
            ("amount = 10", "share = 0.1", "stakes.amount: this plan needs it"),
            ("amount = 10", "amount = 0", "line 14: stakes.amount: write an amount"),
            ("min_edge = 0.03", "", "bets.min_edge: write the margin of safety"),
            ("\"value\"", "\"draws\"", "bets.min_edge: only value"),
            ("\"1x2\"", "\"1x3\"", "line 4: markets: unknown variant `1x3`"),
            ("lead_minutes = 60", "lead_minutes = -5", "line 9: prices.lead_minutes: a decision falls"),
            ("\"mine\"", "\"\"", "line 1: name: a name has"),
        ];
        for (from, to, expected) in cases {
            let said = wrong(from, to);
            assert!(said.contains(expected), "{to}: {said}");
        }
        let multiples = [
            ("legs = 1", "multiples.legs: write a number of selections"),
            ("legs = 3\nsystem = [4]", "multiples.system: sizes are numbers of legs"),
            ("legs = 3\nmost_per_day = 0", "multiples.most_per_day"),
            ("legs = 3\nsystems = [2]", "unknown field `systems`"),
        ];
        for (keys, expected) in multiples {
            let said = Strategy::parse(&format!("{PLAIN}[multiples]\n{keys}\n")).unwrap_err().to_string();
            assert!(said.contains(expected), "{keys}: {said}");
        }
        let shopping = PLAIN.replace("[\"B365\"]", "[\"B365\", \"PS\"]") + "[multiples]\nlegs = 2\n";
        assert!(Strategy::parse(&shopping).unwrap_err().to_string().contains("placed at one bookmaker"));
        let kelly = PLAIN.replace("plan = \"flat\"\namount = 10", "plan = \"kelly\"\nfraction = 0.5");
        let draws = kelly.replace("\"value\"", "\"draws\"").replace("min_edge = 0.03\n", "");
        assert!(Strategy::parse(&draws).unwrap_err().to_string().contains("without an edge"));
        assert!(Strategy::parse(&" ".repeat(70_000)).is_err());
        assert!(Strategy::parse("").unwrap_err().to_string().contains("name"));
    }

    #[test]
    fn variants_are_all_combinations_and_named_after_what_differs() {
        let changes = [
            ("bets.min_edge".to_owned(), vec!["0.01".to_owned(), "0.05".to_owned()]),
            ("caps.day".to_owned(), vec!["0.1".to_owned(), "0.2".to_owned(), "0.3".to_owned()]),
        ];
        let all = variants(PLAIN, &changes).unwrap();
        assert_eq!(all.len(), 6);
        assert_eq!(all[5].name, "mine, min_edge=0.05, day=0.3");
        assert!((all[5].caps.per_day - 0.3).abs() < 1e-12);
        let refused = |key: &str, value: &str| {
            variants(PLAIN, &[(key.to_owned(), vec![value.to_owned()])]).unwrap_err().to_string()
        };
        assert!(refused("min_edge", "1").contains("name a section"));
        assert!(refused("bets.edge", "1").contains("unknown field"));
        assert!(refused("bets.min_edge", "-1").starts_with("line 5: bets.min_edge"));
    }
}
