//! The version that is tried beside the champion: its forecasts of the same matches, in the same snapshot.

use super::snapshot::{Features, Loaded, Resuming, forecasts_of};
use crate::experiment::{arm_of, is_in_effect};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use touchline_domain::ports::{Experiment, ExperimentArm, ModelVersion};
use touchline_domain::{Kickoff, MatchId};
use touchline_features::{History, View};
use touchline_learning::model::{self, ForecastModel};
use touchline_learning::predictor::{MatchForecast, ModelLabel, Predictor};

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
    treated: Option<Treated>,
    fault: Option<TrialFault>,
}

/// What the version that is tried says.
#[derive(Debug)]
struct Treated {
    version: ModelVersion,
    model: Arc<ForecastModel>,
    label: ModelLabel,
    forecasts: HashMap<MatchId, (Kickoff, MatchForecast)>,
    features: Vec<Features>,
}

/// A forecast of the version that is tried, with what it was made from.
pub(super) struct Treatment<'a> {
    pub model: &'a Arc<ForecastModel>,
    pub label: &'a ModelLabel,
    pub forecast: &'a MatchForecast,
    pub features: &'a [Features],
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
    /// Forecasts the matches at some positions by the version that is tried. Whatever goes wrong stays here.
    pub(super) fn build(
        source: TrialSource,
        history: &History,
        positions: &[u32],
        resuming: &mut Resuming<'_>,
        kickoffs: &HashMap<MatchId, Kickoff>,
    ) -> Self {
        let TrialSource { experiment, treatment } = source;
        let (treated, fault) = match treatment {
            None => (None, None),
            Some(Err(fault)) => (None, Some(fault)),
            Some(Ok((version, model))) => {
                let compute = AssertUnwindSafe(|| forecasts_of(&model, history, positions, resuming));
                match catch_unwind(compute) {
                    Ok(Ok((forecasts, features))) => {
                        let at = |(id, forecast)| Some((id, (*kickoffs.get(&id)?, forecast)));
                        let forecasts = forecasts.into_iter().filter_map(at).collect();
                        (Some(Treated { version, label: model.label(), model, forecasts, features }), None)
                    }
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

    /// Who answers a match; none while the experiment is not in effect.
    pub fn arm(&self, id: MatchId) -> Option<ExperimentArm> {
        self.treated.as_ref().map(|treated| match arm_of(&self.experiment, id) {
            ExperimentArm::Treatment if treated.forecasts.contains_key(&id) => ExperimentArm::Treatment,
            _ => ExperimentArm::Control,
        })
    }

    /// Who answers a match by its name, whether or not there is a forecast of it now; none while the experiment is not in effect.
    pub(super) fn drawn_arm(&self, id: MatchId) -> Option<ExperimentArm> {
        self.is_in_effect().then(|| arm_of(&self.experiment, id))
    }

    /// The forecast that answers a match of the treatment; none of one of the control.
    pub(super) fn answering(&self, id: MatchId) -> Option<Treatment<'_>> {
        if self.arm(id)? != ExperimentArm::Treatment {
            return None;
        }
        let Treated { model, label, forecasts, features, .. } = self.treated.as_ref()?;
        let (_, forecast) = forecasts.get(&id)?;
        Some(Treatment { model, label, forecast, features })
    }

    /// What the version that is tried says of a match, whoever answers.
    pub fn forecast(&self, id: MatchId) -> Option<&MatchForecast> {
        self.treated.as_ref()?.forecasts.get(&id).map(|(_, forecast)| forecast)
    }

    /// The model, for the next snapshot.
    pub(super) fn loaded(&self) -> Option<Loaded> {
        let treated = self.treated.as_ref()?;
        Some((treated.version.clone(), Arc::clone(&treated.model)))
    }

    /// What the version that is tried sees.
    pub(super) fn view(&self) -> View {
        self.treated.as_ref().map_or(View::default(), |treated| treated.model.view())
    }
}
