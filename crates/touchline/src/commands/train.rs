use super::Ending;
use super::filters;
use crate::cli::{Train, Trainable};
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Result, bail};
use chrono::NaiveTime;
use serde::Serialize;
use touchline_features::{FilterKind, MarketView};
use touchline_learning::model::{ForecastModel, MODEL_NAME, Manifest, Recipe};
use touchline_learning::train::{Training, train, trainable_views};
use touchline_learning::tune::{Tuned, tune_stored};

#[derive(Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    manifest: &'a Manifest,
    #[serde(skip_serializing_if = "Option::is_none")]
    tuning: Option<&'a Tuned>,
    /// Models with other views of prices.
    others: &'a [Manifest],
}

/// `touchline train`.
pub async fn run(session: &Session, arguments: &Train) -> Result<Ending> {
    let store = session.store(Role::Writer).await?;
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
    let artifacts = session.artifacts(&store)?;
    let (store, clock) = (store.as_ref(), session.clock.as_ref());
    let views = match arguments.odds {
        Some(odds) => vec![odds.into()],
        // Trying settings for each view would take as often as long.
        None if arguments.tune.is_some() => vec![MarketView::None],
        None => trainable_views(store, until).await?,
    };
    let (mut tuned, mut trained) = (None, Vec::new());
    for view in views {
        let recipe = Recipe { market: view, lineups: arguments.lineups.into(), ..session.recipe() };
        let mut training = Training {
            data_dir: session.data_dir(),
            until,
            recipe,
            artifacts: artifacts.as_deref(),
            activate: arguments.activate,
        };
        if let Some(trials) = arguments.tune {
            let best = tune_stored(store, &training, trials.into(), clock, session.progress.clone()).await?;
            if !session.json {
                print_trials(&best);
            }
            training.recipe = best.recipe.clone();
            tuned = Some(best);
        }
        let model = train(store, &training, clock, session.progress.clone()).await?;
        if !session.json {
            print(&model, arguments.activate);
        }
        trained.push(model.manifest);
    }
    if session.json
        && let Some((manifest, others)) = trained.split_first()
    {
        output::json(&Printed { manifest, tuning: tuned.as_ref(), others })?;
    }
    Ok(Ending::Done)
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
            "it does not answer yet: `touchline models compare {0} {1}`, then `touchline models promote {1}`",
            named(&m.name, "champion"),
            named(&m.name, &m.version)
        ));
    }
}

/// How a version or an alias is written: of the default model, alone.
pub fn named(name: &str, version: &str) -> String {
    if name == MODEL_NAME { version.to_owned() } else { format!("{name}/{version}") }
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
