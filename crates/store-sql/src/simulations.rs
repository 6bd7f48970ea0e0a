//! Simulations of seasons.

use crate::error::corrupt;
use crate::row::Read;
use crate::statements::Statements;
use crate::store::SqlStore;
use crate::values;
use touchline_domain::Season;
use touchline_domain::ports::{KeptSimulation, SimulatedSeason, StoreError, texts};

pub async fn simulations<S: SqlStore>(
    store: &S,
    league: &str,
    season: Season,
    limit: u32,
) -> Result<Vec<KeptSimulation>, StoreError> {
    texts::key("the league of a simulation", league)?;
    let values = values![league, season.to_string(), limit];
    store.read().await?.all(S::TEXTS.simulations.latest, &values, simulation).await
}

pub async fn simulated_seasons<S: SqlStore>(
    store: &S,
    limit: u32,
) -> Result<Vec<SimulatedSeason>, StoreError> {
    store.read().await?.all(S::TEXTS.simulations.seasons, &values![limit], simulated_season).await
}

/// League, season, how many, and the latest time.
fn simulated_season(row: &impl Read) -> Result<SimulatedSeason, StoreError> {
    Ok(SimulatedSeason {
        league: row.value(0)?,
        season: row.parsed(1)?,
        simulations: row.number(2)?,
        latest: row.time(3)?,
    })
}

pub async fn keep_simulation<S: SqlStore>(store: &S, simulation: &KeptSimulation) -> Result<(), StoreError> {
    texts::simulation(simulation)?;
    let KeptSimulation { league, season, as_of, model_name, model_version, made_at, report } = simulation;
    let report = report.to_string();
    texts::free("what a simulation says", &report)?;
    let mut write = store.write(&[]).await?;
    let values = values![league, season.to_string(), *as_of, model_name, model_version, *made_at, report];
    write.run(S::TEXTS.simulations.put, &values).await?;
    write.commit().await
}

/// League, season, time, name and version of the model, when it was made, and what it says.
fn simulation(row: &impl Read) -> Result<KeptSimulation, StoreError> {
    Ok(KeptSimulation {
        league: row.value(0)?,
        season: row.parsed(1)?,
        as_of: row.time(2)?,
        model_name: row.value(3)?,
        model_version: row.value(4)?,
        made_at: row.time(5)?,
        report: serde_json::from_str(row.value(6)?).map_err(corrupt)?,
    })
}
