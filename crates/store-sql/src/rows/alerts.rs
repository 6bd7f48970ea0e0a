//! Alerts, messages about them, and silences.

use crate::error::corrupt;
use crate::row::Read;
use touchline_domain::ports::StoreError;
use touchline_domain::{Alert, AlertId, Condition, NewSilence, Notice, Silence, Told};

/// All columns of an alert, as its queries name them.
pub fn alert(row: &impl Read) -> Result<Alert, StoreError> {
    let times = row.number(13)?;
    let told = match (row.optional_parsed(14)?, row.optional_time(15)?, row.optional_parsed(16)?) {
        (Some(kind), Some(at), Some(severity)) => Some(Told { times, kind, at, severity }),
        _ => None,
    };
    Ok(Alert {
        id: AlertId(row.value(0)?),
        what: Condition {
            name: row.value(1)?,
            component: row.value(2)?,
            subject: row.value(3)?,
            severity: row.parsed(4)?,
            summary: row.value(5)?,
            details: row.value(6)?,
            advice: serde_json::from_str(row.value(7)?).map_err(corrupt)?,
        },
        first_seen: row.time(8)?,
        last_seen: row.time(9)?,
        resolved_at: row.optional_time(10)?,
        acknowledged_by: row.value(11)?,
        acknowledged_at: row.optional_time(12)?,
        told,
    })
}

/// All columns of a message.
pub fn notice(row: &impl Read) -> Result<Notice, StoreError> {
    Ok(Notice {
        id: row.value(0)?,
        alert: AlertId(row.value(1)?),
        channel: row.value(2)?,
        kind: row.parsed(3)?,
        queued_at: row.time(4)?,
        failures: row.number(5)?,
        next_try_at: row.time(6)?,
        delivered_at: row.optional_time(7)?,
        fault: row.value(8)?,
    })
}

/// All columns of a silence.
pub fn silence(row: &impl Read) -> Result<Silence, StoreError> {
    Ok(Silence {
        id: row.value(0)?,
        what: NewSilence {
            name: row.value(1)?,
            component: row.value(2)?,
            subject: row.value(3)?,
            reason: row.value(4)?,
            created_by: row.value(5)?,
            until: row.time(6)?,
        },
        created_at: row.time(7)?,
    })
}
