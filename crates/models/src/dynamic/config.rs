//! Parameters of a [`GoalFilter`](super::GoalFilter), with those that were fitted. On what, with which loss, and from where
//! the search began is recorded in `crates/learning/fitted/`; `touchline train --model strength-filter` fits anew.

/// Parameters of a [`GoalFilter`](super::GoalFilter). Rates are per day where they say so; strengths are log goals.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FilterConfig {
    /// Growth of the variance of attack and defence per day.
    pub drift: f64,
    /// Growth of that variance at the start of a season.
    pub season_drift: f64,
    /// Growth of that variance on moving to another league.
    pub league_drift: f64,
    /// Variance of attack and defence of a team never seen.
    pub newcomer_variance: f64,
    /// How far below its league's mean a team never seen starts.
    pub newcomer_offset: f64,
    /// Variance of a team's own home effect at the start.
    pub home_variance: f64,
    /// Its growth per day.
    pub home_drift: f64,
    /// Growth of the variance of a league's mean log goals per match.
    pub level_drift: f64,
    /// Growth of the variance of a league's home advantage per match.
    pub advantage_drift: f64,
    /// Pull to the league's mean at the start of a season (share of the distance).
    pub season_pull_league: f64,
    /// Pull to the team's long-run mean at the start of a season.
    pub season_pull_club: f64,
    /// Pull to the team's long-run mean per day (rate).
    pub daily_pull: f64,
    /// Weight of the newest match in the long-run means.
    pub memory: f64,
    /// Dispersion of counts: variance over mean.
    pub dispersion: f64,
    /// Correlation of shocks to attack and defence.
    pub correlation: f64,
    /// Dixon-Coles dependence of low scores, used for 1X2 probabilities.
    pub rho: f64,
    /// Counts are cut off here.
    pub cap: f64,
    /// Mean log count of a league never seen.
    pub start_level: f64,
    /// Home advantage in log counts of a league never seen.
    pub start_advantage: f64,
    /// Mean strength that a league starts with, per tier below the first.
    pub tier_step: f64,
}

impl FilterConfig {
    /// Forecasts of the coming matchday. Fitted on 2008 to 2016 of the 2023 Soccer Prediction Challenge's data.
    pub const FRESH: Self = Self {
        drift: 5.5e-5,
        season_drift: 3.07e-4,
        league_drift: 0.00363,
        newcomer_variance: 0.0311,
        newcomer_offset: 0.121,
        home_variance: 0.00641,
        home_drift: 6.44e-7,
        level_drift: 1.49e-7,
        advantage_drift: 1.43e-6,
        season_pull_league: 4.77e-4,
        season_pull_club: 0.351,
        daily_pull: 9.01e-4,
        memory: 0.0153,
        dispersion: 1.32,
        correlation: 0.851,
        rho: -0.0859,
        cap: 7.0,
        start_level: 0.27,
        start_advantage: 0.33,
        tier_step: -0.2,
    };

    /// Forecasts some ten weeks ahead. Fitted as [`Self::FRESH`].
    pub const STALE: Self = Self {
        drift: 1.84e-5,
        season_drift: 0.0136,
        league_drift: 0.0,
        newcomer_variance: 0.0368,
        newcomer_offset: 0.116,
        home_variance: 0.00723,
        home_drift: 6.27e-7,
        level_drift: 4.14e-7,
        advantage_drift: 2.25e-6,
        season_pull_league: 0.0104,
        season_pull_club: 0.133,
        daily_pull: 6.46e-4,
        memory: 0.00755,
        dispersion: 1.87,
        correlation: 0.816,
        rho: -0.0797,
        ..Self::FRESH
    };

    /// Goals that bookmakers' prices of earlier matches implied, blended with what happened: such goals hardly scatter, so
    /// that the filter follows them closely. Fitted on the five leagues of football-data.co.uk, 2008-09 to 2016-17.
    pub const EARLIER_PRICES: Self = Self {
        drift: 7.06e-4,
        season_drift: 3.18e-4,
        league_drift: 0.0034,
        newcomer_variance: 0.0973,
        newcomer_offset: 0.262,
        home_variance: 0.00173,
        home_drift: 5.89e-7,
        level_drift: 2.2e-7,
        advantage_drift: 1.22e-6,
        season_pull_league: 0.0445,
        season_pull_club: 0.955,
        daily_pull: 8.23e-4,
        memory: 0.033,
        dispersion: 0.0202,
        correlation: 0.695,
        rho: -0.0535,
        ..Self::FRESH
    };

    /// The same for forecasts some ten weeks ahead.
    pub const EARLIER_PRICES_STALE: Self = Self {
        drift: 3.52e-4,
        season_drift: 3.17e-4,
        league_drift: 0.0034,
        newcomer_variance: 0.0722,
        newcomer_offset: 0.223,
        home_variance: 0.0019,
        home_drift: 5.82e-7,
        level_drift: 2.22e-7,
        advantage_drift: 1.22e-6,
        season_pull_league: 0.033,
        season_pull_club: 0.967,
        daily_pull: 0.00111,
        memory: 0.0416,
        dispersion: 0.037,
        correlation: 0.75,
        rho: -0.0426,
        ..Self::FRESH
    };

    /// The same filter with states that move `factor` times as fast (in variance).
    #[must_use]
    pub fn with_speed(self, factor: f64) -> Self {
        Self { drift: self.drift * factor, season_drift: self.season_drift * factor, ..self }
    }

    /// The same filter whose teams keep the level that their results gave them: at the start of a season it goes
    /// this share of the way to the league's mean, and never back to the team's own long-run mean.
    #[must_use]
    pub fn without_memory(self, season_pull_league: f64) -> Self {
        Self { season_pull_league, season_pull_club: 0.0, daily_pull: 0.0, ..self }
    }

    /// The same filter for another count, such as shots, whose mean is `exp(start_level)`.
    #[must_use]
    pub fn for_counts(self, start_level: f64, cap: f64, dispersion: f64) -> Self {
        Self { dispersion, cap, start_level, ..self }
    }
}
