//! What a forecast says of itself: which model gave it, and how good a stand-in that model is.

use super::trial::TrialState;
use chrono::{DateTime, Utc};
use std::fmt;
use std::str::FromStr;
use touchline_domain::ports::{Experiment, ExperimentArm, SealedForecast};
use touchline_domain::{Forecast, MatchId, ScoreGrid};
use touchline_features::MarketView;
use touchline_learning::model::view_of;
use touchline_learning::predictor::{BaseRates, ModelLabel, StrengthFilter};

/// What gave a forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The trained model.
    Real,
    /// A simpler model stood in: the strength filter, without trees and calibration.
    Fallback,
    /// Nothing did: base rates that know nothing of the match.
    Mock,
}

impl Mode {
    /// All modes, the best first.
    pub const ALL: [Self; 3] = [Self::Real, Self::Fallback, Self::Mock];

    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Fallback => "fallback",
            Self::Mock => "mock",
        }
    }

    /// The mode of the model with this name.
    fn model_forecasts(name: &str) -> Self {
        match name {
            StrengthFilter::NAME => Self::Fallback,
            BaseRates::NAME => Self::Mock,
            _ => Self::Real,
        }
    }
}

impl FromStr for Mode {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|mode| mode.name() == name);
        found.ok_or_else(|| format!("{name:?} is not a mode; write real, fallback or mock"))
    }
}

/// Why the trained model does not answer; fit to be shown to anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// No version is active.
    NoModel,
    /// Files of the active version are missing or damaged.
    Unreadable(ModelLabel),
    /// The active version was trained on features that this program computes differently.
    OtherFeatures(ModelLabel),
    /// The active version could not be applied.
    ModelFailed(ModelLabel),
    /// The active version learned from results that came after the time that is asked for.
    LearnedLater(ModelLabel),
    /// No result is known, so that nothing can be said of any team.
    NoResults,
    /// The strength filter gave no usable numbers.
    FilterFailed,
    /// The settings ask for a stand-in.
    Configured,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoModel => f.write_str("no model answers yet: run `touchline train --activate`, or promote one of `touchline models list`"),
            Self::Unreadable(model) => {
                write!(f, "{model} cannot be read: run `touchline train --activate`, or go back with `touchline models rollback`")
            }
            Self::OtherFeatures(model) => {
                write!(f, "{model} was trained on other features: run `touchline train --activate`")
            }
            Self::ModelFailed(model) => write!(f, "{model} could not be applied"),
            Self::LearnedLater(model) => {
                write!(f, "{model} learned from results that came after that time")
            }
            Self::NoResults => {
                f.write_str("no result is known yet: ingest finished matches, such as `touchline demo`")
            }
            Self::FilterFailed => f.write_str("the strength of the teams could not be estimated; the log says why"),
            Self::Configured => f.write_str("the settings ask for a stand-in: models.mode, or FOOTBALL_PREDICTION_ML_MODE"),
        }
    }
}

/// The forecast of one match with everything that is to be said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The match.
    pub match_id: MatchId,
    /// Home win, draw, away win.
    pub forecast: Forecast,
    /// Mean goals of the home and the away side.
    pub expected_goals: (f64, f64),
    /// Distribution of scores; none where the forecast was sealed before these were kept.
    pub grid: Option<ScoreGrid>,
    /// What gave it.
    pub model: ModelLabel,
    /// Which prices that model sees; none where no trained model gave it.
    pub view: Option<MarketView>,
    /// The views of prices by which the match is forecast, the one that knows most first.
    pub views: Vec<MarketView>,
    /// How good a stand-in that is.
    pub mode: Mode,
    /// Why the trained model did not answer; none where it did.
    pub reason: Option<String>,
    /// Facts known up to this time were used.
    pub as_of: DateTime<Utc>,
    /// When the forecast was sealed; none for a current one.
    pub sealed_at: Option<DateTime<Utc>>,
    /// The experiment that the forecast is part of, while one is in effect.
    pub experiment: Option<AnswerExperiment>,
}

/// Which experiment a forecast is part of, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerExperiment {
    /// Name of the experiment.
    pub id: String,
    /// Whose forecast it is.
    pub arm: ExperimentArm,
}

impl AnswerExperiment {
    /// Of a current forecast.
    pub(super) fn of(trial: &TrialState, id: MatchId) -> Option<Self> {
        Some(Self { id: trial.experiment.id.clone(), arm: trial.arm(id)? })
    }
}

impl Answer {
    /// The answer from a sealed forecast: what was sealed, and nothing that this program would add to it.
    pub fn sealed(sealed: &SealedForecast) -> Self {
        let mode = Mode::model_forecasts(&sealed.model_name);
        let view = view_of(&sealed.model_name);
        let reason = (mode != Mode::Real)
            .then(|| format!("sealed by {} when no trained model answered", sealed.model_name));
        Self {
            match_id: sealed.match_id,
            forecast: sealed.forecast,
            expected_goals: sealed.expected_goals,
            grid: sealed.details.as_ref().map(|details| details.grid.clone()),
            model: ModelLabel { name: sealed.model_name.clone(), version: sealed.model_version.clone() },
            view,
            views: view.into_iter().collect(),
            mode,
            reason,
            as_of: sealed.as_of,
            sealed_at: Some(sealed.sealed_at),
            experiment: None,
        }
    }

    /// The same as part of the experiment that runs, where it was sealed since that began by the version that answers its match.
    pub(super) fn within(mut self, trial: Option<&TrialState>) -> Self {
        let of = trial.and_then(|trial| {
            let Experiment { id, model, control, treatment, started_at, .. } = &trial.experiment;
            let since = self.sealed_at.is_some_and(|sealed| sealed >= *started_at);
            let arm = trial.drawn_arm(self.match_id)?;
            let answers = match arm {
                ExperimentArm::Control => control,
                ExperimentArm::Treatment => treatment,
            };
            (since && *model == self.model.name && *answers == self.model.version)
                .then(|| AnswerExperiment { id: id.clone(), arm })
        });
        self.experiment = of;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchline_domain::Kickoff;
    use touchline_domain::ports::SealedDetails;
    use touchline_models::dynamic::score_grid;

    fn sealed(details: Option<SealedDetails>) -> SealedForecast {
        SealedForecast {
            match_id: MatchId(1),
            model_name: "touchline".to_owned(),
            model_version: "1".to_owned(),
            forecast: Forecast::new(0.52, 0.23, 0.25).unwrap(),
            expected_goals: (1.9, 1.0),
            as_of: DateTime::UNIX_EPOCH,
            sealed_at: DateTime::UNIX_EPOCH,
            details: details.map(Box::new),
        }
    }

    #[test]
    fn a_sealed_answer_keeps_its_grid_whatever_the_low_score_parameter_of_the_program_is() {
        let forecast = Forecast::new(0.52, 0.23, 0.25).unwrap();
        // Sealed by programs whose parameters differ: both come back, bit for bit.
        for rho in [-0.02, -0.07, 0.0] {
            let grid = score_grid((1.9, 1.0), rho).conditioned_on(&forecast);
            let kickoff = Kickoff::at(DateTime::UNIX_EPOCH);
            let hashes = ["f", "m", "d"].map(str::to_owned);
            let details = SealedDetails::of(&forecast, grid.clone(), kickoff, hashes);
            assert_eq!(Answer::sealed(&sealed(Some(details))).grid, Some(grid));
        }
    }

    #[test]
    fn an_answer_that_was_sealed_without_its_grid_has_none() {
        let answer = Answer::sealed(&sealed(None));
        assert_eq!((answer.grid, answer.forecast.home()), (None, 0.52));
    }

    #[test]
    fn the_names_of_stand_ins_tell_their_mode() {
        assert_eq!(Mode::model_forecasts(StrengthFilter::NAME), Mode::Fallback);
        assert_eq!(Mode::model_forecasts(BaseRates::NAME), Mode::Mock);
        assert_eq!(Mode::model_forecasts(touchline_learning::model::MODEL_NAME), Mode::Real);
    }
}
