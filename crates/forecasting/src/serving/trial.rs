//! The version that is tried beside the champion: its forecasts of the same matches, in the same snapshot.

use super::model_forecasts::{ModelAnswer, ModelForecasts, Resuming};
use super::snapshot::Loaded;
use crate::experiment::{arm_of, is_in_effect};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use touchline_domain::MatchId;
use touchline_domain::ports::{Experiment, ExperimentArm, ModelVersion};
use touchline_features::{History, MarketView, View};
use touchline_learning::model;
use touchline_learning::predictor::MatchForecast;

/// An experiment that runs, and the version that it tries, ready to forecast or not.
pub(super) struct TrialSource {
    pub experiment: Experiment,
    /// None while the experiment rests; an error where the files of the version cannot be read.
    pub treatment: Option<Result<Loaded, TrialFault>>,
}

/// Why the version that is tried does not forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialFault {
    /// Its files are missing or damaged.
    Unreadable,
    /// It cannot be applied to the matches to come.
    Inapplicable,
}

impl TrialFault {
    /// In words fit to be shown to anybody.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unreadable => {
                "the files of the treatment are missing or damaged; the control answers alone"
            }
            Self::Inapplicable => {
                "the treatment cannot be applied to the matches to come; the control answers alone"
            }
        }
    }
}

/// How the experiment that runs stands in a snapshot.
#[derive(Debug)]
pub struct TrialState {
    /// The experiment.
    pub experiment: Experiment,
    /// What the version that is tried says of the matches that are divided.
    treated: Option<ModelForecasts>,
    fault: Option<TrialFault>,
}

impl TrialSource {
    /// The experiment, with the version that it tries if it is in effect: `loaded`, of an earlier snapshot, where it is the same,
    /// else from disk.
    pub fn load(
        data_dir: &Path,
        experiment: Experiment,
        champion: &str,
        registered: Option<&ModelVersion>,
        loaded: Option<Loaded>,
    ) -> Self {
        if !is_in_effect(&experiment, champion) {
            return Self { experiment, treatment: None };
        }
        let treatment = match (registered, loaded) {
            (Some(registered), Some((version, model))) if version == *registered => Ok((version, model)),
            (Some(registered), _) => match model::load_registered(data_dir, registered) {
                Ok(model) => Ok((registered.clone(), Arc::new(model))),
                Err(cause) => {
                    let experiment = &experiment.id;
                    tracing::error!(%cause, experiment, "the treatment of an experiment is unreadable");
                    Err(TrialFault::Unreadable)
                }
            },
            (None, _) => Err(TrialFault::Unreadable),
        };
        Self { experiment, treatment: Some(treatment) }
    }

    /// What the version that is tried sees.
    pub fn view(&self) -> Option<View> {
        let (_, model) = self.treatment.as_ref()?.as_ref().ok()?;
        Some(model.view())
    }
}

impl TrialState {
    /// Forecasts by the version that is tried the matches at some positions: those that the champion of its name answers. Where
    /// that answers none, nothing is compared. Whatever goes wrong stays here.
    pub(super) fn build(
        source: TrialSource,
        scope: Option<&[u32]>,
        history: &History,
        resuming: &mut Resuming<'_>,
    ) -> Self {
        let TrialSource { experiment, treatment } = source;
        let (treatment, positions) = match scope {
            Some(positions) => (treatment, positions),
            None => (None, &[][..]),
        };
        let (treated, fault) = match treatment {
            None => (None, None),
            Some(Err(fault)) => (None, Some(fault)),
            Some(Ok(loaded)) => {
                // The champion of the default model answers whatever is asked of it, and so does what is tried in its place.
                let is_default = experiment.model == model::MODEL_NAME;
                let prices = if is_default { MarketView::None } else { loaded.1.view().market };
                let compute = AssertUnwindSafe(|| {
                    ModelForecasts::build(loaded, (history, positions), prices, resuming)
                });
                match catch_unwind(compute) {
                    Ok(Ok(treated)) => (Some(treated), None),
                    failed => {
                        let cause = match failed {
                            Ok(Err(error)) => error.to_string(),
                            _ => "the computation broke off".to_owned(),
                        };
                        let experiment = &experiment.id;
                        tracing::error!(
                            cause,
                            experiment,
                            "the treatment of an experiment cannot be applied"
                        );
                        (None, Some(TrialFault::Inapplicable))
                    }
                }
            }
        };
        Self { experiment, treated, fault }
    }

    /// Whether matches are divided between both versions, or in the shadow forecast by both. Not while another champion answers
    /// than when the experiment began, nor where the version that is tried cannot forecast.
    pub fn is_in_effect(&self) -> bool {
        self.treated.is_some()
    }

    /// Why the version that is tried does not forecast.
    pub fn fault(&self) -> Option<TrialFault> {
        self.fault
    }

    /// Who answers a match that is divided; none while the experiment is not in effect, and of a match that another model answers.
    pub fn arm(&self, id: MatchId) -> Option<ExperimentArm> {
        self.treated.as_ref()?.of(id)?;
        Some(arm_of(&self.experiment, id))
    }

    /// Who answers a match by its name, whether or not there is a forecast of it now; none while the experiment is not in effect.
    pub(super) fn drawn_arm(&self, id: MatchId) -> Option<ExperimentArm> {
        self.is_in_effect().then(|| arm_of(&self.experiment, id))
    }

    /// The forecast that answers a match of the treatment; none of one of the control.
    pub(super) fn answering(&self, id: MatchId) -> Option<ModelAnswer<'_>> {
        (self.arm(id)? == ExperimentArm::Treatment).then_some(self.treated.as_ref()?.of(id)?)
    }

    /// What the version that is tried says of a match, whoever answers.
    pub fn forecast(&self, id: MatchId) -> Option<&MatchForecast> {
        Some(self.treated.as_ref()?.of(id)?.forecast)
    }

    /// The model, for the next snapshot.
    pub(super) fn loaded(&self) -> Option<Loaded> {
        self.treated.as_ref().map(ModelForecasts::loaded)
    }

    /// What the version that is tried sees.
    pub(super) fn view(&self) -> View {
        self.treated.as_ref().map_or(View::default(), |treated| treated.model.view())
    }
}
