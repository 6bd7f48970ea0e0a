//! How a goal model is fitted, the same for every family of score distributions.

use super::FitError;

/// How far team strengths are pulled towards the mean of their group.
///
/// Attack and defence are on the log scale of goals: an attack of 0.3 scores `exp(0.3) = 1.35` times the
/// average. The prior of a team in group `g` is `Normal(mean_g, sd)`; with one group its mean is 0.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Shrinkage {
    /// None: plain maximum likelihood, attacks and defences each sum to zero. Every team must have scored
    /// and conceded, and all teams must be linked by matches.
    Off,
    /// Given standard deviations between teams of one group.
    Fixed {
        /// Of attack.
        attack_sd: f64,
        /// Of defence.
        defence_sd: f64,
    },
    /// Standard deviations estimated from the same matches by empirical Bayes (an EM iteration on the
    /// Laplace approximation, started from 0.3); some ten times the work of `Fixed`.
    Estimated,
}

/// For whom the home advantage is estimated. Deviations from the common value are always shrunk, by
/// [`FitConfig::home_deviation_sd`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum HomeAdvantage {
    /// One value for all.
    Common,
    /// A value per league.
    PerLeague,
    /// A value per home team.
    PerTeam,
}

/// For whom the goal level (the log of an average side's goals) is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum GoalLevel {
    /// One value for all.
    Common,
    /// A value per league, shrunk to the common one by [`FitConfig::level_deviation_sd`].
    PerLeague,
}

/// Settings shared by all goal models; [`FitConfig::default`] suits one or several leagues.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FitConfig {
    /// Pull of team strengths to their group.
    pub shrinkage: Shrinkage,
    /// Standard deviation of group means around 0, log scale; only with shrinkage and several groups.
    pub group_sd: f64,
    /// Home advantage.
    pub home_advantage: HomeAdvantage,
    /// Standard deviation of home advantages per league or team around the common one, log scale.
    pub home_deviation_sd: f64,
    /// Goal level.
    pub goal_level: GoalLevel,
    /// Standard deviation of league levels around the common one, log scale.
    pub level_deviation_sd: f64,
    /// Standard deviation of covariate coefficients around 0, log scale per unit of the covariate; only
    /// with shrinkage on.
    pub covariate_sd: f64,
    /// The Rue-Salvesen adjustment `gamma`: the better side is held back, the weaker lifted, by `gamma`
    /// times half their difference in strength. `None` leaves it out.
    pub rue_salvesen: Option<f64>,
    /// Smallest grid, by highest goals of a side; grids grow by themselves when expected goals are high.
    pub max_goals: usize,
    /// Most Newton iterations.
    pub max_iterations: usize,
    /// The search ends when a further Newton step would gain less than this log-likelihood.
    pub tolerance: f64,
}

impl Default for FitConfig {
    fn default() -> Self {
        Self {
            shrinkage: Shrinkage::Fixed { attack_sd: 0.3, defence_sd: 0.3 },
            group_sd: 0.5,
            home_advantage: HomeAdvantage::Common,
            home_deviation_sd: 0.1,
            goal_level: GoalLevel::Common,
            level_deviation_sd: 0.15,
            covariate_sd: 1.0,
            rue_salvesen: None,
            max_goals: 14,
            max_iterations: 100,
            tolerance: 1e-9,
        }
    }
}

impl FitConfig {
    /// Plain maximum likelihood, as most published fits use it.
    #[must_use]
    pub fn maximum_likelihood() -> Self {
        Self { shrinkage: Shrinkage::Off, ..Self::default() }
    }

    /// Checks every number once, before the fit.
    ///
    /// # Errors
    /// [`FitError::Invalid`] naming the setting.
    pub fn check(&self) -> Result<(), FitError> {
        let (attack_sd, defence_sd) = match self.shrinkage {
            Shrinkage::Fixed { attack_sd, defence_sd } => (attack_sd, defence_sd),
            Shrinkage::Off | Shrinkage::Estimated => (1.0, 1.0),
        };
        let sds = [
            ("attack_sd", attack_sd),
            ("defence_sd", defence_sd),
            ("group_sd", self.group_sd),
            ("home_deviation_sd", self.home_deviation_sd),
            ("level_deviation_sd", self.level_deviation_sd),
            ("covariate_sd", self.covariate_sd),
        ];
        for (what, value) in sds {
            if !(1e-4..=10.0).contains(&value) {
                return Err(FitError::Invalid { what: what.into(), value, allowed: "between 0.0001 and 10" });
            }
        }
        if let Some(value) = self.rue_salvesen.filter(|g| !(-0.5..=0.5).contains(g)) {
            return Err(FitError::Invalid {
                what: "rue_salvesen".into(),
                value,
                allowed: "between -0.5 and 0.5",
            });
        }
        if !(1..=99).contains(&self.max_goals) {
            let value = self.max_goals as f64;
            return Err(FitError::Invalid { what: "max_goals".into(), value, allowed: "between 1 and 99" });
        }
        if !(self.tolerance > 0.0 && self.tolerance <= 1.0) {
            let value = self.tolerance;
            return Err(FitError::Invalid {
                what: "tolerance".into(),
                value,
                allowed: "above 0 and at most 1",
            });
        }
        if self.max_iterations == 0 {
            return Err(FitError::Invalid {
                what: "max_iterations".into(),
                value: 0.0,
                allowed: "at least 1",
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_settings_are_named() {
        assert!(FitConfig::default().check().is_ok());
        let bad = [
            FitConfig {
                shrinkage: Shrinkage::Fixed { attack_sd: 0.0, defence_sd: 0.3 },
                ..FitConfig::default()
            },
            FitConfig { tolerance: f64::NAN, ..FitConfig::default() },
            FitConfig { max_goals: 0, ..FitConfig::default() },
            FitConfig { rue_salvesen: Some(2.0), ..FitConfig::default() },
            FitConfig { max_iterations: 0, ..FitConfig::default() },
        ];
        for config in bad {
            assert!(matches!(config.check(), Err(FitError::Invalid { .. })));
        }
    }
}
