//! Counts: shots, shots on target and corners where the source counts them, as means and through filters.

use crate::columns::{Fading, PerIndex, sides};
use crate::family::{Family, Surprise};
use crate::history::{Fixture, Played, SideCounts};
use crate::registry::{Definition, Definitions, Described};
use touchline_models::dynamic::{FilterConfig, GoalFilter};

/// Means per club: a number for and against, at two speeds; then conversion of shots on target both ways.
const FAST: f64 = 0.1;
const SLOW: f64 = 0.03;
const NUMBERS: usize = 3;
const MEANS: usize = NUMBERS * 4 + 2;
/// Of these counts a filter follows attack and defence: (log of a typical count, highest count, dispersion).
const FILTERED: [(f64, f64, f64); NUMBERS] = [(2.45, 40.0, 2.0), (1.45, 20.0, 1.6), (1.6, 20.0, 1.7)];

/// Counts of every club.
pub struct Counts {
    means: PerIndex<[Fading; MEANS]>,
    filters: [GoalFilter; NUMBERS],
    /// Whether a league's counts are known: its columns stay missing where nobody counts.
    seen: PerIndex<[bool; NUMBERS]>,
}

impl Counts {
    pub fn new(config: FilterConfig) -> Self {
        let filters = FILTERED
            .map(|(level, cap, dispersion)| GoalFilter::new(config.for_counts(level, cap, dispersion)));
        Self { means: PerIndex::default(), filters, seen: PerIndex::default() }
    }
}

const fn no_counts(name: &'static str, formula: &'static str, unit: &'static str) -> Described {
    Described::new(name, formula, unit).missing("no counts known for the club")
}

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
];

const EXPECTED: [(&str, &str); NUMBERS] =
    [("expected_shots", "shots"), ("expected_shots_on_target", "shots"), ("expected_corners", "corners")];

/// Goals per shot on target in the long run of the leagues that count them.
const GOALS_PER_SHOT_ON_TARGET: f64 = 0.3;

fn numbers(c: &SideCounts) -> [f64; NUMBERS] {
    [c.shots, c.on_target, c.corners].map(f64::from)
}

impl Family for Counts {
    fn define(&self, list: &mut Vec<Definition>) {
        let mut d = Definitions::of("counts", 2, list);
        d.of_sides(&COLUMNS);
        let described = EXPECTED.map(|(name, unit)| {
            Described::new(name, "mean count by a filter of attack and defence in this count", unit)
        });
        d.of_sides(&described.map(|c| c.missing("no counts known in the league")));
    }

    fn snapshot(&self, fixture: &Fixture, out: &mut [f32]) {
        let (means, expected) = out.split_at_mut(3 * MEANS);
        let of = |team: u32| self.means.get(team).map(|m| m.get());
        sides(means, &of(fixture.home), &of(fixture.away));
        for ((out, filter), seen) in
            expected.chunks_exact_mut(3).zip(&self.filters).zip(*self.seen.get(fixture.league))
        {
            if seen {
                let (home, away) = filter.expect(fixture.clubs(), fixture.occasion()).goals();
                sides(out, &[home], &[away]);
            }
        }
    }

    fn observe(&mut self, played: &Played, _: &Surprise) {
        let f = &played.fixture;
        let (home, away) = (numbers(&played.counts[0]), numbers(&played.counts[1]));
        if home.iter().chain(&away).all(|x| x.is_nan()) {
            return;
        }
        let goals = played.goals.map(f64::from);
        for (team, own, other, scored, conceded) in
            [(f.home, &home, &away, goals[0], goals[1]), (f.away, &away, &home, goals[1], goals[0])]
        {
            let means = self.means.get_mut(team);
            for n in 0..NUMBERS {
                for (speed, weight) in [FAST, SLOW].into_iter().enumerate() {
                    means[speed * 2 * NUMBERS + 2 * n].add(weight, own[n]);
                    means[speed * 2 * NUMBERS + 2 * n + 1].add(weight, other[n]);
                }
            }
            means[4 * NUMBERS].add(SLOW, scored - GOALS_PER_SHOT_ON_TARGET * own[1]);
            means[4 * NUMBERS + 1].add(SLOW, GOALS_PER_SHOT_ON_TARGET * other[1] - conceded);
        }
        for (n, filter) in self.filters.iter_mut().enumerate() {
            if home[n].is_finite() && away[n].is_finite() {
                filter.update(f.clubs(), f.occasion(), [home[n], away[n]]);
                self.seen.get_mut(f.league)[n] = true;
            }
        }
    }
}
