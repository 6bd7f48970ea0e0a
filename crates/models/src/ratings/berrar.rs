//! Berrar ratings: attack and defence strengths that a logistic curve turns into expected goals.

use super::{Rating, RatingError, grow_all, of, pull_entry, require};
use touchline_outcomes::Score;

/// Parameters of [`Berrar`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BerrarConfig {
    /// Most goals that a side can be expected to score, above 0 up to 20.
    pub alpha: f64,
    /// Steepness of the curve per unit of strength, above 0 up to 10.
    pub beta: f64,
    /// Offset of the home side's curve; 0 expects half of `alpha`.
    pub home_offset: f64,
    /// Offset of the away side's curve.
    pub away_offset: f64,
    /// Strength that attack learns per goal of error, 0 to 1.
    pub attack_rate: f64,
    /// Strength that defence learns per goal of error, 0 to 1.
    pub defence_rate: f64,
}

impl Default for BerrarConfig {
    /// Rates tuned on league football of 2008 to 2016; the offsets expect 1.50 and 1.15 goals of average teams.
    fn default() -> Self {
        Self {
            alpha: 5.09,
            beta: 1.0,
            home_offset: -0.873,
            away_offset: -1.231,
            attack_rate: 0.030,
            defence_rate: 0.035,
        }
    }
}

/// Attack and defence strengths; newcomers are average (0 and 0).
///
/// With attack `o` (more is stronger) and defence `d` (more concedes more) the expected goals are
/// `G_h = alpha / (1 + exp(-beta (o_h + d_a) - g_h))` and `G_a = alpha / (1 + exp(-beta (o_a + d_h) - g_a))`,
/// where `alpha` is the most goals that can be expected and the offsets `g` place the average home and away
/// score. After the match attack and defence move by `omega` times the error of the goals they explain:
/// `o_h += omega_o (y_h - G_h)`, `d_h += omega_d (y_a - G_a)`, and likewise for the away side.
///
/// Reference: Berrar, Lopes & Dubitzky, "Incorporating domain knowledge in machine learning for soccer outcome
/// prediction", *Machine Learning* (2019).
///
/// ```
/// use touchline_models::ratings::{Berrar, BerrarConfig, Rating};
/// use touchline_outcomes::Score;
/// let mut ratings = Berrar::new(BerrarConfig::default())?;
/// let (home, away) = ratings.expected_goals(0, 1);
/// assert!((home - 1.50).abs() < 0.01 && (away - 1.15).abs() < 0.01);
/// ratings.update(0, 1, Score::new(3, 0)?);
/// assert!(ratings.expected_goals(0, 1).0 > home);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Berrar {
    config: BerrarConfig,
    attack: Vec<f64>,
    defence: Vec<f64>,
}

impl Berrar {
    /// Checks the parameters and starts with no teams.
    ///
    /// # Errors
    /// A parameter outside the range that [`BerrarConfig`] documents.
    pub fn new(config: BerrarConfig) -> Result<Self, RatingError> {
        let c = &config;
        require("alpha", c.alpha, c.alpha > 0.0 && c.alpha <= 20.0, "it lies above 0, up to 20")?;
        require("beta", c.beta, c.beta > 0.0 && c.beta <= 10.0, "it lies above 0, up to 10")?;
        require("home_offset", c.home_offset, c.home_offset.abs() <= 20.0, "it lies within -20 to 20")?;
        require("away_offset", c.away_offset, c.away_offset.abs() <= 20.0, "it lies within -20 to 20")?;
        require("attack_rate", c.attack_rate, (0.0..=1.0).contains(&c.attack_rate), "it lies within 0 to 1")?;
        require(
            "defence_rate",
            c.defence_rate,
            (0.0..=1.0).contains(&c.defence_rate),
            "it lies within 0 to 1",
        )?;
        Ok(Self { config, attack: Vec::new(), defence: Vec::new() })
    }

    /// The parameters.
    pub fn config(&self) -> &BerrarConfig {
        &self.config
    }

    /// Attack strength; more scores more.
    pub fn attack(&self, team: usize) -> f64 {
        of(&self.attack, team, 0.0)
    }

    /// Defence strength; more concedes more.
    pub fn defence(&self, team: usize) -> f64 {
        of(&self.defence, team, 0.0)
    }

    /// Expected goals of the home and of the away side.
    pub fn expected_goals(&self, home: usize, away: usize) -> (f64, f64) {
        let c = &self.config;
        let curve = |strength: f64, offset: f64| c.alpha / (1.0 + (-c.beta * strength - offset).exp());
        (
            curve(self.attack(home) + self.defence(away), c.home_offset),
            curve(self.attack(away) + self.defence(home), c.away_offset),
        )
    }

    /// Expected goals of both teams on neutral ground: the mean over both grounds.
    pub fn expected_goals_neutral(&self, first: usize, second: usize) -> (f64, f64) {
        let (one, other) = (self.expected_goals(first, second), self.expected_goals(second, first));
        (f64::midpoint(one.0, other.1), f64::midpoint(one.1, other.0))
    }

    /// Learns a result on neutral ground.
    pub fn update_neutral(&mut self, first: usize, second: usize, score: Score) {
        self.learn((first, second), score, self.expected_goals_neutral(first, second));
    }

    fn learn(&mut self, (home, away): (usize, usize), score: Score, expected: (f64, f64)) {
        if home == away {
            return;
        }
        self.grow(home.max(away) + 1);
        let home_error = f64::from(score.home) - expected.0;
        let away_error = f64::from(score.away) - expected.1;
        self.attack[home] += self.config.attack_rate * home_error;
        self.defence[home] += self.config.defence_rate * away_error;
        self.attack[away] += self.config.attack_rate * away_error;
        self.defence[away] += self.config.defence_rate * home_error;
    }
}

impl Rating for Berrar {
    fn teams(&self) -> usize {
        self.attack.len()
    }

    fn grow(&mut self, teams: usize) {
        grow_all([&mut self.attack, &mut self.defence], teams, [0.0; 2]);
    }

    /// Expected goals of the home side minus those of the away side.
    fn advantage(&self, home: usize, away: usize) -> f64 {
        let (h, a) = self.expected_goals(home, away);
        h - a
    }

    fn strength(&self, team: usize) -> f64 {
        self.attack(team) - self.defence(team)
    }

    fn update(&mut self, home: usize, away: usize, score: Score) {
        self.learn((home, away), score, self.expected_goals(home, away));
    }

    fn pull(&mut self, team: usize, target: Option<usize>, fraction: f64) {
        self.grow(team + 1);
        pull_entry(&mut self.attack, team, target, fraction, 0.0);
        pull_entry(&mut self.defence, team, target, fraction, 0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strengths_move_with_the_goals_they_explain() {
        let mut r = Berrar::new(BerrarConfig::default()).unwrap();
        let (h, a) = r.expected_goals(0, 1);
        r.update(0, 1, Score::new(3, 0).unwrap());
        assert!((r.attack(0) - 0.030 * (3.0 - h)).abs() < 1e-15);
        assert!((r.defence(1) - 0.035 * (3.0 - h)).abs() < 1e-15);
        assert!((r.attack(1) + 0.030 * a).abs() < 1e-15);
        assert!(r.strength(0) > r.strength(1));
    }

    #[test]
    fn expectations_stay_below_alpha() {
        let mut r = Berrar::new(BerrarConfig { attack_rate: 1.0, ..BerrarConfig::default() }).unwrap();
        for _ in 0..100 {
            r.update(0, 1, Score::new(50, 0).unwrap());
        }
        assert!(r.expected_goals(0, 1).0 <= 5.09 && r.advantage(1, 0).is_finite());
        assert!(Berrar::new(BerrarConfig { alpha: f64::NAN, ..BerrarConfig::default() }).is_err());
    }
}
