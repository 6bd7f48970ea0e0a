//! What is known of a match before its kick-off, beside the fixture.

use crate::quotes::Quote;
use crate::squads::{Absence, Eleven};

/// What was known of a match itself when its features were asked for, beside the fixture.
#[derive(Debug, Clone, Copy, Default)]
pub struct MatchContext<'a> {
    /// Bookmakers' prices known by then, in the order in which they became known.
    pub quotes: &'a [Quote],
    /// Line-ups known by then, in the order in which they became known.
    pub elevens: &'a [Eleven],
    /// Absences known by then, in the order in which they became known.
    pub absences: &'a [Absence],
}
