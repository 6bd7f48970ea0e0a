//! Counts: shots, shots on target, corners and red cards where the source counts them, as means and through
//! filters, one of which follows goals blended with chances.

use crate::columns::{Fading, PerIndex, sides};
use crate::context::MatchContext;
use crate::family::{Family, Residual};
use crate::history::{Fixture, Played, SideCounts};
use crate::registry::{Definition, Definitions, Described, Exchange};
use touchline_models::dynamic::{FilterConfig, GoalFilter, outcome_probabilities};

/// Means per club: a number for and against, at two speeds; then conversion of shots on target both ways.
const FAST: f64 = 0.1;
const SLOW: f64 = 0.03;
const NUMBERS: usize = 3;
const MEANS: usize = NUMBERS * 4 + 3;
/// Of these counts a filter follows attack and defence: (log of a typical count, highest count, dispersion).
const FILTERED: [(f64, f64, f64); NUMBERS] = [(2.45, 40.0, 2.0), (1.45, 20.0, 1.6), (1.6, 20.0, 1.7)];

/// Share of goals in the blend, the rest are chances, and its dispersion relative to that of goals. Fitted on the
/// five leagues of football-data.co.uk, 2008-09 to 2016-17.
const GOALS_IN_BLEND: f64 = 0.7;
const BLEND_DISPERSION: f64 = 0.85;

/// Counts of every team.
#[derive(Clone)]
pub struct Counts {
    means: PerIndex<[Fading; MEANS]>,
    filters: [GoalFilter; NUMBERS],
    blend: GoalFilter,
    /// Whether a league's counts, and its blend, are known: its columns stay missing where nobody counts.
    seen: PerIndex<[bool; NUMBERS + 1]>,
}

impl Counts {
    pub fn new(config: FilterConfig) -> Self {
        let filters = FILTERED
            .map(|(level, cap, dispersion)| GoalFilter::new(config.for_counts(level, cap, dispersion)));
        let blend =
            GoalFilter::new(FilterConfig { dispersion: config.dispersion * BLEND_DISPERSION, ..config });
        Self { means: PerIndex::default(), filters, blend, seen: PerIndex::default() }
    }

    /// Takes a match into a team's means: its own counts and goals first, then the other side's.
    fn average(&mut self, team: u32, counts: [&SideCounts; 2], goals: [f64; 2]) {
        let means = self.means.get_mut(team);
        let [own, other] = counts.map(numbers);
        for n in 0..NUMBERS {
            for (speed, weight) in [FAST, SLOW].into_iter().enumerate() {
                means[speed * 2 * NUMBERS + 2 * n].add(weight, own[n]);
                means[speed * 2 * NUMBERS + 2 * n + 1].add(weight, other[n]);
            }
        }
        means[4 * NUMBERS].add(SLOW, goals[0] - GOALS_PER_SHOT_ON_TARGET * own[1]);
        means[4 * NUMBERS + 1].add(SLOW, GOALS_PER_SHOT_ON_TARGET * other[1] - goals[1]);
        means[4 * NUMBERS + 2].add(FAST, f64::from(counts[0].red_cards));
    }
}

const fn no_counts(name: &'static str, formula: &'static str, unit: &'static str) -> Described {
    Described::new(name, formula, unit).missing("no counts known for the team")
}

const UNCOUNTED_LEAGUE: &str = "no counts known in the league";

const COLUMNS: [Described; MEANS] = [
    no_counts("shots_for_fast", "shots, weight .1", "shots"),
    no_counts("shots_against_fast", "shots conceded, weight .1", "shots"),
    no_counts("shots_on_target_for_fast", "shots on target, weight .1", "shots"),
    no_counts("shots_on_target_against_fast", "shots on target conceded, weight .1", "shots"),
    no_counts("corners_for_fast", "corners, weight .1", "corners"),
    no_counts("corners_against_fast", "corners conceded, weight .1", "corners"),
    no_counts("shots_for_slow", "shots, weight .03", "shots"),
    no_counts("shots_against_slow", "shots conceded, weight .03", "shots"),
    no_counts("shots_on_target_for_slow", "shots on target, weight .03", "shots"),
    no_counts("shots_on_target_against_slow", "shots on target conceded, weight .03", "shots"),
    no_counts("corners_for_slow", "corners, weight .03", "corners"),
    no_counts("corners_against_slow", "corners conceded, weight .03", "corners"),
    no_counts("finishing", "goals minus 0.3 per shot on target, weight .03", "goals"),
    no_counts("saving", "0.3 per shot on target conceded minus goals conceded, weight .03", "goals"),
    no_counts("red_cards", "red cards, weight .1", "cards"),
];

const EXPECTED: [(&str, &str); NUMBERS] =
    [("expected_shots", "shots"), ("expected_shots_on_target", "shots"), ("expected_corners", "corners")];

const BLEND: [(&str, &str, &str); 6] = [
    ("blend_home_goals", "mean of the home side's blend", "goals"),
    ("blend_away_goals", "mean of the away side's blend", "goals"),
    ("blend_supremacy", "mean of the home side's blend minus the away side's", "goals"),
    ("blend_home_win", "home win by Dixon-Coles from the means of the blend", "probability"),
    ("blend_draw", "draw by Dixon-Coles from the means of the blend", "probability"),
    ("blend_away_win", "away win by Dixon-Coles from the means of the blend", "probability"),
];

/// Goals per shot on target in the long run of the leagues that count them.
const GOALS_PER_SHOT_ON_TARGET: f64 = 0.3;

fn numbers(c: &SideCounts) -> [f64; NUMBERS] {
    [c.shots, c.on_target, c.corners].map(f64::from)
}

/// Goals blended with what the chances were worth: expected goals where known, else 0.3 per shot on target. NaN
/// where neither was counted.
fn blended(goals: f64, c: &SideCounts) -> f64 {
    let chances = if c.expected_goals.is_nan() {
        GOALS_PER_SHOT_ON_TARGET * f64::from(c.on_target)
    } else {
        f64::from(c.expected_goals)
    };
    GOALS_IN_BLEND * goals + (1.0 - GOALS_IN_BLEND) * chances
}

impl Family for Counts {
    fn define(&self, list: &mut Vec<Definition>) {
        let mut d = Definitions::of("counts", 3, list);
        d.of_sides(&COLUMNS);
        let described = EXPECTED.map(|(name, unit)| {
            Described::new(name, "mean count by a filter of attack and defence in this count", unit)
        });
        d.of_sides(&described.map(|c| c.missing(UNCOUNTED_LEAGUE)));
        for (name, formula, unit) in BLEND {
            let signed = name == "blend_supremacy";
            let exchange = if signed { Exchange::Negated } else { Exchange::Sides };
            d.of_match(Described::new(name, formula, unit).missing(UNCOUNTED_LEAGUE).exchanged(exchange));
        }
    }

    fn snapshot(&self, fixture: &Fixture, _: &MatchContext<'_>, out: &mut [f32]) {
        let (means, expected) = out.split_at_mut(3 * MEANS);
        let (expected, blend) = expected.split_at_mut(3 * NUMBERS);
        let of = |team: u32| self.means.get(team).map(|m| m.get());
        sides(means, &of(fixture.home), &of(fixture.away));
        for ((out, filter), seen) in
            expected.chunks_exact_mut(3).zip(&self.filters).zip(*self.seen.get(fixture.league))
        {
            if seen {
                let (home, away) = filter.expect(fixture.pairing(), fixture.occasion()).goals();
                sides(out, &[home], &[away]);
            }
        }
        if self.seen.get(fixture.league)[NUMBERS] {
            let (home, away) = self.blend.expect(fixture.pairing(), fixture.occasion()).goals();
            let [win, draw, loss] = outcome_probabilities((home, away), self.blend.config().rho);
            for (out, value) in blend.iter_mut().zip([home, away, home - away, win, draw, loss]) {
                *out = value as f32;
            }
        }
    }

    fn observe(&mut self, played: &Played<'_>, _: &Residual) {
        if played.counts.iter().all(SideCounts::is_unknown) {
            return;
        }
        let f = &played.fixture;
        let goals = played.goals.map(f64::from);
        let [home, away] = &played.counts;
        self.average(f.home, [home, away], goals);
        self.average(f.away, [away, home], [goals[1], goals[0]]);
        let blends = [blended(goals[0], home), blended(goals[1], away)];
        let counts = [numbers(home), numbers(away)];
        let filters = self.filters.iter_mut().chain([&mut self.blend]);
        for ((n, filter), seen) in filters.enumerate().zip(self.seen.get_mut(f.league)) {
            let both = if n == NUMBERS { blends } else { counts.map(|numbers| numbers[n]) };
            if both.iter().all(|x| x.is_finite()) {
                filter.update(f.pairing(), f.occasion(), both);
                *seen = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    const NOTHING: SideCounts = SideCounts {
        shots: f32::NAN,
        on_target: f32::NAN,
        corners: f32::NAN,
        expected_goals: f32::NAN,
        possession: f32::NAN,
        red_cards: f32::NAN,
    };

    fn value(family: &Counts, league: u32, name: &str) -> f32 {
        let mut list = Vec::new();
        family.define(&mut list);
        let mut out = vec![f32::NAN; list.len()];
        family.snapshot(&Fixture { league, day: 7.0, ..FIXTURE }, &MatchContext::default(), &mut out);
        out[list.iter().position(|d| d.name == name).unwrap()]
    }

    fn after(goals: [u8; 2], counts: [SideCounts; 2]) -> Counts {
        let mut family = Counts::new(FilterConfig::FRESH);
        let played = Played { fixture: FIXTURE, goals, counts, elevens: [None; 2], quotes: &[] };
        family.observe(&played, &Residual { goal_difference: 0.0, points: [0.0; 2] });
        family
    }

    #[test]
    fn the_blend_credits_chances_and_goals() {
        let on_target = |on_target| SideCounts { on_target, ..NOTHING };
        let level = after([1, 1], [on_target(4.0), on_target(4.0)]);
        let chances = after([1, 1], [on_target(9.0), on_target(1.0)]);
        let goals = after([3, 0], [on_target(4.0), on_target(4.0)]);
        let supremacy = |family| value(family, 0, "blend_supremacy");
        assert!(supremacy(&chances) > supremacy(&level) && supremacy(&goals) > supremacy(&level));
        let expected = |expected_goals, on_target| SideCounts { on_target, expected_goals, ..NOTHING };
        let better = after([1, 1], [expected(2.7, 0.0), expected(0.3, 0.0)]);
        assert!((supremacy(&better) - supremacy(&chances)).abs() < 1e-6, "expected goals go before shots");
    }

    #[test]
    fn a_league_that_counts_nothing_has_no_blend() {
        let family = after([2, 0], [NOTHING; 2]);
        assert!(value(&family, 0, "blend_home_win").is_nan());
        let red = after([2, 0], [NOTHING, SideCounts { red_cards: 1.0, ..NOTHING }]);
        assert!(value(&red, 0, "blend_home_win").is_nan() && value(&red, 0, "home_expected_shots").is_nan());
        assert!((value(&red, 0, "away_red_cards") - 1.0).abs() < 1e-6, "what was counted is used");
        let shots = SideCounts { shots: 9.0, on_target: 3.0, ..NOTHING };
        let counted = after([2, 0], [shots, shots]);
        assert!(value(&counted, 0, "blend_home_win") > value(&counted, 0, "blend_away_win"));
        assert!(value(&counted, 1, "blend_home_win").is_nan(), "another league");
    }
}
