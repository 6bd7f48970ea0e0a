//! What a feature family is: state that is asked before a match and told after it.

use crate::history::{Fixture, Played};
use crate::quotes::Quote;
use crate::registry::Definition;

/// How far a result was from what the strength filter expected of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surprise {
    /// Goal difference minus the expected one, home view.
    pub goal_difference: f64,
    /// Points minus expected points, home side and away side.
    pub points: [f64; 2],
}

/// What was known of a match itself when its features were asked for, beside the fixture.
#[derive(Debug, Clone, Copy, Default)]
pub struct News<'a> {
    /// Bookmakers' prices known by then, in the order in which they became known.
    pub quotes: &'a [Quote],
}

/// A family of features: columns that share a state.
///
/// The pass calls [`Family::snapshot`] for a match before [`Family::observe`] is told of any result that was not
/// known at its kick-off, so a family cannot look ahead: it sees only what it was told.
pub trait Family: Send {
    /// Adds the definitions of its columns, in the order in which `snapshot` writes them.
    fn define(&self, list: &mut Vec<Definition>);

    /// Writes the values of its columns for a fixture, from what was observed so far and the news of the match.
    /// `out` has one place per definition and is filled with NaN.
    fn snapshot(&self, fixture: &Fixture, news: &News<'_>, out: &mut [f32]);

    /// Takes in a result.
    fn observe(&mut self, played: &Played, surprise: &Surprise);
}
