//! What only football knows: rules over matches and over quotes.
//!
//! A rule has a name, a kind, a version and a severity ([`RULES`]); what it finds is one [`RuleFinding`] per cause. The version
//! rises with every change of what a rule finds.

mod fixtures;
mod hours;
mod prices;
mod scores;
mod standings;

pub(crate) use fixtures::season_span;
pub(crate) use scores::tails_of;

pub use fixtures::fixtures;
pub use hours::hours;
pub use prices::{Price, PriceLimits, prices};
pub use scores::{GoalRates, scores};
pub use standings::{Standing, standings};

use serde::Serialize;
use touchline_domain::{MatchId, Severity};

/// What a rule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleKind {
    /// A value of the right type.
    Type,
    /// A value within a range.
    Range,
    /// A value at all.
    Missing,
    /// Values that fit each other.
    Logical,
}

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Its name, the `error_type` of its findings.
    pub name: &'static str,
    /// The table that it looks at.
    pub table: &'static str,
    /// What it asks for.
    pub kind: RuleKind,
    /// Its version.
    pub version: u32,
    /// How bad what it finds usually is.
    pub severity: Severity,
    /// What it finds, and what usually is behind it.
    pub what: &'static str,
}

macro_rules! rules {
    ($($name:ident: $table:literal $kind:ident $severity:ident $version:literal $what:literal)*) => {
        /// All rules.
        pub const RULES: &[Rule] = &[$(Rule {
            name: stringify!($name),
            table: $table,
            kind: RuleKind::$kind,
            version: $version,
            severity: Severity::$severity,
            what: $what,
        }),*];
    };
}

rules! {
    half_time_above_full_time: "matches" Logical High 1
        "a side has more goals at half-time than at the end: columns exchanged"
    improbable_score: "matches" Range Medium 1
        "a score that its forecast, or the goal rates of its league, hardly allow: a digit too many"
    club_twice_in_a_day: "matches" Logical High 1
        "a club plays twice on a day: a wrong date, or one club under the name of another"
    duplicated_round: "matches" Logical High 1
        "the results of a day are those of another day: a round that was delivered twice"
    outside_season: "matches" Logical High 1
        "matches outside the time of their season: a season with a wrong label"
    venue_repeated: "matches" Logical Medium 2
        "clubs met twice at one ground and never at the other: home and away exchanged"
    finished_before_kickoff: "matches" Logical High 1
        "a result of a match that has not started: a wrong date, or a wrong clock"
    missing_half: "matches" Missing Medium 2
        "a league whose half-time scores were always there has none: a truncated or changed file"
    kickoff_hours_shifted: "matches" Logical High 2
        "kick-offs lie whole hours beside those of former seasons: a time zone"
    table_does_not_add_up: "standings" Logical Medium 1
        "a published table contradicts itself"
    price_out_of_range: "odds" Range Medium 1
        "prices outside 1.01 to 1000: a lost or an added decimal point"
    book_sum: "odds" Logical Medium 2
        "implied probabilities that no bookmaker offers: exchanged columns, or prices of several matches"
    price_against_consensus: "odds" Logical High 2
        "a book far from all others on the same match"
    lines_not_monotonic: "odds" Logical Medium 1
        "a higher line at a price that only a lower one can have"
    arbitrage_too_good: "odds" Logical Medium 1
        "the best prices of all bookmakers leave more than a tenth for free"
    frozen_feed: "odds" Logical High 1
        "the same prices over many matches, or over many quotes while others moved"
}

/// What drift is recorded as.
pub const DRIFT: Rule = Rule {
    name: "distribution_shift",
    table: "",
    kind: RuleKind::Range,
    version: 1,
    severity: Severity::Low,
    what: "recent values lie further from those before them than they ever did",
};

/// What a rule found: one cause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleFinding {
    /// The rule, or the detector.
    pub rule: &'static str,
    /// The table.
    pub table: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What identifies the cause: the same cause gives the same words whenever it is looked for.
    pub cause: String,
    /// What was found and what is behind it, in one sentence.
    pub message: String,
    /// The rows, first those of the lowest number; at most a hundred.
    pub matches: Vec<MatchId>,
    /// How many rows there are.
    pub rows: usize,
    /// Whether a person has to decide.
    pub needs_review: bool,
    /// The cause of which this one is a part, where that one is known as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
}

/// Rows that a finding lists.
const LISTED: usize = 100;

impl RuleFinding {
    /// What drift of a table is recorded as.
    pub fn drift(table: &'static str, cause: String, message: String, severity: Severity) -> Self {
        let (rule, matches) = (DRIFT.name, Vec::new());
        Self {
            rule,
            table,
            severity,
            cause,
            message,
            matches,
            rows: 0,
            needs_review: severity >= Severity::High,
            part_of: None,
        }
    }

    fn new(rule: &'static str, cause: String, message: String, mut matches: Vec<MatchId>) -> Self {
        let of = RULES.iter().find(|known| known.name == rule).expect("every rule is declared");
        matches.sort_unstable();
        matches.dedup();
        let rows = matches.len();
        matches.truncate(LISTED);
        let Rule { table, severity, .. } = *of;
        Self {
            rule,
            table,
            severity,
            cause,
            message,
            matches,
            rows,
            needs_review: severity >= Severity::Medium,
            part_of: None,
        }
    }

    fn at(self, severity: Severity) -> Self {
        Self { severity, needs_review: severity >= Severity::Medium, ..self }
    }
}

#[cfg(test)]
mod tests;
