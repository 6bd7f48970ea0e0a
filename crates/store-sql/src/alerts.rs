//! Alerts, messages about them, and silences.

use crate::rows::alerts as rows;
use crate::statements::Statements;
use crate::store::SqlStore;
use crate::values;
use chrono::{DateTime, Utc};
use serde_json::json;
use std::collections::HashSet;
use touchline_domain::ports::{StoreError, texts};
use touchline_domain::{
    Alert, AlertFilter, AlertId, Condition, NewNotice, NewSilence, Notice, NoticeEnd, Severity, Silence,
};

pub async fn alert<S: SqlStore>(store: &S, id: AlertId) -> Result<Option<Alert>, StoreError> {
    store.read().await?.first(S::TEXTS.alerts.get, &values![id.0], rows::alert).await
}

pub async fn alerts<S: SqlStore>(
    store: &S,
    filter: &AlertFilter,
    limit: u32,
) -> Result<Vec<Alert>, StoreError> {
    let AlertFilter { open, severity, component, before } = filter;
    texts::optional("the component of an alert", component.as_deref())?;
    let severity = severity.map(Severity::name);
    let values = values![open.map(i64::from), severity, component, before.map(|id| id.0), limit];
    store.read().await?.all(S::TEXTS.alerts.list, &values, rows::alert).await
}

pub async fn alerts_to_tell<S: SqlStore>(store: &S) -> Result<Vec<Alert>, StoreError> {
    store.read().await?.all(S::TEXTS.alerts.to_tell, &values![], rows::alert).await
}

pub async fn silences<S: SqlStore>(store: &S, now: DateTime<Utc>) -> Result<Vec<Silence>, StoreError> {
    store.read().await?.all(S::TEXTS.alerts.silences, &values![now], rows::silence).await
}

pub async fn due_notices<S: SqlStore>(
    store: &S,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<Notice>, StoreError> {
    store.read().await?.all(S::TEXTS.alerts.due_notices, &values![now, limit], rows::notice).await
}

pub async fn notices_of<S: SqlStore>(store: &S, alert: AlertId) -> Result<Vec<Notice>, StoreError> {
    store.read().await?.all(S::TEXTS.alerts.notices_of, &values![alert.0], rows::notice).await
}

pub async fn record_alerts<S: SqlStore>(
    store: &S,
    seen: &[Condition],
    resolved: &[AlertId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    seen.iter().try_for_each(texts::condition)?;
    // A statement may meet a cause once.
    let mut causes = HashSet::new();
    let seen: Vec<&Condition> =
        seen.iter().filter(|c| causes.insert((c.name.as_str(), c.subject.as_str()))).collect();
    let mut write = store.write(&[]).await?;
    write
        .run_all(S::TEXTS.alerts.see, &seen, |condition| {
            let Condition { name, component, subject, severity, summary, details, advice } = condition;
            let advice = json!(advice).to_string();
            values![name, component, subject, severity.name(), summary, details, advice, now]
        })
        .await?;
    for id in resolved {
        write.run(S::TEXTS.alerts.resolve, &values![id.0, now]).await?;
    }
    write.commit().await
}

pub async fn acknowledge_alert<S: SqlStore>(
    store: &S,
    id: AlertId,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    texts::key("who has taken an alert up", by)?;
    let mut write = store.write(&[]).await?;
    let changed = write.run(S::TEXTS.alerts.acknowledge, &values![id.0, by, now]).await?;
    write.commit().await?;
    Ok(changed > 0)
}

pub async fn add_silence<S: SqlStore>(
    store: &S,
    silence: &NewSilence,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    texts::silence(silence)?;
    let NewSilence { name, component, subject, reason, created_by, until } = silence;
    let values = values![name, component, subject, reason, created_by, now, *until];
    let mut write = store.write(&[]).await?;
    let id =
        write.one(S::TEXTS.alerts.add_silence, &values, |row| crate::row::Read::value::<i64>(row, 0)).await?;
    write.commit().await?;
    Ok(id)
}

pub async fn end_silence<S: SqlStore>(store: &S, id: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let mut write = store.write(&[]).await?;
    let changed = write.run(S::TEXTS.alerts.end_silence, &values![id, now]).await?;
    write.commit().await?;
    Ok(changed > 0)
}

pub async fn queue_notices<S: SqlStore>(
    store: &S,
    notices: &[NewNotice],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut write = store.write(&[]).await?;
    for NewNotice { alert, told_before, kind, severity, channels } in notices {
        let values = values![alert.0, *told_before, kind.name(), severity.name(), now];
        if write.run(S::TEXTS.alerts.tell, &values).await? == 0 {
            continue;
        }
        write
            .run_all(S::TEXTS.alerts.queue, channels, |channel| values![alert.0, channel, kind.name(), now])
            .await?;
    }
    write.commit().await
}

pub async fn finish_notices<S: SqlStore>(
    store: &S,
    ends: &[NoticeEnd],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for NoticeEnd { fault, .. } in ends {
        texts::optional("what went wrong with a message", fault.as_ref().map(|(fault, _)| fault.as_str()))?;
    }
    let mut write = store.write(&[]).await?;
    write
        .run_all(S::TEXTS.alerts.end_notices, ends, |NoticeEnd { id, fault }| {
            let (message, again) = fault.as_ref().map(|(message, again)| (message.as_str(), *again)).unzip();
            values![*id, message, again, now]
        })
        .await?;
    write.commit().await
}

pub async fn purge_alerts<S: SqlStore>(store: &S, before: DateTime<Utc>) -> Result<u64, StoreError> {
    crate::jobs::removed(store, S::TEXTS.alerts.purge_silences, before).await?;
    crate::jobs::removed(store, S::TEXTS.alerts.purge, before).await
}
