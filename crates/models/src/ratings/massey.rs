//! Massey ratings: least squares on goal differences.

use super::{PlayedMatch, RatingError, check_matches};
use crate::calibration::newton::solve_positive_definite;

/// Ratings of a set of matches, goals.
///
/// Each match says `r_home - r_away = goal difference`. The normal equations are `M r = p` with `M` the Laplacian
/// of the schedule (games played on the diagonal, minus games between on the rest) and `p` the goal difference
/// of each team. `M` is singular: ratings are only defined up to a constant per group of teams that played one
/// another, so each group's ratings are made to sum to 0, which is the solution of least norm.
///
/// A rating splits into offence and defence (`r = o + d`, goals) by `T d = G r - f`, where `T` is the schedule
/// with plus signs, `G` the games played and `f` the goals scored; where `T` is singular (groups that split into
/// two halves who only met one another) again the solution of least norm is taken.
///
/// Reference: Massey, *Statistical Models Applied to the Rating of Sports Teams* (1997).
///
/// ```
/// use touchline_models::ratings::{Massey, PlayedMatch};
/// use touchline_outcomes::Score;
/// let m = |home, away, h, a| Ok::<_, Box<dyn std::error::Error>>(PlayedMatch { home, away, score: Score::new(h, a)? });
/// let fitted = Massey::fit(&[m(0, 1, 2, 0)?, m(1, 2, 1, 0)?, m(2, 0, 0, 3)?], 3)?;
/// assert!((fitted.ratings()[0] - 5.0 / 3.0).abs() < 1e-12);
/// assert!(fitted.ratings().iter().sum::<f64>().abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Massey {
    ratings: Vec<f64>,
    offence: Vec<f64>,
    defence: Vec<f64>,
}

impl Massey {
    /// Fits all matches with equal weight. A team without matches rates 0.
    ///
    /// # Errors
    /// No matches, or a match that names a team beyond `teams` or a team against itself.
    pub fn fit(matches: &[PlayedMatch], teams: usize) -> Result<Self, RatingError> {
        check_matches(matches, teams)?;
        let n = teams;
        let mut schedule = vec![0.0; n * n];
        let (mut games, mut difference, mut scored) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        for m in matches {
            schedule[m.home * n + m.away] += 1.0;
            schedule[m.away * n + m.home] += 1.0;
            let d = f64::from(m.score.difference());
            for (team, sign, goals) in [(m.home, 1.0, m.score.home), (m.away, -1.0, m.score.away)] {
                games[team] += 1.0;
                difference[team] += sign * d;
                scored[team] += f64::from(goals);
            }
        }
        let groups = Groups::of(&schedule, n);
        let ratings = solve(&schedule, &games, &groups, -1.0, difference)?;
        let target = (0..n).map(|i| games[i] * ratings[i] - scored[i]).collect();
        let defence = solve(&schedule, &games, &groups, 1.0, target)?;
        let offence = ratings.iter().zip(&defence).map(|(r, d)| r - d).collect();
        Ok(Self { ratings, offence, defence })
    }

    /// Ratings by team: expected goal difference against the average of its group, neutral ground.
    pub fn ratings(&self) -> &[f64] {
        &self.ratings
    }

    /// Offence by team, goals.
    pub fn offence(&self) -> &[f64] {
        &self.offence
    }

    /// Defence by team, goals; more is better.
    pub fn defence(&self) -> &[f64] {
        &self.defence
    }
}

/// Solves `(G + sign * S) x = b` with the null space of each group filled in, so that the answer has least norm.
fn solve(
    schedule: &[f64],
    games: &[f64],
    groups: &Groups,
    sign: f64,
    mut b: Vec<f64>,
) -> Result<Vec<f64>, RatingError> {
    let n = games.len();
    let mut a: Vec<f64> = schedule.iter().map(|s| sign * s).collect();
    for i in 0..n {
        a[i * n + i] = games[i];
    }
    for i in 0..n {
        for j in 0..n {
            let same = groups.of[i] == groups.of[j];
            // The Laplacian's null space is constant on a group; the signless one's alternates on a group of
            // two halves and is empty otherwise.
            if same && sign < 0.0 {
                a[i * n + j] += 1.0;
            } else if same && groups.halves[groups.of[i]] {
                a[i * n + j] += groups.side[i] * groups.side[j];
            }
        }
    }
    if solve_positive_definite(&mut a, &mut b, n) { Ok(b) } else { Err(RatingError::NotConverged) }
}

/// Teams connected by matches, and whether a group falls into two halves that only met one another.
struct Groups {
    of: Vec<usize>,
    side: Vec<f64>,
    halves: Vec<bool>,
}

impl Groups {
    fn of(schedule: &[f64], n: usize) -> Self {
        let mut groups = Self { of: vec![usize::MAX; n], side: vec![1.0; n], halves: Vec::new() };
        let mut queue = Vec::new();
        for start in 0..n {
            if groups.of[start] != usize::MAX {
                continue;
            }
            let group = groups.halves.len();
            groups.halves.push(true);
            groups.of[start] = group;
            queue.push(start);
            while let Some(i) = queue.pop() {
                for j in (0..n).filter(|j| schedule[i * n + j] > 0.0) {
                    if groups.of[j] == usize::MAX {
                        groups.of[j] = group;
                        groups.side[j] = -groups.side[i];
                        queue.push(j);
                    } else if groups.side[j] * groups.side[i] > 0.0 {
                        groups.halves[group] = false;
                    }
                }
            }
        }
        groups
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact by construction")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use touchline_outcomes::Score;

    fn played(home: usize, away: usize, h: i64, a: i64) -> PlayedMatch {
        PlayedMatch { home, away, score: Score::new(h, a).unwrap() }
    }

    #[test]
    fn disconnected_leagues_each_sum_to_zero() {
        let fitted = Massey::fit(&[played(0, 1, 3, 0), played(2, 3, 1, 1), played(3, 2, 0, 2)], 5).unwrap();
        let r = fitted.ratings();
        assert!((r[0] - 1.5).abs() < 1e-12 && (r[0] + r[1]).abs() < 1e-12);
        assert!((r[2] + r[3]).abs() < 1e-12 && r[2] > 0.0);
        assert_eq!(r[4], 0.0);
    }

    #[test]
    fn hostile_matches_are_errors() {
        assert_eq!(Massey::fit(&[], 3), Err(RatingError::Empty));
        assert!(matches!(Massey::fit(&[played(0, 3, 1, 0)], 3), Err(RatingError::Team { index: 0, .. })));
        assert!(matches!(Massey::fit(&[played(1, 1, 1, 0)], 3), Err(RatingError::Team { .. })));
    }

    proptest! {
        #[test]
        fn the_normal_equations_hold(raw in prop::collection::vec((0_usize..8, 0_usize..8, 0_i64..51, 0_i64..9), 1..60)) {
            let matches: Vec<PlayedMatch> =
                raw.iter().filter(|r| r.0 != r.1).map(|r| played(r.0, r.1, r.2, r.3)).collect();
            prop_assume!(!matches.is_empty());
            let fitted = Massey::fit(&matches, 8).unwrap();
            let r = fitted.ratings();
            for team in 0..8 {
                let residual: f64 = matches.iter().map(|m| {
                    let e = f64::from(m.score.difference()) - (r[m.home] - r[m.away]);
                    if m.home == team { e } else if m.away == team { -e } else { 0.0 }
                }).sum();
                prop_assert!(residual.abs() < 1e-8);
                prop_assert!((fitted.offence()[team] + fitted.defence()[team] - r[team]).abs() < 1e-9);
            }
        }
    }
}
