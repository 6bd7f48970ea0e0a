use super::{Ending, experiments};
use crate::cli::{ExperimentCommand, ModelsCommand};
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Result, bail};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use touchline_domain::ports::{AssignedAlias, ModelAlias, ModelVersion, Store};
use touchline_learning::dataset::Facts;
use touchline_learning::model::{ForecastModel, name_of};
use touchline_learning::registry::{
    self, Assignable, ComparedModel, ModelComparison, Paired, compare_models, joint_view,
};

/// `touchline models`.
pub async fn run(session: &Session, command: &ModelsCommand) -> Result<Ending> {
    let role = match command {
        ModelsCommand::List
        | ModelsCommand::Show { .. }
        | ModelsCommand::Compare { .. }
        | ModelsCommand::Experiment(ExperimentCommand::Show { .. } | ExperimentCommand::List) => Role::Reader,
        ModelsCommand::Promote { .. } | ModelsCommand::Rollback { .. } | ModelsCommand::Experiment(_) => {
            Role::Writer
        }
    };
    let store = session.store(role).await?;
    match command {
        ModelsCommand::List => list(session, &store).await?,
        ModelsCommand::Show { version } => show(session, &open(session, &store, version).await?)?,
        ModelsCommand::Promote { version, challenger } => {
            promote(session, &store, version, *challenger).await?;
        }
        ModelsCommand::Rollback { odds } => roll_back(session, &store, name_of((*odds).into())).await?,
        ModelsCommand::Experiment(command) => return experiments::run(session, &store, command).await,
        ModelsCommand::Compare { first, second } => compare(session, &store, first, second).await?,
    }
    Ok(Ending::Done)
}

async fn open(session: &Session, store: &Arc<dyn Store>, wanted: &str) -> Result<ForecastModel> {
    let version = registry::find(store.as_ref(), wanted).await?;
    let artifacts = session.artifacts(store)?;
    Ok(registry::open_model(artifacts.as_deref(), session.data_dir(), &version).await?)
}

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    version: &'a str,
    trained_at: chrono::DateTime<chrono::Utc>,
    alias: Option<ModelAlias>,
    metrics: &'a Value,
}

async fn list(session: &Session, store: &Arc<dyn Store>) -> Result<()> {
    let (versions, aliases) = (store.versions().await?, store.model_aliases().await?);
    let alias_of = |v: &ModelVersion| {
        let has = |a: &&AssignedAlias| a.name == v.name && a.version == v.version;
        aliases.iter().find(has).map(|a| a.alias)
    };
    if session.json {
        let listed: Vec<Listed<'_>> = versions
            .iter()
            .map(|v| Listed {
                name: &v.name,
                version: &v.version,
                trained_at: v.trained_at,
                alias: alias_of(v),
                metrics: &v.metrics,
            })
            .collect();
        return output::json(&listed);
    }
    if versions.is_empty() {
        output::line("no model is trained yet; run `touchline train --activate`");
        return Ok(());
    }
    let rows: Vec<Vec<String>> = versions
        .iter()
        .map(|v| {
            let score =
                |rule: &str| v.metrics.pointer(&format!("/scores/{rule}/value")).and_then(Value::as_f64);
            let matches = v.metrics.pointer("/scores/rps/matches").and_then(Value::as_u64);
            vec![
                v.name.clone(),
                v.version.clone(),
                alias_of(v).map_or_else(String::new, |alias| alias.name().to_owned()),
                v.trained_at.format("%Y-%m-%d %H:%M").to_string(),
                score("rps").map_or_else(|| "-".to_owned(), |rps| format!("{rps:.5}")),
                score("log_loss").map_or_else(|| "-".to_owned(), |loss| format!("{loss:.4}")),
                matches.map_or_else(|| "-".to_owned(), count),
            ]
        })
        .collect();
    output::table(&["model", "version", "alias", "trained (UTC)", "RPS", "log loss", "held out"], &rows);
    output::line(
        "each is scored on matches that its own training held out; compare two with `touchline models compare`",
    );
    Ok(())
}

fn show(session: &Session, model: &ForecastModel) -> Result<()> {
    if session.json {
        return output::json(&model.manifest);
    }
    super::train::describe(model);
    let m = &model.manifest;
    output::line(format!("trained at {}, on results known until {}", m.trained_at, m.trained_until));
    output::line(format!("data hash {}", m.data_hash));
    output::line(format!("recipe {}", serde_json::to_string_pretty(&m.recipe)?));
    Ok(())
}

async fn promote(session: &Session, store: &Arc<dyn Store>, wanted: &str, challenger: bool) -> Result<()> {
    let (alias, assignable) = if challenger {
        (ModelAlias::Challenger, Assignable::Challenger)
    } else {
        (ModelAlias::Champion, Assignable::Champion)
    };
    let artifacts = session.artifacts(store)?;
    let version =
        registry::assign(store.as_ref(), artifacts.as_deref(), session.data_dir(), wanted, assignable)
            .await?;
    assigned(session, &version.name, &version.version, alias)
}

async fn roll_back(session: &Session, store: &Arc<dyn Store>, name: &str) -> Result<()> {
    let Some(version) = store.roll_back(name).await? else {
        bail!(
            "no version of {name} was the champion before; `touchline models list` shows what can be promoted"
        );
    };
    assigned(session, name, &version, ModelAlias::Champion)
}

#[derive(Serialize)]
struct Assigned<'a> {
    name: &'a str,
    version: &'a str,
    alias: ModelAlias,
}

fn assigned(session: &Session, name: &str, version: &str, alias: ModelAlias) -> Result<()> {
    if session.json {
        return output::json(&Assigned { name, version, alias });
    }
    output::line(format!("{name} {version} is the {}", alias.name()));
    Ok(())
}

async fn compare(session: &Session, store: &Arc<dyn Store>, first: &str, second: &str) -> Result<()> {
    let (first, second) = (open(session, store, first).await?, open(session, store, second).await?);
    let label = |model: &ForecastModel| (model.manifest.name.clone(), model.manifest.version.clone());
    if label(&first) == label(&second) {
        bail!("both are version {}; name two different ones", first.manifest.version);
    }
    let facts = Facts::load_seen(store.as_ref(), joint_view(first.view(), second.view())).await?;
    let compared = compare_models(&facts, [&first, &second], session.config.threads(), &session.progress)?;
    if session.json {
        return output::json(&compared);
    }
    print_compared(&compared);
    Ok(())
}

fn print_compared(ModelComparison { first, second, paired }: &ModelComparison) {
    if let Some(paired) = paired {
        return print_paired(first, second, paired);
    }
    output::line("no match after both were trained is finished yet: nothing compares them on equal terms");
    for ComparedModel { version, holdout, .. } in [first, second] {
        output::line(match holdout {
            None => format!("{version}: held out no matches"),
            Some(h) => format!(
                "{version}: RPS {} on matches held out from {} to {}",
                h.scores.rps,
                h.from.date_naive(),
                h.to.date_naive()
            ),
        });
    }
}

fn print_paired(first: &ComparedModel, second: &ComparedModel, paired: &Paired) {
    let row = |side: &ComparedModel, e: &touchline_models::metrics::Evaluation| {
        vec![
            side.version.clone(),
            format!("{:.5} +- {:.5}", e.rps.value, e.rps.standard_error),
            format!("{:.4} +- {:.4}", e.log_loss.value, e.log_loss.standard_error),
            format!("{:.3}", e.accuracy.value),
        ]
    };
    let rows = [row(first, &paired.first), row(second, &paired.second)];
    output::table(&["version", "RPS", "log loss", "accuracy"], &rows);
    output::line(format!(
        "{} minus {}: RPS {:+.5} +- {:.5}, log loss {:+.5} +- {:.5} on the same {} matches from {} to {}; negative: the first is better",
        first.version,
        second.version,
        paired.rps.difference,
        paired.rps.standard_error,
        paired.log_loss.difference,
        paired.log_loss.standard_error,
        count(paired.rps.matches as u64),
        paired.from.date_naive(),
        paired.to.date_naive(),
    ));
}
