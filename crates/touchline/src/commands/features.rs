use super::Ending;
use crate::cli::Features;
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Result, bail};
use serde::Serialize;
use touchline_domain::MatchId;
use touchline_features::Definition;
use touchline_learning::matrices::{StoredFeatures, features_of_stored};

/// `touchline features`.
pub async fn run(session: &Session, command: &Features) -> Result<Ending> {
    match command {
        Features::Build => build(session).await?,
        Features::Show { id } => show(session, MatchId(*id)).await?,
    }
    Ok(Ending::Done)
}

#[derive(Serialize)]
struct Built {
    matches: usize,
    features: usize,
    file: std::path::PathBuf,
    data_hash: String,
}

/// The features of all matches, computed where they are not at hand.
async fn features(session: &Session) -> Result<StoredFeatures> {
    let store = session.store(Role::Reader).await?;
    let threads = session.config.threads();
    Ok(features_of_stored(store.as_ref(), session.data_dir(), threads, session.progress.clone()).await?)
}

async fn build(session: &Session) -> Result<()> {
    let StoredFeatures { matrix, file, data_hash } = features(session).await?;
    let built = Built { matches: matrix.rows(), features: matrix.width(), file, data_hash };
    if session.json {
        return output::json(&built);
    }
    output::line(format!(
        "{} features of {} matches in {}",
        count(built.features as u64),
        count(built.matches as u64),
        built.file.display()
    ));
    Ok(())
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    definition: &'a Definition,
    value: Option<f32>,
}

async fn show(session: &Session, id: MatchId) -> Result<()> {
    let StoredFeatures { matrix, .. } = features(session).await?;
    let Some(row) = matrix.ids().iter().position(|m| *m == id) else {
        bail!("there is no match {id}; `touchline predict` lists upcoming ones with their numbers");
    };
    let values = matrix.row(row);
    let shown: Vec<Shown<'_>> = matrix
        .definitions()
        .iter()
        .zip(values)
        .map(|(definition, value)| Shown { definition, value: (!value.is_nan()).then_some(value) })
        .collect();
    if session.json {
        return output::json(&shown);
    }
    let rows: Vec<Vec<String>> = shown
        .iter()
        .map(|s| {
            let value =
                s.value.map_or_else(|| format!("- ({})", s.definition.null_meaning), |v| format!("{v:.4}"));
            vec![s.definition.name.clone(), value, s.definition.unit.clone(), s.definition.formula.clone()]
        })
        .collect();
    output::table(&["feature", "value", "unit", "how"], &rows);
    Ok(())
}
