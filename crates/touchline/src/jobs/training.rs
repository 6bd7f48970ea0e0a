//! Training anew, and judging what was trained before.
//!
//! A new model does not answer at once: it is the challenger until enough matches were played after it was trained. It takes
//! the champion's place when it forecast those better, each from what was known at its kick-off. So it is for the model of each view
//! of prices that the data allow.

use super::{Desk, failed};
use async_trait::async_trait;
use serde_json::{Value, json};
use touchline_domain::ports::{ModelAlias, ModelVersion};
use touchline_features::MarketView;
use touchline_jobs::{Body, JobError, Run};
use touchline_learning::dataset::Facts;
use touchline_learning::model::{ForecastModel, Recipe, name_of};
use touchline_learning::registry::{self, RegistryError, compare_models, joint_view};
use touchline_learning::train::{Training, train, trainable_views};

/// Matches that a challenger is judged by.
const FEWEST_TO_JUDGE: usize = 50;
/// Forecasts by which the champion is judged between trainings.
const FEWEST_TO_WORRY: u64 = 100;
/// So many standard errors above what it scored on matches that its training held out.
const WORRYING: f64 = 3.0;
/// A challenger that could not be judged for so long makes room for a newer one.
const OLDEST_CHALLENGER: chrono::Duration = chrono::Duration::days(28);

pub struct Retraining {
    pub desk: Desk,
}

#[async_trait]
impl Body for Retraining {
    async fn run(&self, run: &Run) -> Result<Value, JobError> {
        let views = trainable_views(self.desk.store.as_ref(), None).await?;
        let mut said = serde_json::Map::new();
        for view in views {
            said.insert(view.name().to_owned(), self.renew(view, run).await?);
        }
        Ok(Value::Object(said))
    }
}

impl Retraining {
    /// Judges and trains the model with a view of prices.
    async fn renew(&self, view: MarketView, run: &Run) -> Result<Value, JobError> {
        let champion = match registry::champion_of(self.desk.store.as_ref(), name_of(view)).await {
            Ok(champion) => Some(champion),
            Err(RegistryError::NoChampion { .. }) => None,
            Err(error) => return Err(failed("model", &error)),
        };
        if run.is_set("only_if_worse")
            && let Some(champion) = &champion
        {
            let (is_worse, why) = self.is_worse(champion).await?;
            if !is_worse {
                return Ok(json!({ "trained": null, "why": why }));
            }
        }
        let Some(champion) = champion else {
            let version = self.train(view, run, true).await?;
            return Ok(json!({ "trained": version, "champion": version, "why": "there was none" }));
        };
        let judged = self.judge(&champion, run).await?;
        if judged["verdict"] == "too early" {
            return Ok(json!({ "trained": null, "challenger": judged }));
        }
        let version = self.train(view, run, false).await?;
        self.desk.store.challenge(&champion.name, &version).await?;
        Ok(json!({ "trained": version, "challenger": judged }))
    }

    /// Compares the challenger with the champion, and promotes it if it is better.
    async fn judge(&self, champion: &ModelVersion, run: &Run) -> Result<Value, JobError> {
        let store = &self.desk.store;
        let Some(challenger) = store.aliased(&champion.name, ModelAlias::Challenger).await? else {
            return Ok(json!({ "verdict": "none" }));
        };
        let version = challenger.version.clone();
        let (first, second) = (self.open(&challenger).await?, self.open(champion).await?);
        let view = joint_view(first.view(), second.view());
        let facts = Facts::load_seen(store.as_ref(), view).await?;
        let (threads, progress) = (self.desk.session.config.threads(), run.progress.clone());
        let compare = move || compare_models(&facts, [&first, &second], threads, progress.as_ref());
        let compared = tokio::task::spawn_blocking(compare).await;
        let compared = compared.map_err(|_| JobError::transient("panic", "the comparison broke off"))?;
        let compared = compared.map_err(|error| failed("comparison", &error))?;
        let Some(paired) = compared.paired.filter(|paired| paired.rps.matches >= FEWEST_TO_JUDGE) else {
            let is_old = run.clock.now() - challenger.trained_at > OLDEST_CHALLENGER;
            let verdict = if is_old { "never judged" } else { "too early" };
            return Ok(json!({ "version": version, "verdict": verdict, "wanted_matches": FEWEST_TO_JUDGE }));
        };
        let is_better = paired.rps.difference < 0.0;
        if is_better {
            store.promote(&champion.name, &version).await?;
        }
        Ok(json!({
            "version": version,
            "verdict": if is_better { "promoted" } else { "not better" },
            "rps_difference": paired.rps.difference,
            "standard_error": paired.rps.standard_error,
            "matches": paired.rps.matches,
        }))
    }

    /// Whether the champion's sealed forecasts did worse than it scored on matches that its training held out.
    async fn is_worse(&self, champion: &ModelVersion) -> Result<(bool, String), JobError> {
        let totals = self.desk.store.verified_totals().await?;
        let of = totals.iter().find(|t| t.model_name == champion.name && t.model_version == champion.version);
        let Some(total) = of.filter(|total| total.matches >= FEWEST_TO_WORRY) else {
            let matches = of.map_or(0, |total| total.matches);
            return Ok((
                false,
                format!("{matches} verified forecasts of the champion; {FEWEST_TO_WORRY} are wanted"),
            ));
        };
        let held_out = champion.metrics.pointer("/scores/rps/value").and_then(Value::as_f64);
        let Some(held_out) = held_out else {
            return Ok((false, "the champion held out no matches to compare with".to_owned()));
        };
        let (mean, error) = total.rps;
        let said = format!(
            "RPS {mean:.5} +- {error:.5} on {} sealed forecasts, {held_out:.5} on matches that its training held out",
            total.matches
        );
        Ok((mean - WORRYING * error > held_out, said))
    }

    async fn train(&self, view: MarketView, run: &Run, activate: bool) -> Result<String, JobError> {
        let (session, store) = (&self.desk.session, &self.desk.store);
        let artifacts = session
            .artifacts(store)
            .map_err(|e| JobError::permanent("model", crate::output::told(e.as_ref())))?;
        let training = Training {
            data_dir: session.data_dir(),
            until: None,
            recipe: Recipe { market: view, ..session.recipe() },
            artifacts: artifacts.as_deref(),
            activate,
        };
        let model = train(store.as_ref(), &training, run.clock.as_ref(), run.progress.clone()).await;
        Ok(model.map_err(|error| failed("training", &error))?.manifest.version)
    }

    async fn open(&self, version: &ModelVersion) -> Result<ForecastModel, JobError> {
        let session = &self.desk.session;
        let artifacts = session
            .artifacts(&self.desk.store)
            .map_err(|e| JobError::permanent("model", crate::output::told(e.as_ref())))?;
        let model = registry::open_model(artifacts.as_deref(), session.data_dir(), version).await;
        model.map_err(|error| failed("model", &error))
    }
}
