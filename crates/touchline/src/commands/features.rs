use super::Ending;
use crate::cli::Features;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Result, bail};
use serde::Serialize;
use touchline_domain::{MatchId, Progress};
use touchline_features::{Definition, MarketView};
use touchline_learning::dataset::Facts;
use touchline_learning::matrices::{self, Horizon};

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

async fn build(session: &Session) -> Result<()> {
    let store = session.store().await?;
    session.progress.begin("reading matches", 0);
    let facts = Facts::load(store.as_ref()).await?;
    session.progress.end();
    if facts.is_empty() {
        bail!(
            "the store holds no match; ingest some first, for example with `touchline ingest football-data PATH`"
        );
    }
    let history = facts.history(&[]);
    let horizon = Horizon::Fresh;
    let matrix = matrices::load_or_build(
        session.data_dir(),
        &history,
        horizon,
        MarketView::None,
        session.config.threads(),
        &session.progress,
    )?;
    let built = Built {
        matches: matrix.rows(),
        features: matrix.width(),
        file: matrices::path(session.data_dir(), horizon, MarketView::None),
        data_hash: history.hash(),
    };
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
    let store = session.store().await?;
    let facts = Facts::load(store.as_ref()).await?;
    let history = facts.history(&[]);
    let matrix = matrices::load_or_build(
        session.data_dir(),
        &history,
        Horizon::Fresh,
        MarketView::None,
        session.config.threads(),
        &session.progress,
    )?;
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
