//! Experiments: a challenger forecasts the same matches as the champion, in the shadow or for a share of the answers.
//!
//! Which of the two answers a match follows from the names of the experiment and the match alone ([`arm_of`]): every server and
//! every worker gives the same answer, before and after a restart. Sealing records what both said at the same time, and
//! [`report`] compares these pairs once matches are over. Nothing of an experiment can hurt the champion: where the challenger
//! cannot forecast, the champion answers as if there were no experiment.

mod report;

pub use report::{ArmScores, ExperimentReport, ScoreDifference, Verdict, report};

use crate::seal::RegisteredModel;
use std::path::Path;
use thiserror::Error;
use touchline_domain::ports::{
    ArtifactStore, Experiment, ExperimentArm, ExperimentMode, ExperimentReader, ExperimentWriter,
    ModelReader, StoreError,
};
use touchline_domain::{Clock, MatchId};
use touchline_features::MarketView;
use touchline_learning::model::name_of;
use touchline_learning::predictor::ModelLabel;
use touchline_learning::registry::{RegistryError, champion_of, check_readable, find, open_model};

/// Longest name of an experiment, in bytes.
const LONGEST_ID: usize = 64;

/// Why an experiment does not begin or end.
#[derive(Debug, Error)]
pub enum ExperimentError {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// There is no champion, no such version, or its files cannot be read.
    #[error("{0}")]
    Model(#[from] RegistryError),
    /// The name cannot be used.
    #[error("{0:?} is not a name of an experiment; write up to 64 of a-z, 0-9, . _ and -")]
    Name(String),
    /// The share does not fit.
    #[error("a share of {0} cannot be split; write a number above 0 and at most 1, such as 0.2")]
    Share(f64),
    /// The version that is tried answers already.
    #[error("version {0} is the champion and cannot be tried against itself")]
    Itself(String),
    /// Another one runs.
    #[error("the experiment {0} runs; end it first, with `touchline models experiment stop`")]
    Runs(String),
    /// The name was used.
    #[error("there was an experiment {0} before; choose another name")]
    Used(String),
    /// None of this name is known, or none runs.
    #[error(
        "{}; `touchline models experiment list` shows those that run or ran",
        .0.as_ref().map_or("there is nothing to end".to_owned(), |id| format!("the experiment {id} is not running"))
    )]
    NotRunning(Option<String>),
}

/// An experiment to begin.
#[derive(Debug, Clone, PartialEq)]
pub struct NewExperiment {
    /// Its name.
    pub id: String,
    /// The version to try, or an alias.
    pub treatment: String,
    /// What its forecasts are for.
    pub mode: ExperimentMode,
    /// Share of the matches that it answers; of no account in the shadow.
    pub share: f64,
}

/// What beginning an experiment asks of a store.
pub trait ExperimentStore: ModelReader + ExperimentReader + ExperimentWriter {}

impl<T: ModelReader + ExperimentReader + ExperimentWriter + ?Sized> ExperimentStore for T {}

/// The experiment that runs; there is never more than one.
///
/// # Errors
/// The store is not available.
pub async fn running<S: ExperimentReader + ?Sized>(store: &S) -> Result<Option<Experiment>, StoreError> {
    for view in MarketView::ALL {
        if let Some(running) = store.running_experiment(name_of(view)).await? {
            return Ok(Some(running));
        }
    }
    Ok(None)
}

/// Begins an experiment of a version against the champion of its name, if its files can be read.
///
/// # Errors
/// One runs, the name was used or cannot be, there is no champion or no such version, the version is the champion, or its files
/// cannot be read.
pub async fn start<S: ExperimentStore + ?Sized>(
    store: &S,
    artifacts: Option<&dyn ArtifactStore>,
    data_dir: &Path,
    new: NewExperiment,
    clock: &dyn Clock,
) -> Result<Experiment, ExperimentError> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    if new.id.is_empty() || new.id.len() > LONGEST_ID || !new.id.bytes().all(is_plain) {
        return Err(ExperimentError::Name(new.id));
    }
    let share = match new.mode {
        ExperimentMode::Shadow => 0.0,
        ExperimentMode::Split if new.share > 0.0 && new.share <= 1.0 => new.share,
        ExperimentMode::Split => return Err(ExperimentError::Share(new.share)),
    };
    if let Some(running) = running(store).await? {
        return Err(ExperimentError::Runs(running.id));
    }
    if store.experiment(&new.id).await?.is_some() {
        return Err(ExperimentError::Used(new.id));
    }
    let treatment = find(store, &new.treatment).await?;
    let control = champion_of(store, &treatment.name).await?;
    if treatment.version == control.version {
        return Err(ExperimentError::Itself(treatment.version));
    }
    check_readable(artifacts, data_dir, &treatment).await?;
    let experiment = Experiment {
        id: new.id,
        model: control.name,
        control: control.version,
        treatment: treatment.version,
        mode: new.mode,
        share,
        started_at: clock.now(),
        ended_at: None,
    };
    store.start_experiment(&experiment).await?;
    Ok(experiment)
}

/// Ends the experiment that runs, or the one of a name if it runs.
///
/// # Errors
/// The store is not available, or it does not run.
pub async fn stop<S: ExperimentStore + ?Sized>(
    store: &S,
    id: Option<&str>,
) -> Result<Experiment, ExperimentError> {
    let running = running(store).await?;
    let running = running.filter(|running| id.is_none_or(|id| running.id == id));
    let none = || ExperimentError::NotRunning(id.map(str::to_owned));
    let running = running.ok_or_else(none)?;
    if !store.end_experiment(&running.id).await? {
        return Err(none());
    }
    Ok(store.experiment(&running.id).await?.unwrap_or(running))
}

/// Who answers a match: the treatment where the first 64 bits of BLAKE3 over both names, as a fraction of 2^64, lie below its
/// share.
pub fn arm_of(experiment: &Experiment, of: MatchId) -> ExperimentArm {
    if experiment.mode == ExperimentMode::Shadow {
        return ExperimentArm::Control;
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(experiment.id.as_bytes());
    // No name of an experiment holds this byte, so that no two pairs of names are hashed as one.
    hasher.update(&[0]);
    hasher.update(&of.0.to_le_bytes());
    let [a, b, c, d, e, f, g, h, ..] = *hasher.finalize().as_bytes();
    let place = u64::from_le_bytes([a, b, c, d, e, f, g, h]) as f64 / 2.0_f64.powi(64);
    if place < experiment.share { ExperimentArm::Treatment } else { ExperimentArm::Control }
}

/// Whether an experiment is in effect while a version is the champion: it rests while another one is than when it began.
pub fn is_in_effect(experiment: &Experiment, champion: &str) -> bool {
    experiment.ended_at.is_none() && experiment.control == champion
}

/// The challenger of the experiment in effect, ready to forecast.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The experiment.
    pub experiment: Experiment,
    /// The version that is tried.
    pub treatment: RegisteredModel,
}

impl Trial {
    /// Opens the challenger of the experiment in effect, if there is one; `held`, opened before, is given back where it is the
    /// same. What keeps it from being read is logged, and there is no trial: the champion goes on.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn open<S: ModelReader + ExperimentReader + ?Sized>(
        store: &S,
        artifacts: Option<&dyn ArtifactStore>,
        data_dir: &Path,
        champions: &[ModelLabel],
        held: Option<&Self>,
    ) -> Result<Option<Self>, StoreError> {
        let Some(experiment) = running(store).await? else { return Ok(None) };
        if !champions.iter().any(|c| c.name == experiment.model && is_in_effect(&experiment, &c.version)) {
            return Ok(None);
        }
        let opened = async {
            let named = format!("{}/{}", experiment.model, experiment.treatment);
            let version = find(store, &named).await?;
            let is_same = |held: &&Self| {
                held.experiment == experiment && held.treatment.manifest_hash == version.manifest_hash
            };
            if let Some(held) = held.filter(is_same) {
                return Ok(held.treatment.clone());
            }
            let model = open_model(artifacts, data_dir, &version).await?;
            Ok::<_, RegistryError>(RegisteredModel::new(model, &version))
        };
        match opened.await {
            Ok(treatment) => Ok(Some(Self { experiment, treatment })),
            Err(RegistryError::Store(error)) => Err(error),
            Err(error) => {
                let experiment = experiment.id;
                tracing::error!(%error, experiment, "the challenger cannot be read; the champion goes on alone");
                Ok(None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    pub(super) fn experiment(id: &str, mode: ExperimentMode, share: f64) -> Experiment {
        Experiment {
            id: id.to_owned(),
            model: "touchline".to_owned(),
            control: "1".to_owned(),
            treatment: "2".to_owned(),
            mode,
            share,
            started_at: DateTime::UNIX_EPOCH,
            ended_at: None,
        }
    }

    fn treated(id: &str, share: f64) -> Vec<bool> {
        let experiment = experiment(id, ExperimentMode::Split, share);
        (1..=20_000).map(|n| arm_of(&experiment, MatchId(n)) == ExperimentArm::Treatment).collect()
    }

    #[test]
    fn a_share_of_the_matches_is_treated_and_always_the_same_ones() {
        for share in [0.05, 0.2, 0.5, 1.0] {
            let treated = treated("autumn", share);
            let of = treated.iter().filter(|treated| **treated).count() as f64 / 20_000.0;
            // Four standard errors of a share of 20,000.
            assert!((of - share).abs() <= 4.0 * (share * (1.0 - share) / 20_000.0).sqrt(), "{share}: {of}");
        }
        // Pinned: another hash would move matches between the arms of a running experiment.
        let first: Vec<usize> = treated("autumn", 0.2)
            .iter()
            .enumerate()
            .filter(|(_, t)| **t)
            .map(|(n, _)| n + 1)
            .take(6)
            .collect();
        assert_eq!(first, PINNED);
    }

    /// Matches of the experiment `autumn` at a share of a fifth, computed with the reference implementation of BLAKE3 (Python).
    const PINNED: [usize; 6] = [7, 10, 12, 15, 27, 43];

    #[test]
    fn a_larger_share_treats_more_matches_and_none_less_and_experiments_are_independent() {
        let (fifth, half) = (treated("autumn", 0.2), treated("autumn", 0.5));
        assert!(fifth.iter().zip(&half).all(|(fifth, half)| !fifth || *half));
        let other = treated("winter", 0.5);
        let both = half.iter().zip(&other).filter(|(a, b)| **a && **b).count() as f64 / 20_000.0;
        assert!((both - 0.25).abs() < 0.02, "{both}");
    }

    #[test]
    fn in_the_shadow_the_champion_answers() {
        let shadow = experiment("s", ExperimentMode::Shadow, 0.0);
        assert!((1..500).all(|n| arm_of(&shadow, MatchId(n)) == ExperimentArm::Control));
    }

    #[test]
    fn an_experiment_rests_while_another_champion_answers() {
        let split = experiment("s", ExperimentMode::Split, 0.5);
        assert!(is_in_effect(&split, "1") && !is_in_effect(&split, "2") && !is_in_effect(&split, "3"));
        let ended = Experiment { ended_at: Some(DateTime::UNIX_EPOCH), ..split };
        assert!(!is_in_effect(&ended, "1"));
    }
}
