//! Elo ratings with home advantage and a margin of victory.

use super::{Rating, RatingError, of, pull_entry, require};
use touchline_outcomes::{Outcome, Score};

/// Parameters of [`Elo`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EloConfig {
    /// Points that a drawn match can move at most, above 0.
    pub k: f64,
    /// Exponent of `1 + |goal difference|`, 0 to 3; 0 ignores the margin.
    pub margin_power: f64,
    /// Points added to the home side.
    pub home_advantage: f64,
    /// Rating of a newcomer, points.
    pub newcomer: f64,
    /// Fraction by which [`Elo::new_season`] pulls a team towards its league's mean, 0 to 1.
    pub season_pull: f64,
}

impl Default for EloConfig {
    /// Tuned on league football of 2008 to 2016 (51 leagues).
    fn default() -> Self {
        Self { k: 5.17, margin_power: 1.23, home_advantage: 87.5, newcomer: 1500.0, season_pull: 0.257 }
    }
}

/// Elo ratings, one number per team.
///
/// Before a match the home side's expected share is `E = 1 / (1 + 10^(-(R_h + H - R_a)/400))`. After it,
/// with `S` = 1, 1/2 or 0 and goal difference `GD`, both ratings move by
/// `k (1 + |GD|)^p (S - E)`: the home side up, the away side down, so points are conserved.
/// `p = 0` is plain Elo; `p` about 1 lets a draw count `k` and a three-goal win `4k`.
///
/// References: Elo, *The Rating of Chessplayers* (1978); the margin's form after Hvattum & Arntzen, "Using ELO
/// ratings for match result prediction in association football", *International Journal of Forecasting* (2010).
///
/// ```
/// use touchline_models::ratings::{Elo, EloConfig, Rating};
/// use touchline_outcomes::Score;
/// let mut elo = Elo::new(EloConfig { k: 20.0, margin_power: 0.0, home_advantage: 100.0, ..EloConfig::default() })?;
/// assert!((elo.expected_share(0, 1) - 0.640_065).abs() < 1e-6);
/// elo.update(0, 1, Score::new(0, 0)?);
/// assert!((elo.strength(0) - 1497.1987).abs() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Elo {
    config: EloConfig,
    points: Vec<f64>,
}

impl Elo {
    /// Checks the parameters and starts with no teams.
    ///
    /// # Errors
    /// A parameter outside the range that [`EloConfig`] documents.
    pub fn new(config: EloConfig) -> Result<Self, RatingError> {
        require("k", config.k, config.k > 0.0 && config.k < 1000.0, "it lies between 0 and 1000")?;
        let p = config.margin_power;
        require("margin_power", p, (0.0..=3.0).contains(&p), "it lies within 0 to 3")?;
        let h = config.home_advantage;
        require("home_advantage", h, h.abs() <= 1000.0, "it lies within -1000 to 1000")?;
        require("newcomer", config.newcomer, config.newcomer.abs() <= 1e6, "it lies within a million")?;
        let pull = config.season_pull;
        require("season_pull", pull, (0.0..=1.0).contains(&pull), "it lies within 0 to 1")?;
        Ok(Self { config, points: Vec::new() })
    }

    /// The parameters.
    pub fn config(&self) -> &EloConfig {
        &self.config
    }

    /// All ratings by team, points.
    pub fn points(&self) -> &[f64] {
        &self.points
    }

    /// Sets a team's rating, as when importing ratings; a value that is not finite is ignored.
    pub fn set(&mut self, team: usize, points: f64) {
        if points.is_finite() {
            self.grow(team + 1);
            self.points[team] = points;
        }
    }

    /// Share of the points (win 1, draw 1/2) that the home side is expected to take.
    pub fn expected_share(&self, home: usize, away: usize) -> f64 {
        share(self.advantage(home, away))
    }

    /// Expected share on neutral ground.
    pub fn expected_share_neutral(&self, first: usize, second: usize) -> f64 {
        share(self.strength(first) - self.strength(second))
    }

    /// Learns a result on neutral ground.
    pub fn update_neutral(&mut self, first: usize, second: usize, score: Score) {
        let expected = self.expected_share_neutral(first, second);
        self.learn(first, second, score, expected);
    }

    /// Pulls each of a league's teams towards their common mean by the configured fraction.
    pub fn new_season(&mut self, teams: &[usize]) {
        let Some(highest) = teams.iter().max() else { return };
        self.grow(highest + 1);
        let mean = teams.iter().map(|t| self.points[*t]).sum::<f64>() / teams.len() as f64;
        for t in teams {
            self.points[*t] += self.config.season_pull * (mean - self.points[*t]);
        }
    }

    fn learn(&mut self, home: usize, away: usize, score: Score, expected: f64) {
        if home == away {
            return;
        }
        self.grow(home.max(away) + 1);
        let actual = match Outcome::of(score) {
            Outcome::HomeWin => 1.0,
            Outcome::Draw => 0.5,
            Outcome::AwayWin => 0.0,
        };
        let margin = if self.config.margin_power == 0.0 {
            1.0
        } else {
            (1.0 + f64::from(score.difference().abs())).powf(self.config.margin_power)
        };
        let change = self.config.k * margin * (actual - expected);
        self.points[home] += change;
        self.points[away] -= change;
    }
}

fn share(difference: f64) -> f64 {
    1.0 / (1.0 + (-difference * (std::f64::consts::LN_10 / 400.0)).exp())
}

impl Rating for Elo {
    fn teams(&self) -> usize {
        self.points.len()
    }

    fn grow(&mut self, teams: usize) {
        if teams > self.points.len() {
            self.points.resize(teams, self.config.newcomer);
        }
    }

    fn advantage(&self, home: usize, away: usize) -> f64 {
        self.strength(home) + self.config.home_advantage - self.strength(away)
    }

    fn strength(&self, team: usize) -> f64 {
        of(&self.points, team, self.config.newcomer)
    }

    fn update(&mut self, home: usize, away: usize, score: Score) {
        let expected = self.expected_share(home, away);
        self.learn(home, away, score, expected);
    }

    fn pull(&mut self, team: usize, target: Option<usize>, fraction: f64) {
        self.grow(team + 1);
        pull_entry(&mut self.points, team, target, fraction, self.config.newcomer);
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact by construction")]
mod tests {
    use super::*;

    #[test]
    fn points_are_conserved_and_margins_count() {
        let mut elo = Elo::new(EloConfig::default()).unwrap();
        elo.update(0, 1, Score::new(5, 0).unwrap());
        let big = elo.strength(0);
        let mut other = Elo::new(EloConfig::default()).unwrap();
        other.update(0, 1, Score::new(1, 0).unwrap());
        assert!(big > other.strength(0));
        assert!((elo.points().iter().sum::<f64>() - 3000.0).abs() < 1e-9);
    }

    #[test]
    fn a_season_pull_keeps_the_mean() {
        let mut elo = Elo::new(EloConfig { season_pull: 0.5, ..EloConfig::default() }).unwrap();
        elo.set(0, 1700.0);
        elo.set(3, 1500.0);
        elo.new_season(&[0, 3]);
        assert_eq!((elo.strength(0), elo.strength(3)), (1650.0, 1550.0));
        elo.pull(0, None, 1.0);
        assert_eq!(elo.strength(0), 1500.0);
    }

    #[test]
    fn neutral_ground_has_no_home_side() {
        let mut elo = Elo::new(EloConfig::default()).unwrap();
        elo.update_neutral(0, 1, Score::new(1, 1).unwrap());
        assert_eq!(elo.strength(0), elo.strength(1));
    }

    #[test]
    fn hostile_parameters_are_errors() {
        for k in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
            assert!(Elo::new(EloConfig { k, ..EloConfig::default() }).is_err());
        }
        assert!(Elo::new(EloConfig { season_pull: 1.5, ..EloConfig::default() }).is_err());
    }

    #[test]
    fn state_survives_serialisation() {
        let mut elo = Elo::new(EloConfig::default()).unwrap();
        elo.update(2, 0, Score::new(3, 1).unwrap());
        let mut back: Elo = serde_json::from_str(&serde_json::to_string(&elo).unwrap()).unwrap();
        assert_eq!(elo, back);
        elo.update(0, 2, Score::new(0, 99).unwrap());
        back.update(0, 2, Score::new(0, 99).unwrap());
        assert_eq!(elo, back);
    }
}
