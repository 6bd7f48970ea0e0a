//! Earlier prices: what bookmakers' prices of the matches before, with their results and chances, say of both sides.
//!
//! Prices of a match know more of both sides than its result does: line-ups, injuries, transfers. Here they are
//! learned from once the match is over, as if they were counts: a filter of attack and defence follows the goals that the
//! last prices implied, blended with what happened. No price of the match that is forecast is seen, so its columns can be
//! had long before anybody prices it. Earlier prices as observations of a rating: Wunderlich, F. & Memmert, D. (2018).
//! The betting odds rating system. *PLoS ONE* 13(6).

use super::market::board::OneXTwo;
use crate::columns::{Fading, PerIndex, sides};
use crate::context::MatchContext;
use crate::family::{Family, Residual};
use crate::history::{Fixture, Played, SideCounts};
use crate::quotes::{Book, MarketView, Quote};
use crate::registry::{Definition, Definitions, Described, Exchange};
use serde::{Deserialize, Serialize};
use touchline_domain::Forecast;
use touchline_models::dynamic::{FilterConfig, GoalFilter, outcome_probabilities};
use touchline_models::odds::{GoalExpectancy, Rho, Target};

/// What happened: shares of goals, shots on target, other shots and corners, each by the league's mean of it in goals.
const SHARES: [f64; NUMBERS] = [0.23, 0.49, 0.19, 0.09];
const NUMBERS: usize = 4;
/// Weight of the newest value in a league's mean of a count.
const LEAGUE_MEAN_WEIGHT: f64 = 0.002;
/// Weight of the newest match in how far a team does better than its prices.
const FORM_WEIGHT: f64 = 0.05;

const OF_MATCH: [Described; 6] = [
    told("earlier_home_goals", "mean goals of the home side by the filter of earlier prices", "goals"),
    told("earlier_away_goals", "mean goals of the away side by the filter of earlier prices", "goals"),
    told("earlier_supremacy", "earlier_home_goals minus earlier_away_goals", "goals")
        .exchanged(Exchange::Negated),
    told("earlier_home_win", "home win by Dixon-Coles from the means of the filter", "probability"),
    told("earlier_draw", "draw by Dixon-Coles from the means of the filter", "probability"),
    told("earlier_away_win", "away win by Dixon-Coles from the means of the filter", "probability"),
];
const OF_SIDES: [Described; 1] =
    [told("beyond_prices", "goal difference minus that which prices implied, weight .05", "goals")];

const fn told(name: &'static str, formula: &'static str, unit: &'static str) -> Described {
    Described::new(name, formula, unit).missing("no earlier match priced in the league, or of the team")
}

/// How much a match's prices and what happened in it are trusted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EarlierConfig {
    /// Of the filter; its dispersion is that of a priced match.
    pub filter: FilterConfig,
    /// Share of the goals that prices implied in what the filter observes of a priced match; the rest is what happened.
    pub prices: f64,
    /// Dispersion of the goals of a match that nobody priced.
    pub unpriced: f64,
}

impl EarlierConfig {
    /// For forecasts of the coming matchdays. Fitted with the filter; the matches that nobody priced are too few to tell.
    pub const FRESH: Self = Self { filter: FilterConfig::EARLIER_PRICES, prices: 0.876, unpriced: 1.19 };
    /// For forecasts some ten weeks ahead of the last known result.
    pub const STALE: Self = Self { filter: FilterConfig::EARLIER_PRICES_STALE, ..Self::FRESH };

    /// A filter of goals alone.
    pub const fn of_goals(filter: FilterConfig) -> Self {
        Self { filter, prices: 0.0, unpriced: filter.dispersion }
    }

    /// Lets a filter observe what a match said of its sides.
    pub(crate) fn observe(&self, filter: &mut GoalFilter, fixture: &Fixture, said: &Said) {
        let (pairing, occasion) = (fixture.pairing(), fixture.occasion());
        match said.implied {
            None => filter.update_dispersed(pairing, occasion, said.happened, self.unpriced),
            Some(implied) => {
                let blend = |side| self.prices * implied[side] + (1.0 - self.prices) * said.happened[side];
                filter.update(pairing, occasion, [0, 1].map(blend));
            }
        }
    }
}

/// What a match that is over says of both sides, in goals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Said {
    /// What its last prices implied, where it had any.
    pub implied: Option<[f64; 2]>,
    /// What happened.
    pub happened: [f64; 2],
}

/// Reads matches, in order of time.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// Means of goals, shots on target, other shots and corners of one side, by league.
    means: PerIndex<[Fading; NUMBERS]>,
}

impl Reader {
    /// What a match says.
    pub fn read(&mut self, played: &Played<'_>) -> Said {
        Said { implied: implied(played.quotes), happened: self.happened(played) }
    }

    /// Goals of both sides as what they did would bring them in the long run; the goals themselves where the rest was not
    /// counted.
    fn happened(&mut self, played: &Played<'_>) -> [f64; 2] {
        let goals = played.goals.map(f64::from);
        let [home, away] = [0, 1].map(|side| numbers(goals[side], &played.counts[side]));
        if home.iter().chain(&away).any(|x| x.is_nan()) {
            return goals;
        }
        let means = self.means.get_mut(played.fixture.league);
        for numbers in [home, away] {
            for (mean, x) in means.iter_mut().zip(numbers) {
                mean.add(LEAGUE_MEAN_WEIGHT, x);
            }
        }
        let goals_per = |n: usize| means[0].get() / means[n].get().max(f64::MIN_POSITIVE);
        [home, away].map(|side| (0..NUMBERS).map(|n| SHARES[n] * side[n] * goals_per(n)).sum())
    }
}

/// The filter, and what it needs to read a match.
#[derive(Clone)]
pub struct Earlier {
    config: EarlierConfig,
    filter: GoalFilter,
    reader: Reader,
    beyond: PerIndex<Fading>,
    /// Whether a match of the league was priced: its columns stay missing where nobody prices.
    seen: PerIndex<bool>,
}

impl Earlier {
    pub fn new(config: EarlierConfig) -> Self {
        Self {
            config,
            filter: GoalFilter::new(config.filter),
            reader: Reader::default(),
            beyond: PerIndex::default(),
            seen: PerIndex::default(),
        }
    }
}

fn numbers(goals: f64, c: &SideCounts) -> [f64; NUMBERS] {
    let (shots, on_target) = (f64::from(c.shots), f64::from(c.on_target));
    [goals, on_target, (shots - on_target).max(0.0), f64::from(c.corners)]
}

/// Mean goals of both sides that the last prices before a match imply: Pinnacle's, else the market's average.
fn implied(quotes: &[Quote]) -> Option<[f64; 2]> {
    let board = OneXTwo::of(quotes, MarketView::Closing);
    let sharpest = board.of_book(Book::Pinnacle).map(|price| price.latest);
    let probabilities = sharpest.or_else(|| board.consensus().map(|(latest, _)| latest))?;
    let outcome = Target::Outcome(Forecast::normalised(probabilities).ok()?);
    let goals = GoalExpectancy::fit(&[outcome], Rho::Fixed(FilterConfig::FRESH.rho)).ok()?;
    Some([goals.home, goals.away])
}

impl Family for Earlier {
    fn define(&self, list: &mut Vec<Definition>) {
        let mut d = Definitions::of("earlier", 1, list);
        for column in OF_MATCH {
            d.of_match(column);
        }
        d.of_sides(&OF_SIDES);
    }

    fn snapshot(&self, fixture: &Fixture, _: &MatchContext<'_>, out: &mut [f32]) {
        let (of_match, of_sides) = out.split_at_mut(OF_MATCH.len());
        if *self.seen.get(fixture.league) {
            let (home, away) = self.filter.expect(fixture.pairing(), fixture.occasion()).goals();
            let [win, draw, loss] = outcome_probabilities((home, away), self.filter.config().rho);
            for (out, value) in of_match.iter_mut().zip([home, away, home - away, win, draw, loss]) {
                *out = value as f32;
            }
        }
        let beyond = |team: u32| [self.beyond.get(team).get()];
        sides(of_sides, &beyond(fixture.home), &beyond(fixture.away));
    }

    fn observe(&mut self, played: &Played<'_>, _: &Residual) {
        let f = &played.fixture;
        let said = self.reader.read(played);
        self.config.observe(&mut self.filter, f, &said);
        let Some(implied) = said.implied else { return };
        let residual = played.goal_difference() - (implied[0] - implied[1]);
        self.beyond.get_mut(f.home).add(FORM_WEIGHT, residual);
        self.beyond.get_mut(f.away).add(FORM_WEIGHT, -residual);
        *self.seen.get_mut(f.league) = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchline_domain::{MarketType, OddsPhase};

    const FIXTURE: Fixture = Fixture {
        home: 0,
        away: 1,
        league: 0,
        season: 4030,
        tier: 1,
        day: 0.0,
        neutral: false,
        in_table: true,
        split_after: 0,
    };
    const UNCOUNTED: SideCounts = SideCounts {
        shots: f32::NAN,
        on_target: f32::NAN,
        corners: f32::NAN,
        expected_goals: f32::NAN,
        possession: f32::NAN,
        red_cards: f32::NAN,
    };

    fn quote(book: Book, prices: [f32; 3]) -> Quote {
        let (market, phase) = (MarketType::OneXTwo, OddsPhase::Closing);
        Quote { known_at: 0, market, phase, book, line_quarters: 0, prices }
    }

    fn after(goals: [u8; 2], counts: [SideCounts; 2], quotes: &[Quote]) -> Earlier {
        let mut family = Earlier::new(EarlierConfig::FRESH);
        let nothing = Residual { goal_difference: 0.0, points: [0.0; 2] };
        family.observe(&Played { fixture: FIXTURE, goals, counts, elevens: [None; 2], quotes }, &nothing);
        family
    }

    fn value(family: &Earlier, name: &str) -> f32 {
        let mut list = Vec::new();
        family.define(&mut list);
        let mut out = vec![f32::NAN; list.len()];
        let own = [quote(Book::Pinnacle, [1.01, 20.0, 50.0])];
        let fixture = Fixture { day: 7.0, ..FIXTURE };
        family.snapshot(&fixture, &MatchContext { quotes: &own, ..MatchContext::default() }, &mut out);
        out[list.iter().position(|d| d.name == name).unwrap()]
    }

    #[test]
    fn prices_count_for_more_than_the_result() {
        let home = [quote(Book::Bet365, [1.3, 5.5, 11.0])];
        let away = [quote(Book::Bet365, [11.0, 5.5, 1.3])];
        let lost = after([0, 2], [UNCOUNTED; 2], &home);
        let won = after([2, 0], [UNCOUNTED; 2], &away);
        assert!(value(&lost, "earlier_supremacy") > value(&won, "earlier_supremacy"));
        assert!(value(&lost, "earlier_home_win") > value(&won, "earlier_home_win"));
        let better = after([2, 0], [UNCOUNTED; 2], &home);
        assert!(value(&better, "earlier_supremacy") > value(&lost, "earlier_supremacy"), "results count too");
        assert!(value(&lost, "home_beyond_prices") < 0.0 && value(&lost, "away_beyond_prices") > 0.0);
    }

    #[test]
    fn pinnacle_goes_before_the_average() {
        let average = quote(Book::Average, [1.9, 3.4, 4.2]);
        let both = after([1, 1], [UNCOUNTED; 2], &[average, quote(Book::Pinnacle, [1.3, 5.5, 11.0])]);
        let alone = after([1, 1], [UNCOUNTED; 2], &[average]);
        assert!(value(&both, "earlier_supremacy") > value(&alone, "earlier_supremacy"));
    }

    #[test]
    fn chances_count_where_they_were_counted() {
        let even = [quote(Book::Pinnacle, [2.6, 3.3, 2.8])];
        let side = |shots, on_target, corners| SideCounts { shots, on_target, corners, ..UNCOUNTED };
        let level = after([1, 1], [side(10.0, 4.0, 5.0); 2], &even);
        let chances = after([1, 1], [side(20.0, 9.0, 9.0), side(4.0, 1.0, 1.0)], &even);
        assert!(value(&chances, "earlier_supremacy") > value(&level, "earlier_supremacy"));
    }

    #[test]
    fn a_league_that_nobody_prices_has_no_value() {
        let family = after([3, 0], [UNCOUNTED; 2], &[]);
        assert!(
            value(&family, "earlier_home_goals").is_nan() && value(&family, "home_beyond_prices").is_nan()
        );
    }
}
