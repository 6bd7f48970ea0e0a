//! All families together: one row of features per fixture, one observation per result.

use crate::families::{self, earlier::EarlierConfig};
use crate::family::{Family, News, Surprise};
use crate::history::{Fixture, Played};
use crate::quotes::MarketView;
use crate::registry::Definition;
use crate::squads::LineupView;
use crate::view::View;
use serde::{Deserialize, Serialize};
use touchline_models::dynamic::{FilterConfig, GoalFilter, outcome_probabilities};

/// Parameters of the families.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Parameters of the strength filters.
    pub filter: FilterConfig,
    /// Parameters of the filter of earlier prices.
    pub earlier: EarlierConfig,
    /// Which of the bookmakers' prices features see: those of the market family, or none.
    pub market: MarketView,
    /// Whether features see who plays and who is missing.
    #[serde(default)]
    pub lineups: LineupView,
}

impl Settings {
    /// For forecasts of the coming matchdays.
    pub const FRESH: Self = Self::of(FilterConfig::FRESH, EarlierConfig::FRESH);
    /// For forecasts some ten weeks ahead of the last known result.
    pub const STALE: Self = Self::of(FilterConfig::STALE, EarlierConfig::STALE);

    /// Parameters of the filters, and nothing seen of the match itself but the fixture.
    const fn of(filter: FilterConfig, earlier: EarlierConfig) -> Self {
        Self { filter, earlier, market: MarketView::None, lineups: LineupView::None }
    }

    /// The same with some of the bookmakers' prices.
    #[must_use]
    pub const fn with_market(self, market: MarketView) -> Self {
        Self { market, ..self }
    }

    /// The same with line-ups and absences, or without.
    #[must_use]
    pub const fn with_lineups(self, lineups: LineupView) -> Self {
        Self { lineups, ..self }
    }

    /// The same with everything that is seen of the match itself.
    #[must_use]
    pub const fn with_view(self, View { market, lineups }: View) -> Self {
        self.with_market(market).with_lineups(lineups)
    }
}

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

    /// Writes the features of a fixture, of which `news` is known.
    ///
    /// # Panics
    /// `out` has not exactly [`Engine::width`] places.
    pub fn snapshot(&self, fixture: &Fixture, news: &News<'_>, out: &mut [f32]) {
        assert_eq!(out.len(), self.width, "one place per column");
        out.fill(f32::NAN);
        let mut rest = out;
        for (family, width) in &self.families {
            let (columns, after) = rest.split_at_mut(*width);
            family.snapshot(fixture, news, columns);
            rest = after;
        }
    }

    /// Takes in a result.
    pub fn observe(&mut self, played: &Played<'_>) {
        let surprise = self.surprise(played);
        for (family, _) in &mut self.families {
            family.observe(played, &surprise);
        }
        let f = &played.fixture;
        self.reference.update(f.clubs(), f.occasion(), played.goals.map(f64::from));
    }

    fn surprise(&self, played: &Played<'_>) -> Surprise {
        let goals = self.reference.expect(played.fixture.clubs(), played.fixture.occasion()).goals();
        let [home, draw, away] = outcome_probabilities(goals, self.reference.config().rho);
        let points = played.points();
        Surprise {
            goal_difference: played.goal_difference() - (goals.0 - goals.1),
            points: [points[0] - 3.0 * home - draw, points[1] - 3.0 * away - draw],
        }
    }
}
