//! What is known of a match before its kick-off, beside the fixture.

use crate::quotes::Quote;
use crate::squads::{Absence, Eleven};
use crate::time::Seconds;
use touchline_domain::TableSplit;

/// What was known of a match itself when its features were asked for, beside the fixture.
#[derive(Debug, Clone, Copy, Default)]
pub struct MatchContext<'a> {
    /// Bookmakers' prices known by then, in the order in which they became known.
    pub quotes: &'a [Quote],
    /// Line-ups known by then, in the order in which they became known.
    pub elevens: &'a [Eleven],
    /// Absences known by then, in the order in which they became known.
    pub absences: &'a [Absence],
    /// Points taken from teams of the match's league and season by then.
    pub deductions: &'a [Deduction],
    /// How the table of the match's league divides in its season.
    pub split: Option<&'a TableSplit>,
}

/// Points taken from a team, or given back to it where they are below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deduction {
    /// The team.
    pub team: u32,
    /// How many points.
    pub points: i32,
    /// Since when the table shows it.
    pub from: Seconds,
}
