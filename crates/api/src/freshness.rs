//! How old what was collected last is, for the metrics: the store is asked twice a minute at most.

use chrono::{DateTime, Duration, Utc};
use std::sync::{Mutex, PoisonError};
use touchline_domain::RecordKind;
use touchline_domain::ports::{ReadStore, StoreError};
use touchline_domain::telemetry::DATA_FRESHNESS;

/// How long an answer of the store holds.
const HOLDS: Duration = Duration::seconds(30);

/// When documents came last, by kind, and when that was asked.
type Latest = (DateTime<Utc>, Vec<(RecordKind, DateTime<Utc>)>);

/// Keeps when documents came last.
#[derive(Debug, Default)]
pub(crate) struct Freshness(Mutex<Option<Latest>>);

impl Freshness {
    /// Sets the gauges. Where the store fails, those of kinds that are known go on growing older.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn measure(&self, store: &dyn ReadStore, now: DateTime<Utc>) -> Result<(), StoreError> {
        let asked = self.known().map(|(asked, _)| asked);
        let mut failed = Ok(());
        if asked.is_none_or(|asked| (now - asked).abs() >= HOLDS) {
            match store.latest_collected().await {
                Ok(latest) => *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, latest)),
                Err(error) => failed = Err(error),
            }
        }
        for (kind, collected_at) in self.known().into_iter().flat_map(|(_, latest)| latest) {
            let hours = (now - collected_at).as_seconds_f64() / 3600.0;
            let labels = [("table_name", kind.table()), ("data_type", kind.data_type())];
            metrics::gauge!(DATA_FRESHNESS.name, &labels).set(hours.max(0.0));
        }
        failed
    }

    fn known(&self) -> Option<Latest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
