//! Experiments with models.

use crate::error::corrupt;
use crate::outbox;
use crate::row::Read;
use crate::statements::Statements;
use crate::store::{Lock, SqlStore};
use crate::values;
use chrono::{DateTime, Utc};
use touchline_domain::ports::{Experiment, ForecastPair, RecordedPair, StoreError, texts};
use touchline_domain::{ChangeKind, Forecast, MatchId, Score};

pub async fn running_experiment<S: SqlStore>(
    store: &S,
    model: &str,
) -> Result<Option<Experiment>, StoreError> {
    store.read().await?.first(S::TEXTS.experiments.running, &values![model], experiment_of).await
}

pub async fn experiments<S: SqlStore>(store: &S, limit: u32) -> Result<Vec<Experiment>, StoreError> {
    store.read().await?.all(S::TEXTS.experiments.list, &values![limit], experiment_of).await
}

pub async fn experiment<S: SqlStore>(store: &S, id: &str) -> Result<Option<Experiment>, StoreError> {
    store.read().await?.first(S::TEXTS.experiments.get, &values![id], experiment_of).await
}

pub async fn experiment_pairs<S: SqlStore>(store: &S, id: &str) -> Result<Vec<RecordedPair>, StoreError> {
    store.read().await?.all(S::TEXTS.experiments.pairs, &values![id], recorded).await
}

pub async fn start_experiment<S: SqlStore>(store: &S, experiment: &Experiment) -> Result<(), StoreError> {
    let Experiment { id, model, control, treatment, mode, share, started_at, ended_at: _ } = experiment;
    texts::key("the name of an experiment", id)?;
    texts::model(model, control)?;
    texts::model(model, treatment)?;
    let mut write = store.write(&[Lock::Models]).await?;
    let values = values![id, model, control, treatment, mode.name(), *share, *started_at];
    write.run(S::TEXTS.experiments.start, &values).await?;
    outbox::model(&mut write, ChangeKind::ExperimentChanged, model, treatment).await?;
    write.commit().await
}

pub async fn end_experiment<S: SqlStore>(store: &S, id: &str) -> Result<bool, StoreError> {
    let mut write = store.write(&[Lock::Models]).await?;
    let held = write.first(S::TEXTS.experiments.get, &values![id], experiment_of).await?;
    let Some(held) = held.filter(|held| held.ended_at.is_none()) else { return Ok(false) };
    let now = write.now();
    write.run(S::TEXTS.experiments.end, &values![id, now]).await?;
    outbox::model(&mut write, ChangeKind::ExperimentChanged, &held.model, &held.treatment).await?;
    write.commit().await?;
    Ok(true)
}

pub async fn record_pairs<S: SqlStore>(
    store: &S,
    id: &str,
    at: DateTime<Utc>,
    pairs: &[ForecastPair],
) -> Result<u64, StoreError> {
    // Pairs of one experiment come one after the other: what is compared with the last one must see it.
    let mut write = store.write(&[Lock::Forecasts]).await?;
    let mut recorded = 0;
    for ForecastPair { match_id, arm, control, treatment } in pairs {
        let ([home, draw, away], [other_home, other_draw, other_away]) =
            (control.as_array(), treatment.as_array());
        let values =
            values![id, *match_id, arm.name(), home, draw, away, other_home, other_draw, other_away, at];
        recorded += write.run(S::TEXTS.experiments.record, &values).await?;
    }
    write.commit().await?;
    Ok(recorded)
}

/// Name, model, both versions, mode, share, and when it began and ended.
fn experiment_of(row: &impl Read) -> Result<Experiment, StoreError> {
    Ok(Experiment {
        id: row.value(0)?,
        model: row.value(1)?,
        control: row.value(2)?,
        treatment: row.value(3)?,
        mode: row.parsed(4)?,
        share: row.value(5)?,
        started_at: row.time(6)?,
        ended_at: row.optional_time(7)?,
    })
}

/// Match, arm, what both said, kick-off and score.
fn recorded(row: &impl Read) -> Result<RecordedPair, StoreError> {
    let forecast =
        |at: usize| Forecast::new(row.value(at)?, row.value(at + 1)?, row.value(at + 2)?).map_err(corrupt);
    let (home, away) = (row.optional_number(9)?, row.optional_number(10)?);
    Ok(RecordedPair {
        pair: ForecastPair {
            match_id: MatchId(row.value(0)?),
            arm: row.parsed(1)?,
            control: forecast(2)?,
            treatment: forecast(5)?,
        },
        kickoff: row.time(8)?,
        score: home.zip(away).map(|(home, away)| Score { home, away }),
    })
}
