//! Pi-ratings: a home and an away rating per team, in goals against the average opponent.

use super::{Rating, RatingError, grow_all, of, pull_entry, require};
use touchline_outcomes::Score;

/// How ratings become goals, and how errors are damped.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum PiRule {
    /// The paper's: exponential goals, logarithmic errors, both by `scale` (the paper's `c`, 3).
    Logarithmic {
        /// The paper's `c`, above 0.
        scale: f64,
    },
    /// Ratings are goals; errors count `e / (1 + damping |e|)`.
    Linear {
        /// 0 leaves errors as they are.
        damping: f64,
    },
}

/// Parameters of [`PiRating`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PiConfig {
    /// Share of the damped error that a rating learns (the paper's lambda), 0 to 1.
    pub learning_rate: f64,
    /// Share of that change which the team's other rating follows (the paper's gamma), 0 to 1.
    pub catch_up: f64,
    /// Goals and damping.
    pub rule: PiRule,
}

impl Default for PiConfig {
    /// Tuned on league football of 2008 to 2016.
    fn default() -> Self {
        Self { learning_rate: 0.0382, catch_up: 0.80, rule: PiRule::Logarithmic { scale: 3.70 } }
    }
}

/// Home and away ratings.
///
/// A rating `R` stands for an expected goal difference `g(R) = sgn(R) (10^(|R|/c) - 1)` against an average team;
/// the match's expectation is `g(R_home,home) - g(R_away,away)`. With the error `e` of the actual goal
/// difference, large errors count less: `psi(e) = c log10(1 + |e|)`. The home side's home rating rises (or, when
/// it did worse than expected, falls) by `lambda psi(e)` and its away rating by `gamma` times that change; the
/// away side's away rating moves the other way, and its home rating by `gamma` of it.
///
/// The scale `c` only chooses the unit of the ratings: both formulas divide by it, so every forecast is the same for
/// any `c`.
///
/// [`PiRule::Linear`] is a common simplification: ratings are goal differences themselves and errors are
/// damped as `e / (1 + k |e|)`.
///
/// Reference: Constantinou & Fenton, "Determining the level of ability of football teams by dynamic ratings
/// based on the relative discrepancies in scores between adversaries", *Journal of Quantitative Analysis in
/// Sports* (2013).
///
/// ```
/// use touchline_models::ratings::{PiConfig, PiRating, PiRule, Rating};
/// use touchline_outcomes::Score;
/// // The worked example of the paper: home 1.6 / 0.4, away 0.3 / -1.2, result 4-1.
/// let rule = PiRule::Logarithmic { scale: 3.0 };
/// let mut pi = PiRating::new(PiConfig { learning_rate: 0.035, catch_up: 0.7, rule })?;
/// pi.set(0, 1.6, 0.4);
/// pi.set(1, 0.3, -1.2);
/// assert!((pi.expected_goal_difference(0, 1) - 3.926).abs() < 2e-3);
/// pi.update(0, 1, Score::new(4, 1)?);
/// assert!((pi.home_rating(0) - 1.5701).abs() < 1e-3);
/// assert!((pi.away_rating(0) - 0.3791).abs() < 1e-3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PiRating {
    config: PiConfig,
    home: Vec<f64>,
    away: Vec<f64>,
}

/// Goals per match beyond which an expectation carries no further meaning.
const LARGEST_DIFFERENCE: f64 = 100.0;

impl PiRating {
    /// Checks the parameters and starts with no teams; newcomers rate 0 at home and away.
    ///
    /// # Errors
    /// A parameter outside the range that [`PiConfig`] documents.
    pub fn new(config: PiConfig) -> Result<Self, RatingError> {
        let (l, g) = (config.learning_rate, config.catch_up);
        require("learning_rate", l, l > 0.0 && l <= 1.0, "it lies above 0, up to 1")?;
        require("catch_up", g, (0.0..=1.0).contains(&g), "it lies within 0 to 1")?;
        match config.rule {
            PiRule::Logarithmic { scale } => {
                require("scale", scale, (0.1..=100.0).contains(&scale), "it lies within 0.1 to 100")?;
            }
            PiRule::Linear { damping } => {
                require("damping", damping, (0.0..=100.0).contains(&damping), "it lies within 0 to 100")?;
            }
        }
        Ok(Self { config, home: Vec::new(), away: Vec::new() })
    }

    /// The parameters.
    pub fn config(&self) -> &PiConfig {
        &self.config
    }

    /// Rating at home.
    pub fn home_rating(&self, team: usize) -> f64 {
        of(&self.home, team, 0.0)
    }

    /// Rating away.
    pub fn away_rating(&self, team: usize) -> f64 {
        of(&self.away, team, 0.0)
    }

    /// Sets both ratings; values that are not finite are ignored.
    pub fn set(&mut self, team: usize, home: f64, away: f64) {
        if home.is_finite() && away.is_finite() {
            self.grow(team + 1);
            self.home[team] = home;
            self.away[team] = away;
        }
    }

    /// Expected home goals minus away goals, within 100 either way.
    pub fn expected_goal_difference(&self, home: usize, away: usize) -> f64 {
        let (h, a) = (self.home_rating(home), self.away_rating(away));
        let difference = match self.config.rule {
            PiRule::Logarithmic { scale } => goals(h, scale) - goals(a, scale),
            PiRule::Linear { .. } => h - a,
        };
        difference.clamp(-LARGEST_DIFFERENCE, LARGEST_DIFFERENCE)
    }

    /// Expected goals of the first team minus those of the second on neutral ground: the mean over both grounds.
    pub fn expected_goal_difference_neutral(&self, first: usize, second: usize) -> f64 {
        (self.expected_goal_difference(first, second) - self.expected_goal_difference(second, first)) / 2.0
    }

    /// Learns a result on neutral ground: the mean of what it teaches with either team as the home side.
    pub fn update_neutral(&mut self, first: usize, second: usize, score: Score) {
        self.grow(first.max(second) + 1);
        let state = |r: &Self| [first, second].map(|team| (r.home[team], r.away[team]));
        let before = state(self);
        self.update(first, second, score);
        let one = state(self);
        for (team, (home, away)) in [first, second].into_iter().zip(before) {
            (self.home[team], self.away[team]) = (home, away);
        }
        self.update(second, first, Score { home: score.away, away: score.home });
        let other = state(self);
        for ((team, a), b) in [first, second].into_iter().zip(one).zip(other) {
            self.home[team] = f64::midpoint(a.0, b.0);
            self.away[team] = f64::midpoint(a.1, b.1);
        }
    }
}

fn goals(rating: f64, scale: f64) -> f64 {
    let magnitude = (rating.abs() / scale * std::f64::consts::LN_10).min(7.0).exp_m1();
    magnitude.copysign(rating)
}

impl Rating for PiRating {
    fn teams(&self) -> usize {
        self.home.len()
    }

    fn grow(&mut self, teams: usize) {
        grow_all([&mut self.home, &mut self.away], teams, [0.0; 2]);
    }

    fn advantage(&self, home: usize, away: usize) -> f64 {
        self.expected_goal_difference(home, away)
    }

    fn strength(&self, team: usize) -> f64 {
        f64::midpoint(self.home_rating(team), self.away_rating(team))
    }

    fn update(&mut self, home: usize, away: usize, score: Score) {
        if home == away {
            return;
        }
        self.grow(home.max(away) + 1);
        let error = f64::from(score.difference()) - self.expected_goal_difference(home, away);
        let damped = match self.config.rule {
            PiRule::Logarithmic { scale } => {
                (scale * error.abs().ln_1p() / std::f64::consts::LN_10).copysign(error)
            }
            PiRule::Linear { damping } => error / (1.0 + damping * error.abs()),
        };
        let direct = self.config.learning_rate * damped;
        let crossed = self.config.catch_up * direct;
        self.home[home] += direct;
        self.away[home] += crossed;
        self.away[away] -= direct;
        self.home[away] -= crossed;
    }

    fn pull(&mut self, team: usize, target: Option<usize>, fraction: f64) {
        self.grow(team + 1);
        pull_entry(&mut self.home, team, target, fraction, 0.0);
        pull_entry(&mut self.away, team, target, fraction, 0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_linear_rule_moves_as_worked_by_hand() {
        let config =
            PiConfig { learning_rate: 0.15, catch_up: 2.0 / 3.0, rule: PiRule::Linear { damping: 0.75 } };
        let mut pi = PiRating::new(config).unwrap();
        pi.update(0, 1, Score::new(2, 0).unwrap());
        assert!((pi.home_rating(0) - 0.15 * 2.0 / 2.5).abs() < 1e-15);
        assert!((pi.away_rating(0) - 0.10 * 2.0 / 2.5).abs() < 1e-15);
        assert!((pi.away_rating(1) + 0.15 * 2.0 / 2.5).abs() < 1e-15);
    }

    #[test]
    fn the_scale_only_chooses_the_unit() {
        let start =
            |scale| PiRating::new(PiConfig { rule: PiRule::Logarithmic { scale }, ..PiConfig::default() });
        let (mut a, mut b) = (start(3.0).unwrap(), start(4.5).unwrap());
        for (h, x, y) in [(0, 3, 1), (1, 0, 2), (2, 1, 1), (0, 0, 4)] {
            let score = Score::new(x, y).unwrap();
            a.update(h, (h + 1) % 3, score);
            b.update(h, (h + 1) % 3, score);
            assert!((a.advantage(0, 1) - b.advantage(0, 1)).abs() < 1e-12);
        }
        assert!((b.strength(0) - 1.5 * a.strength(0)).abs() < 1e-12);
    }

    #[test]
    fn an_exactly_expected_result_changes_nothing() {
        let mut pi = PiRating::new(PiConfig::default()).unwrap();
        pi.update(0, 1, Score::new(1, 1).unwrap());
        assert_eq!((pi.strength(0), pi.strength(1)), (0.0, 0.0));
    }

    #[test]
    fn a_hundred_fifty_goal_wins_stay_finite() {
        let mut pi = PiRating::new(PiConfig { learning_rate: 1.0, ..PiConfig::default() }).unwrap();
        for _ in 0..1000 {
            pi.update(0, 1, Score::new(50, 0).unwrap());
            pi.update(1, 0, Score::new(0, 99).unwrap());
        }
        assert!(pi.expected_goal_difference(0, 1).is_finite() && pi.strength(0).is_finite());
    }

    #[test]
    fn hostile_parameters_are_errors() {
        for rule in [PiRule::Logarithmic { scale: 0.0 }, PiRule::Linear { damping: f64::NAN }] {
            assert!(PiRating::new(PiConfig { rule, ..PiConfig::default() }).is_err());
        }
    }
}
