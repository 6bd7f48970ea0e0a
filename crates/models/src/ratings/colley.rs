//! Colley ratings: wins and losses alone, free of bias by schedule or margin.

use super::{PlayedMatch, RatingError, check_matches, require};
use crate::calibration::newton::solve_positive_definite;
use touchline_outcomes::Outcome;

/// Parameters of [`Colley`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ColleyConfig {
    /// What a draw adds to `wins - losses` of both sides, 0 to 1. Colley's method is 0; a positive bonus rewards
    /// draws beyond half a win and lifts the average above 1/2.
    pub draw_bonus: f64,
}

/// Ratings of a set of matches.
///
/// `C r = b` with `C_ii = 2 + games_i`, `C_ij = -games between i and j`, `b_i = 1 + (wins_i - losses_i)/2`. Ratings
/// average 1/2; draws count as half a win and half a loss, so they add nothing to `b`.
///
/// Reference: Colley, *Colley's Bias Free College Football Ranking Method* (2002).
///
/// ```
/// use touchline_models::ratings::{Colley, ColleyConfig, PlayedMatch};
/// use touchline_outcomes::Score;
/// let win = PlayedMatch { home: 0, away: 1, score: Score::new(1, 0)? };
/// let fitted = Colley::fit(&[win], 2, ColleyConfig::default())?;
/// assert!((fitted.ratings()[0] - 0.625).abs() < 1e-12 && (fitted.ratings()[1] - 0.375).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Colley {
    ratings: Vec<f64>,
}

impl Colley {
    /// Fits all matches with equal weight. A team without matches rates 1/2.
    ///
    /// # Errors
    /// No matches, a match that names a team beyond `teams` or a team against itself, or a bonus outside 0 to 1.
    pub fn fit(matches: &[PlayedMatch], teams: usize, config: ColleyConfig) -> Result<Self, RatingError> {
        check_matches(matches, teams)?;
        let bonus = config.draw_bonus;
        require("draw_bonus", bonus, (0.0..=1.0).contains(&bonus), "it lies within 0 to 1")?;
        let n = teams;
        let mut c = vec![0.0; n * n];
        let mut b = vec![1.0; n];
        for i in 0..n {
            c[i * n + i] = 2.0;
        }
        for m in matches {
            c[m.home * n + m.away] -= 1.0;
            c[m.away * n + m.home] -= 1.0;
            c[m.home * n + m.home] += 1.0;
            c[m.away * n + m.away] += 1.0;
            let (home, away) = match Outcome::of(m.score) {
                Outcome::HomeWin => (1.0, -1.0),
                Outcome::Draw => (bonus, bonus),
                Outcome::AwayWin => (-1.0, 1.0),
            };
            b[m.home] += 0.5 * home;
            b[m.away] += 0.5 * away;
        }
        if solve_positive_definite(&mut c, &mut b, n) {
            Ok(Self { ratings: b })
        } else {
            Err(RatingError::NotConverged)
        }
    }

    /// Ratings by team.
    pub fn ratings(&self) -> &[f64] {
        &self.ratings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use touchline_outcomes::Score;

    #[test]
    fn hostile_input_is_an_error() {
        assert_eq!(Colley::fit(&[], 3, ColleyConfig::default()), Err(RatingError::Empty));
        let m = PlayedMatch { home: 0, away: 1, score: Score::new(0, 0).unwrap() };
        assert!(Colley::fit(&[m], 2, ColleyConfig { draw_bonus: f64::NAN }).is_err());
        assert!(Colley::fit(&[m], 1, ColleyConfig::default()).is_err());
    }

    proptest! {
        #[test]
        fn ratings_average_one_half(raw in prop::collection::vec((0_usize..9, 0_usize..9, 0_i64..6, 0_i64..6), 1..80)) {
            let matches: Vec<PlayedMatch> = raw
                .iter()
                .filter(|r| r.0 != r.1)
                .map(|r| PlayedMatch { home: r.0, away: r.1, score: Score::new(r.2, r.3).unwrap() })
                .collect();
            prop_assume!(!matches.is_empty());
            let fitted = Colley::fit(&matches, 9, ColleyConfig::default()).unwrap();
            let mean = fitted.ratings().iter().sum::<f64>() / 9.0;
            prop_assert!((mean - 0.5).abs() < 1e-12);
        }
    }
}
