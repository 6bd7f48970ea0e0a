//! Handing events over to a backend outside, in the order in which they happened, until they are taken. What is to be sent waits
//! in the store: a backend that is away delays nobody.

use chrono::{DateTime, Duration, Utc};
use touchline_domain::ports::{LineageBackend, Retry, RunEventEnd, RunReader, RunWriter, StoreError};

/// Events that are looked at together.
const MOST: u32 = 100;
/// The wait after the first failure; twice as long after each.
const FIRST_WAIT: Duration = Duration::seconds(30);
/// At most so long.
const LONGEST_WAIT: Duration = Duration::hours(1);

/// What came of events that waited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forwarded {
    /// Events that were taken.
    pub sent: u64,
    /// Events that were refused for good.
    pub refused: u64,
    /// What went wrong last.
    pub fault: Option<String>,
}

/// Hands over what waits. At the first event that may be taken later it stops: the others wait behind it.
///
/// # Errors
/// The store is not available. What was handed over and could not be noted is handed over again.
pub async fn forward<S: RunReader + RunWriter + ?Sized>(
    store: &S,
    backend: &dyn LineageBackend,
    now: DateTime<Utc>,
) -> Result<Forwarded, StoreError> {
    let mut done = Forwarded::default();
    for event in store.unsent_run_events(now, MOST).await? {
        let fault = match backend.send(&event.body.to_string()).await {
            Ok(()) => {
                done.sent += 1;
                None
            }
            Err(error) => {
                done.fault = Some(error.message.clone());
                let again = match error.retry {
                    Retry::Never => {
                        done.refused += 1;
                        None
                    }
                    Retry::After(least) => {
                        let doubled = FIRST_WAIT * 2i32.pow(event.failures.min(7));
                        let least = Duration::from_std(least).unwrap_or(LONGEST_WAIT);
                        Some(now + doubled.min(LONGEST_WAIT).max(least))
                    }
                };
                Some((error.message, again))
            }
        };
        let waits = matches!(&fault, Some((_, Some(_))));
        // At once: what was handed over is not handed over again because a later one takes long.
        store.finish_run_events(&[RunEventEnd { id: event.id, fault }]).await?;
        if waits {
            break;
        }
    }
    Ok(done)
}
