//! What a feature family is: state that is asked before a match and told after it.

use crate::context::MatchContext;
use crate::history::{Fixture, Played};
use crate::registry::Definition;

/// How far a result was from what the strength filter expected of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Residual {
    /// Goal difference minus the expected one, home view.
    pub goal_difference: f64,
    /// Points minus expected points, home side and away side.
    pub points: [f64; 2],
}

/// Copies a family with its state; every family that can be cloned has it.
pub trait CopyFamily {
    /// The copy.
    fn copy(&self) -> Box<dyn Family>;
}

impl<T: Family + Clone + 'static> CopyFamily for T {
    fn copy(&self) -> Box<dyn Family> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Family> {
    fn clone(&self) -> Self {
        (**self).copy()
    }
}

/// A family of features: columns that share a state.
///
/// The pass calls [`Family::snapshot`] for a match before [`Family::observe`] is told of any result that was not
/// known at its kick-off, so a family cannot look ahead: it sees only what it was told.
pub trait Family: CopyFamily + Send + Sync {
    /// Adds the definitions of its columns, in the order in which `snapshot` writes them.
    fn define(&self, list: &mut Vec<Definition>);

    /// Writes the values of its columns for a fixture, from what was observed so far and the context of the match.
    /// `out` has one place per definition and is filled with NaN.
    fn snapshot(&self, fixture: &Fixture, context: &MatchContext<'_>, out: &mut [f32]);

    /// Takes in a result.
    fn observe(&mut self, played: &Played<'_>, residual: &Residual);
}
