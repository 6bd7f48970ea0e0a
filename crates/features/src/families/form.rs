//! Form: means over a team's last 5, 10 and 20 matches.

use crate::columns::{PerIndex, sides};
use crate::context::MatchContext;
use crate::family::{Family, Residual};
use crate::history::{Fixture, Played};
use crate::registry::{Definition, Definitions, Described};

const WINDOWS: [usize; 3] = [5, 10, 20];
const LONGEST: usize = 20;
const NUMBERS: usize = 5;

/// What is averaged: goals for, goals against, points, and points and goal difference against expectation.
type Numbers = [f32; NUMBERS];

/// The last matches of a team, oldest overwritten first.
#[derive(Debug, Clone, Copy, Default)]
struct Recent {
    ring: [Numbers; LONGEST],
    count: u32,
}

impl Recent {
    fn push(&mut self, numbers: Numbers) {
        self.ring[self.count as usize % LONGEST] = numbers;
        self.count += 1;
    }

    /// Means over each window, numbers outermost; over fewer matches where there are fewer, NaN without any.
    fn means(&self) -> [f64; NUMBERS * WINDOWS.len()] {
        let mut means = [f64::NAN; NUMBERS * WINDOWS.len()];
        let (mut sums, mut taken) = ([0.0_f64; NUMBERS], 0);
        for (w, window) in WINDOWS.iter().enumerate() {
            while taken < (*window).min(self.count as usize) {
                taken += 1;
                let entry = &self.ring[(self.count as usize - taken) % LONGEST];
                for (sum, x) in sums.iter_mut().zip(entry) {
                    *sum += f64::from(*x);
                }
            }
            if taken > 0 {
                for (n, sum) in sums.iter().enumerate() {
                    means[n * WINDOWS.len() + w] = sum / taken as f64;
                }
            }
        }
        means
    }
}

/// Form of every team.
#[derive(Clone, Default)]
pub struct Form {
    clubs: PerIndex<Recent>,
}

const fn mean(name: &'static str, formula: &'static str, unit: &'static str) -> Described {
    Described::new(name, formula, unit)
}

const COLUMNS: [Described; NUMBERS * WINDOWS.len()] = [
    mean("goals_for_5", "mean goals scored, last 5 matches", "goals"),
    mean("goals_for_10", "mean goals scored, last 10 matches", "goals"),
    mean("goals_for_20", "mean goals scored, last 20 matches", "goals"),
    mean("goals_against_5", "mean goals conceded, last 5 matches", "goals"),
    mean("goals_against_10", "mean goals conceded, last 10 matches", "goals"),
    mean("goals_against_20", "mean goals conceded, last 20 matches", "goals"),
    mean("points_5", "mean points, last 5 matches", "points"),
    mean("points_10", "mean points, last 10 matches", "points"),
    mean("points_20", "mean points, last 20 matches", "points"),
    mean(
        "surprise_points_5",
        "mean points minus those expected by the strength filter, last 5 matches",
        "points",
    ),
    mean(
        "surprise_points_10",
        "mean points minus those expected by the strength filter, last 10 matches",
        "points",
    ),
    mean(
        "surprise_points_20",
        "mean points minus those expected by the strength filter, last 20 matches",
        "points",
    ),
    mean("surprise_goals_5", "mean goal difference minus the expected one, last 5 matches", "goals"),
    mean("surprise_goals_10", "mean goal difference minus the expected one, last 10 matches", "goals"),
    mean("surprise_goals_20", "mean goal difference minus the expected one, last 20 matches", "goals"),
];

impl Family for Form {
    fn define(&self, list: &mut Vec<Definition>) {
        Definitions::of("form", 1, list).of_sides(&COLUMNS);
    }

    fn snapshot(&self, fixture: &Fixture, _: &MatchContext<'_>, out: &mut [f32]) {
        sides(out, &self.clubs.get(fixture.home).means(), &self.clubs.get(fixture.away).means());
    }

    fn observe(&mut self, played: &Played<'_>, residual: &Residual) {
        let f = &played.fixture;
        let [home, away] = played.goals.map(f32::from);
        let points = played.points();
        for (team, scored, conceded, side, sign) in
            [(f.home, home, away, 0, 1.0), (f.away, away, home, 1, -1.0)]
        {
            self.clubs.get_mut(team).push([
                scored,
                conceded,
                points[side] as f32,
                residual.points[side] as f32,
                (sign * residual.goal_difference) as f32,
            ]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_hold_the_latest_matches_only() {
        let mut recent = Recent::default();
        assert!(recent.means().iter().all(|m| m.is_nan()));
        for n in 0..30_u8 {
            recent.push([f32::from(n); NUMBERS]);
        }
        let means = recent.means();
        assert!((means[0] - 27.0).abs() < 1e-9, "25..=29");
        assert!((means[1] - 24.5).abs() < 1e-9, "20..=29");
        assert!((means[2] - 19.5).abs() < 1e-9, "10..=29");
    }
}
