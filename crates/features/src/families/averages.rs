//! Averages: the platform's fourteen named features, what was counted in both sides' latest matches.
//!
//! A number of a match is known after it, so before a match each name stands for the mean over the team's last
//! [`WINDOW`] matches in which that number was counted. Sources differ: most count no expected goals and no
//! possession, and then the columns are missing.

use crate::columns::PerIndex;
use crate::context::MatchContext;
use crate::family::{Family, Residual};
use crate::history::{Fixture, Played, SideCounts};
use crate::registry::{Definition, Definitions, Described, Entity, Exchange};

/// Matches that a mean reaches back.
const WINDOW: usize = 10;
/// Expected goals, possession, shots, shots on target, in the order of the columns.
const NUMBERS: usize = 4;

/// The last values of one number, oldest overwritten first.
#[derive(Debug, Clone, Copy, Default)]
struct Last {
    ring: [f32; WINDOW],
    count: u32,
}

impl Last {
    /// Takes in a value; NaN is skipped.
    fn push(&mut self, value: f32) {
        if !value.is_nan() {
            self.ring[self.count as usize % WINDOW] = value;
            self.count += 1;
        }
    }

    /// The mean; NaN without any value.
    fn mean(&self) -> f64 {
        let taken = WINDOW.min(self.count as usize);
        let sum: f64 = self.ring[..taken].iter().copied().map(f64::from).sum();
        sum / taken as f64
    }
}

/// Averages of every team.
#[derive(Clone, Default)]
pub struct Averages {
    clubs: PerIndex<[Last; NUMBERS]>,
}

const COLUMNS: [(Entity, &str, &str, &str); 14] = [
    (Entity::HomeTeam, "home_xg", "mean expected goals of the home side", "goals"),
    (Entity::AwayTeam, "away_xg", "mean expected goals of the away side", "goals"),
    (Entity::HomeTeam, "home_possession", "mean possession of the home side", "percent"),
    (Entity::AwayTeam, "away_possession", "mean possession of the away side", "percent"),
    (Entity::HomeTeam, "home_shots", "mean shots of the home side", "shots"),
    (Entity::AwayTeam, "away_shots", "mean shots of the away side", "shots"),
    (Entity::HomeTeam, "home_shots_on_target", "mean shots on target of the home side", "shots"),
    (Entity::AwayTeam, "away_shots_on_target", "mean shots on target of the away side", "shots"),
    (Entity::Match, "xg_difference", "home_xg minus away_xg", "goals"),
    (Entity::Match, "xg_ratio", "home_xg over away_xg", "ratio"),
    (Entity::Match, "possession_difference", "home_possession minus away_possession", "percent"),
    (Entity::Match, "shots_difference", "home_shots minus away_shots", "shots"),
    (Entity::HomeTeam, "home_shot_efficiency", "home_shots_on_target over home_shots", "ratio"),
    (Entity::AwayTeam, "away_shot_efficiency", "away_shots_on_target over away_shots", "ratio"),
];

fn numbers(c: &SideCounts) -> [f32; NUMBERS] {
    [c.expected_goals, c.possession, c.shots, c.on_target]
}

/// NaN where there is nothing to divide by.
fn ratio(of: f64, by: f64) -> f64 {
    if by > 0.0 { of / by } else { f64::NAN }
}

impl Family for Averages {
    fn define(&self, list: &mut Vec<Definition>) {
        let mut d = Definitions::of("averages", 1, list);
        for (entity, name, formula, unit) in COLUMNS {
            let exchange = match entity {
                Entity::Match if name.ends_with("_ratio") => Exchange::Inverse,
                Entity::Match => Exchange::Negated,
                _ => Exchange::Sides,
            };
            let described = Described::new(name, formula, unit)
                .missing("not counted in any earlier match")
                .exchanged(exchange);
            let formula = format!("{formula}, last {WINDOW} matches that counted it");
            d.add(entity, name.to_owned(), formula, described);
        }
    }

    fn snapshot(&self, fixture: &Fixture, _: &MatchContext<'_>, out: &mut [f32]) {
        let [home, away] = [fixture.home, fixture.away].map(|team| self.clubs.get(team).map(|n| n.mean()));
        let (
            [home_xg, home_possession, home_shots, home_target],
            [away_xg, away_possession, away_shots, away_target],
        ) = (home, away);
        let values = [
            home_xg,
            away_xg,
            home_possession,
            away_possession,
            home_shots,
            away_shots,
            home_target,
            away_target,
            home_xg - away_xg,
            ratio(home_xg, away_xg),
            home_possession - away_possession,
            home_shots - away_shots,
            ratio(home_target, home_shots),
            ratio(away_target, away_shots),
        ];
        for (out, value) in out.iter_mut().zip(values) {
            *out = value as f32;
        }
    }

    fn observe(&mut self, played: &Played<'_>, _: &Residual) {
        let f = &played.fixture;
        for (team, counts) in [f.home, f.away].into_iter().zip(&played.counts) {
            if counts.is_unknown() {
                continue;
            }
            for (last, value) in self.clubs.get_mut(team).iter_mut().zip(numbers(counts)) {
                last.push(value);
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

    fn counts(shots: f32, on_target: f32, expected_goals: f32) -> SideCounts {
        let nan = f32::NAN;
        SideCounts { shots, on_target, corners: nan, expected_goals, possession: nan, red_cards: nan }
    }

    fn row(family: &Averages) -> Vec<(String, f32)> {
        let mut list = Vec::new();
        family.define(&mut list);
        let mut out = vec![f32::NAN; list.len()];
        family.snapshot(&FIXTURE, &MatchContext::default(), &mut out);
        list.into_iter().map(|d| d.name).zip(out).collect()
    }

    fn value(family: &Averages, name: &str) -> f32 {
        row(family).into_iter().find(|(n, _)| n == name).unwrap().1
    }

    fn is(family: &Averages, name: &str, expected: f32) -> bool {
        (value(family, name) - expected).abs() < 1e-6
    }

    fn after(matches: &[[SideCounts; 2]]) -> Averages {
        let mut family = Averages::default();
        for counts in matches {
            let played =
                Played { fixture: FIXTURE, goals: [0, 0], counts: *counts, elevens: [None; 2], quotes: &[] };
            family.observe(&played, &Residual { goal_difference: 0.0, points: [0.0; 2] });
        }
        family
    }

    #[test]
    fn a_number_that_nobody_counted_is_missing_and_costs_no_other() {
        let family = after(&[[counts(10.0, 4.0, f32::NAN), counts(5.0, 1.0, f32::NAN)]]);
        assert!(is(&family, "home_shots", 10.0));
        assert!(is(&family, "shots_difference", 5.0));
        assert!(is(&family, "home_shot_efficiency", 0.4));
        for name in ["home_xg", "xg_ratio", "xg_difference", "away_possession"] {
            assert!(value(&family, name).is_nan(), "{name}");
        }
        assert!(row(&Averages::default()).iter().all(|(_, x)| x.is_nan()), "nothing before the first match");
    }

    #[test]
    fn means_reach_back_over_the_last_matches_that_counted() {
        let uncounted = [counts(f32::NAN, f32::NAN, 1.0), counts(f32::NAN, f32::NAN, 0.0)];
        let mut matches: Vec<_> =
            (1..=12_u8).map(|n| [counts(n.into(), 0.0, 1.0), counts(0.0, 0.0, 0.0)]).collect();
        matches.push(uncounted);
        let family = after(&matches);
        assert!(is(&family, "home_shots", 7.5), "3..=12: the uncounted match leaves the window as it is");
        assert!(is(&family, "home_xg", 1.0));
        assert!(value(&family, "xg_ratio").is_nan(), "no ratio to nothing");
        assert!(value(&family, "away_shot_efficiency").is_nan(), "no share of no shots");
    }
}
