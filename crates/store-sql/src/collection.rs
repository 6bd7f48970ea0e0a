//! What was collected, how far, at what cost, and what went wrong.

use crate::row::Read;
use crate::rows::collection::{run, task_error, watermark as a_watermark};
use crate::statements::Statements;
use crate::store::SqlStore;
use crate::values;
use chrono::{DateTime, Utc};
use touchline_domain::ports::{StoreError, texts};
use touchline_domain::{
    CollectionEnd, CollectionId, CollectionKind, CollectionRun, JobId, TaskError, Watermark,
};

/// A count as the database keeps it.
fn count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

pub async fn collections<S: SqlStore>(store: &S, limit: u32) -> Result<Vec<CollectionRun>, StoreError> {
    store.read().await?.all(S::TEXTS.collection.latest, &values![limit], run).await
}

pub async fn watermark<S: SqlStore>(
    store: &S,
    source: &str,
    kind: CollectionKind,
    scope: &str,
) -> Result<Option<Watermark>, StoreError> {
    let values = values![source, kind.name(), scope];
    store.read().await?.first(S::TEXTS.collection.watermark, &values, a_watermark).await
}

pub async fn source_shape<S: SqlStore>(
    store: &S,
    source: &str,
    kind: CollectionKind,
    scope: &str,
) -> Result<Option<String>, StoreError> {
    let values = values![source, kind.name(), scope];
    store.read().await?.first(S::TEXTS.collection.shape, &values, |row| row.value(0)).await
}

pub async fn put_source_shape<S: SqlStore>(
    store: &S,
    source: &str,
    kind: CollectionKind,
    scope: &str,
    shape: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    texts::key("the source of a shape", source)?;
    texts::key("what a shape is of", scope)?;
    texts::free("a shape", shape)?;
    let mut write = store.write(&[]).await?;
    write.run(S::TEXTS.collection.put_shape, &values![source, kind.name(), scope, shape, now]).await?;
    write.commit().await
}

pub async fn credits_spent<S: SqlStore>(
    store: &S,
    source: &str,
    period: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let values = values![source, period];
    let spent = store.read().await?.first(S::TEXTS.collection.credits, &values, |row| row.number(0)).await?;
    Ok(spent.unwrap_or(0))
}

pub async fn task_errors<S: SqlStore>(store: &S, limit: u32) -> Result<Vec<TaskError>, StoreError> {
    store.read().await?.all(S::TEXTS.collection.errors, &values![limit], task_error).await
}

pub async fn begin_collection<S: SqlStore>(
    store: &S,
    source: &str,
    kind: CollectionKind,
    now: DateTime<Utc>,
    job: Option<JobId>,
) -> Result<CollectionId, StoreError> {
    texts::key("the source of a run", source)?;
    let values = values![source, kind.name(), now];
    let mut write = store.write(&[]).await?;
    write.run(S::TEXTS.collection.end_dead, &values).await?;
    let values = values![source, kind.name(), now, job.map(|job| job.0)];
    let id = write.one(S::TEXTS.collection.begin, &values, |row| row.value::<i64>(0)).await?;
    write.commit().await?;
    Ok(CollectionId(id))
}

pub async fn end_collection<S: SqlStore>(
    store: &S,
    id: CollectionId,
    end: &CollectionEnd,
) -> Result<(), StoreError> {
    texts::optional("the message of a run", end.message.as_deref())?;
    let c = &end.counts;
    let [answers, failures, read, new, changed, rejected] =
        [c.answers, c.failures, c.read, c.new, c.changed, c.rejected].map(count);
    let values = values![
        id.0,
        end.at,
        end.status.name(),
        answers,
        failures,
        read,
        new,
        changed,
        rejected,
        &end.message,
    ];
    let mut write = store.write(&[]).await?;
    if write.run(S::TEXTS.collection.end, &values).await? == 0 {
        return Err(StoreError::Constraint(format!("run {} of collecting never began", id.0)));
    }
    write.commit().await
}

pub async fn put_watermark<S: SqlStore>(store: &S, watermark: &Watermark) -> Result<(), StoreError> {
    texts::watermark(watermark)?;
    let Watermark { source, kind, scope, hash, collected_at, checked_at } = watermark;
    let values = values![source, kind.name(), scope, hash, *collected_at, *checked_at];
    let mut write = store.write(&[]).await?;
    write.run(S::TEXTS.collection.put_watermark, &values).await?;
    write.commit().await
}

pub async fn note_credits<S: SqlStore>(
    store: &S,
    source: &str,
    period: DateTime<Utc>,
    credits: u64,
) -> Result<(), StoreError> {
    texts::key("the source of a budget", source)?;
    let mut write = store.write(&[]).await?;
    write.run(S::TEXTS.collection.note_credits, &values![source, period, count(credits)]).await?;
    write.commit().await
}

pub async fn record_task_error<S: SqlStore>(store: &S, error: &TaskError) -> Result<(), StoreError> {
    texts::task_error(error)?;
    let TaskError { task, task_id, error_type, message, retries, context, at } = error;
    let values = values![task, task_id, error_type, message, *retries, context, *at];
    let mut write = store.write(&[]).await?;
    write.run(S::TEXTS.collection.record_error, &values).await?;
    write.commit().await
}
