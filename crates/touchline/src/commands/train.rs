use super::Ending;
use super::filters;
use crate::cli::{Train, Trainable};
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Result, bail};
use chrono::{DateTime, NaiveTime, Utc};
use serde::Serialize;
use touchline_domain::ports::Store;
use touchline_features::FilterKind;
use touchline_learning::dataset::Facts;
use touchline_learning::matrices::{self, Horizon};
use touchline_learning::model::{ForecastModel, Manifest, Recipe};
use touchline_learning::train::{Training, train};
use touchline_learning::tune::{Tuned, Tuning, tune};

#[derive(Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    manifest: &'a Manifest,
    #[serde(skip_serializing_if = "Option::is_none")]
    tuning: Option<&'a Tuned>,
}

/// `touchline train`.
pub async fn run(session: &Session, arguments: &Train) -> Result<Ending> {
    let store = session.store().await?;
    let until = arguments.until.map(|date| date.and_time(NaiveTime::MIN).and_utc());
    let kind = match arguments.model {
        Trainable::Touchline => None,
        Trainable::StrengthFilter => Some(FilterKind::Goals),
        Trainable::EarlierPrices => Some(FilterKind::EarlierPrices),
    };
    if let Some(kind) = kind {
        return filters::run(session, store.as_ref(), arguments, kind).await;
    }
    if arguments.from.is_some() {
        bail!("--from is for filters; the default model learns from everything since its ratings are warm");
    }
    let recipe =
        Recipe { market: arguments.odds.into(), lineups: arguments.lineups.into(), ..session.recipe() };
    let tuned = match arguments.tune {
        Some(trials) => Some(tuned(session, store.as_ref(), &recipe, until, trials.into()).await?),
        None => None,
    };
    if let Some(tuned) = tuned.as_ref().filter(|_| !session.json) {
        print_trials(tuned);
    }
    let recipe = tuned.as_ref().map_or(recipe, |t| t.recipe.clone());
    let artifacts = session.artifacts(&store)?;
    let training = Training {
        data_dir: session.data_dir(),
        until,
        recipe,
        artifacts: artifacts.as_deref(),
        activate: arguments.activate,
    };
    let model = train(store.as_ref(), &training, session.clock.as_ref(), &session.progress).await?;
    if session.json {
        output::json(&Printed { manifest: &model.manifest, tuning: tuned.as_ref() })?;
    } else {
        print(&model, arguments.activate);
    }
    Ok(Ending::Done)
}

/// The best of so many settings on the periods before the training's end.
async fn tuned(
    session: &Session,
    store: &dyn Store,
    recipe: &Recipe,
    until: Option<DateTime<Utc>>,
    trials: usize,
) -> Result<Tuned> {
    let history = Facts::load_seen(store, recipe.view()).await?.history(&[]);
    let (data_dir, threads) = (session.data_dir(), session.config.threads());
    let horizon = Horizon::Fresh;
    let matrix =
        matrices::load_or_build(data_dir, &history, horizon, recipe.view(), threads, &session.progress)?;
    let until = until.unwrap_or_else(|| session.clock.now()).timestamp();
    let tuning = Tuning { history: &history, matrix: &matrix, until, recipe, trials, data_dir };
    Ok(tune(&tuning, &session.progress)?)
}

/// Prints every trial, the best one marked.
fn print_trials(tuned: &Tuned) {
    let mut heading = vec!["trial", "RPS", "log loss", "periods"];
    heading.extend(&tuned.settings);
    let rows: Vec<Vec<String>> = tuned
        .trials
        .iter()
        .map(|t| {
            let mark = if t.trial == tuned.best { " best" } else { "" };
            let mut row = vec![
                format!("{}{mark}", t.trial),
                format!("{:.5}", t.mean_rps()),
                format!("{:.4}", t.mean_log_loss()),
                format!("{}{}", t.steps.len(), if t.pruned { ", given up" } else { "" }),
            ];
            row.extend(t.values.iter().map(|v| format!("{v:.3}")));
            row
        })
        .collect();
    output::table(&heading, &rows);
    output::line(format!(
        "{} trials on {} periods ({}); the best of many flatters itself: judge {} with `touchline evaluate --forecaster` on later matches",
        tuned.trials.len(),
        tuned.folds.len(),
        tuned.folds.join(", "),
        tuned.file.display()
    ));
}

/// Prints what was trained, with its scores and their sample.
pub fn print(model: &ForecastModel, active: bool) {
    let m = &model.manifest;
    let simulated = if m.simulated { ", on SIMULATED matches" } else { "" };
    let standing = if active { "trained and active" } else { "trained and registered" };
    output::line(format!("model {} {} {standing}{simulated}", m.name, m.version));
    describe(model);
    if !active {
        output::line(format!(
            "it does not answer yet: `touchline models compare champion {0}`, then `touchline models promote {0}`",
            m.version
        ));
    }
}

/// Prints the parts of a model with their scores on matches that training held out.
pub fn describe(model: &ForecastModel) {
    for v in &model.manifest.variants {
        let text = format!(
            "{:5}  {} features, {} matches, temperature {:.3}",
            v.horizon.name(),
            v.features.len(),
            count(v.rows as u64),
            v.temperature
        );
        output::line(match &v.holdout {
            None => format!("{text}; too few matches to hold some out"),
            Some(h) => format!(
                "{text}; held out {} to {}: RPS {}, log loss {:.4}, accuracy {:.3}, calibration error {:.4}",
                h.from.date_naive(),
                h.to.date_naive(),
                h.scores.rps,
                h.scores.log_loss.value,
                h.scores.accuracy.value,
                h.calibration_error
            ),
        });
    }
}
