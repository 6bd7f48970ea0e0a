//! All families together: one row of features per fixture, one observation per result.

use crate::context::MatchContext;
use crate::families;
use crate::family::{Family, Residual};
use crate::history::{Fixture, Played};
use crate::registry::Definition;
use crate::settings::Settings;
use touchline_models::dynamic::{GoalFilter, outcome_probabilities};

/// The columns of every matrix computed with these settings, in order.
pub fn definitions(settings: &Settings) -> Vec<Definition> {
    Engine::new(settings).definitions()
}

/// The state of all families, as of the results observed so far.
#[derive(Clone)]
pub struct Engine {
    families: Vec<(Box<dyn Family>, usize)>,
    reference: GoalFilter,
    width: usize,
}

impl Engine {
    /// An engine that has seen nothing.
    pub fn new(settings: &Settings) -> Self {
        let mut width = 0;
        let families = families::all(settings)
            .into_iter()
            .map(|family| {
                let mut list = Vec::new();
                family.define(&mut list);
                width += list.len();
                (family, list.len())
            })
            .collect();
        Self { families, reference: GoalFilter::new(settings.filter), width }
    }

    /// The columns, in order.
    pub fn definitions(&self) -> Vec<Definition> {
        let mut list = Vec::with_capacity(self.width);
        for (family, _) in &self.families {
            family.define(&mut list);
        }
        list
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Writes the features of a fixture, of which `context` is known.
    ///
    /// # Panics
    /// `out` has not exactly [`Engine::width`] places.
    pub fn snapshot(&self, fixture: &Fixture, context: &MatchContext<'_>, out: &mut [f32]) {
        assert_eq!(out.len(), self.width, "one place per column");
        out.fill(f32::NAN);
        let mut rest = out;
        for (family, width) in &self.families {
            let (columns, after) = rest.split_at_mut(*width);
            family.snapshot(fixture, context, columns);
            rest = after;
        }
    }

    /// Takes in a result.
    pub fn observe(&mut self, played: &Played<'_>) {
        let residual = self.residual(played);
        for (family, _) in &mut self.families {
            family.observe(played, &residual);
        }
        let f = &played.fixture;
        self.reference.update(f.pairing(), f.occasion(), played.goals.map(f64::from));
    }

    fn residual(&self, played: &Played<'_>) -> Residual {
        let goals = self.reference.expect(played.fixture.pairing(), played.fixture.occasion()).goals();
        let [home, draw, away] = outcome_probabilities(goals, self.reference.config().rho);
        let points = played.points();
        Residual {
            goal_difference: played.goal_difference() - (goals.0 - goals.1),
            points: [points[0] - 3.0 * home - draw, points[1] - 3.0 * away - draw],
        }
    }
}
