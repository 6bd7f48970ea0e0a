//! Generalised attacking performance (GAP) ratings of any count: goals, shots on target, corners.

use super::{Rating, RatingError, grow_all, of, pull_entry, require};
use touchline_outcomes::Score;

/// Parameters of [`Gap`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GapConfig {
    /// Share of the error that is learnt, above 0 up to 1.
    pub lambda: f64,
    /// Share of it that a home match teaches the home ratings, 0 to 1.
    pub phi_home: f64,
    /// Share of it that an away match teaches the away ratings, 0 to 1.
    pub phi_away: f64,
    /// Rating of a newcomer: the average count of a side.
    pub newcomer: f64,
}

impl Default for GapConfig {
    /// For goals.
    fn default() -> Self {
        Self { lambda: 0.1, phi_home: 0.6, phi_away: 0.6, newcomer: 1.35 }
    }
}

/// Four ratings per team.
///
/// Each team has four ratings: attack and defence at home, attack and defence away, all in units of the count.
/// The home side is expected to make `(attack_home,h + defence_away,a) / 2`, the away side
/// `(attack_away,a + defence_home,h) / 2`. With errors `e_h`, `e_a` of the actual counts the home side's home
/// ratings move by `lambda phi_1 e` and its away ratings by `lambda (1 - phi_1) e` (attack by `e_h`, defence by
/// `e_a`); the away side's away ratings by `lambda phi_2 e` and its home ratings by `lambda (1 - phi_2) e`
/// (attack by `e_a`, defence by `e_h`). Ratings never fall below 0.
///
/// Reference: Wheatcroft, "A profitable model for predicting the over/under market in football",
/// *International Journal of Forecasting* (2020).
///
/// ```
/// use touchline_models::ratings::{Gap, GapConfig};
/// let mut shots = Gap::new(GapConfig { newcomer: 4.5, ..GapConfig::default() })?;
/// shots.update_counts(0, 1, 9.0, 2.0)?;
/// let (home, away) = shots.expected_counts(0, 1);
/// assert!(home > 4.5 && away < 4.5);
/// # Ok::<(), touchline_models::ratings::RatingError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Gap {
    config: GapConfig,
    home_attack: Vec<f64>,
    home_defence: Vec<f64>,
    away_attack: Vec<f64>,
    away_defence: Vec<f64>,
}

impl Gap {
    /// Checks the parameters and starts with no teams.
    ///
    /// # Errors
    /// A parameter outside the range that [`GapConfig`] documents.
    pub fn new(config: GapConfig) -> Result<Self, RatingError> {
        let c = &config;
        require("lambda", c.lambda, c.lambda > 0.0 && c.lambda <= 1.0, "it lies above 0, up to 1")?;
        require("phi_home", c.phi_home, (0.0..=1.0).contains(&c.phi_home), "it lies within 0 to 1")?;
        require("phi_away", c.phi_away, (0.0..=1.0).contains(&c.phi_away), "it lies within 0 to 1")?;
        require("newcomer", c.newcomer, (0.0..=1000.0).contains(&c.newcomer), "it lies within 0 to 1000")?;
        Ok(Self {
            config,
            home_attack: Vec::new(),
            home_defence: Vec::new(),
            away_attack: Vec::new(),
            away_defence: Vec::new(),
        })
    }

    /// The parameters.
    pub fn config(&self) -> &GapConfig {
        &self.config
    }

    /// Attack and defence of a team at home, then away.
    pub fn ratings(&self, team: usize) -> [f64; 4] {
        [&self.home_attack, &self.home_defence, &self.away_attack, &self.away_defence]
            .map(|v| of(v, team, self.config.newcomer))
    }

    /// Expected counts of the home and of the away side.
    pub fn expected_counts(&self, home: usize, away: usize) -> (f64, f64) {
        let [attack_home, defence_home, ..] = self.ratings(home);
        let [.., attack_away, defence_away] = self.ratings(away);
        (f64::midpoint(attack_home, defence_away), f64::midpoint(attack_away, defence_home))
    }

    /// Learns the counts of both sides.
    ///
    /// # Errors
    /// A count that is negative, not finite or above 10,000; nothing is learnt then.
    pub fn update_counts(
        &mut self,
        home: usize,
        away: usize,
        home_count: f64,
        away_count: f64,
    ) -> Result<(), RatingError> {
        for count in [home_count, away_count] {
            require("count", count, (0.0..=1e4).contains(&count), "counts lie within 0 to 10,000")?;
        }
        if home == away {
            return Ok(());
        }
        self.grow(home.max(away) + 1);
        let (expected_home, expected_away) = self.expected_counts(home, away);
        let (home_error, away_error) = (home_count - expected_home, away_count - expected_away);
        let c = self.config;
        let learn = |rating: &mut f64, step: f64| *rating = (*rating + c.lambda * step).max(0.0);
        learn(&mut self.home_attack[home], c.phi_home * home_error);
        learn(&mut self.away_attack[home], (1.0 - c.phi_home) * home_error);
        learn(&mut self.home_defence[home], c.phi_home * away_error);
        learn(&mut self.away_defence[home], (1.0 - c.phi_home) * away_error);
        learn(&mut self.away_attack[away], c.phi_away * away_error);
        learn(&mut self.home_attack[away], (1.0 - c.phi_away) * away_error);
        learn(&mut self.away_defence[away], c.phi_away * home_error);
        learn(&mut self.home_defence[away], (1.0 - c.phi_away) * home_error);
        Ok(())
    }
}

impl Rating for Gap {
    fn teams(&self) -> usize {
        self.home_attack.len()
    }

    fn grow(&mut self, teams: usize) {
        let newcomer = [self.config.newcomer; 4];
        let Self { home_attack, home_defence, away_attack, away_defence, .. } = self;
        grow_all([home_attack, home_defence, away_attack, away_defence], teams, newcomer);
    }

    /// Expected count of the home side minus that of the away side.
    fn advantage(&self, home: usize, away: usize) -> f64 {
        let (h, a) = self.expected_counts(home, away);
        h - a
    }

    fn strength(&self, team: usize) -> f64 {
        let [ha, hd, aa, ad] = self.ratings(team);
        f64::midpoint(ha, aa) - f64::midpoint(hd, ad)
    }

    /// Learns goals.
    fn update(&mut self, home: usize, away: usize, score: Score) {
        let learnt = self.update_counts(home, away, f64::from(score.home), f64::from(score.away));
        debug_assert!(learnt.is_ok(), "goals of a score are valid counts");
    }

    fn pull(&mut self, team: usize, target: Option<usize>, fraction: f64) {
        self.grow(team + 1);
        for v in
            [&mut self.home_attack, &mut self.home_defence, &mut self.away_attack, &mut self.away_defence]
        {
            pull_entry(v, team, target, fraction, self.config.newcomer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_shared_out_as_the_formula_says() {
        let config = GapConfig { lambda: 0.2, phi_home: 0.75, phi_away: 0.5, newcomer: 1.0 };
        let mut gap = Gap::new(config).unwrap();
        gap.update(0, 1, Score::new(3, 0).unwrap());
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-15, "{a} is not {b}");
        let [ha, hd, aa, ad] = gap.ratings(0);
        close(ha, 1.0 + 0.2 * 0.75 * 2.0);
        close(aa, 1.0 + 0.2 * 0.25 * 2.0);
        close(hd, 1.0 - 0.2 * 0.75);
        close(ad, 1.0 - 0.2 * 0.25);
        close(gap.ratings(1)[3], 1.0 + 0.2 * 0.5 * 2.0);
    }

    #[test]
    fn ratings_stay_at_or_above_zero_and_hostile_counts_are_errors() {
        let mut gap = Gap::new(GapConfig { lambda: 1.0, ..GapConfig::default() }).unwrap();
        for _ in 0..50 {
            gap.update(0, 1, Score::new(0, 50).unwrap());
        }
        assert!(gap.ratings(0).iter().chain(&gap.ratings(1)).all(|r| *r >= 0.0 && r.is_finite()));
        let before = gap.clone();
        for bad in [f64::NAN, f64::INFINITY, -1.0] {
            assert!(gap.update_counts(0, 1, bad, 1.0).is_err());
        }
        assert_eq!(gap, before);
    }
}
