//! Work that ends when it is asked to stop.

use crate::error::unavailable;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use touchline_domain::ports::StoreError;
use touchline_domain::{Progress, Stopped};

/// How often it is looked whether somebody asks to stop.
const LOOK: Duration = Duration::from_millis(100);

/// Waits for work that may be dropped at any place, and drops it where `progress` asks to stop.
///
/// # Errors
/// The work's, or it was stopped.
pub async fn unless_stopped<T>(
    progress: &dyn Progress,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let mut work = pin!(work);
    loop {
        progress.check()?;
        if let Ok(done) = tokio::time::timeout(LOOK, &mut work).await {
            return done;
        }
    }
}

/// Tells work on a thread of its own that it shall stop.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Goes on unless the work is asked to stop.
    ///
    /// # Errors
    /// It is asked to.
    pub fn check(&self) -> Result<(), Stopped> {
        if self.0.load(Ordering::Relaxed) { Err(Stopped) } else { Ok(()) }
    }
}

/// Runs work on a thread beside the executor. It looks at its [`Stop`] now and then; when this returns, it has ended.
///
/// # Errors
/// The work's.
pub async fn blocking<T: Send + 'static>(
    progress: &dyn Progress,
    work: impl FnOnce(&Stop) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let stop = Stop::default();
    let told = stop.clone();
    let mut thread = tokio::task::spawn_blocking(move || work(&told));
    loop {
        stop.0.fetch_or(progress.stop_requested(), Ordering::Relaxed);
        if let Ok(done) = tokio::time::timeout(LOOK, &mut thread).await {
            return done.unwrap_or_else(|error| Err(unavailable(&error.to_string(), None)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchline_domain::Silent;

    /// Asks to stop.
    struct Stopping;

    impl Progress for Stopping {
        fn begin(&self, _: &str, _: u64) {}
        fn done(&self, _: u64) {}
        fn end(&self) {}
        fn stop_requested(&self) -> bool {
            true
        }
    }

    #[tokio::test]
    async fn work_goes_on_to_its_end_unless_it_is_asked_to_stop() {
        let never = std::future::pending::<Result<(), StoreError>>();
        assert!(unless_stopped(&Stopping, never).await.unwrap_err().to_string().contains("stopped"));
        assert_eq!(unless_stopped(&Silent, async { Ok(7) }).await.unwrap(), 7);
        let forever = |stop: &Stop| -> Result<(), StoreError> {
            loop {
                stop.check()?;
                std::thread::yield_now();
            }
        };
        assert!(blocking(&Stopping, forever).await.unwrap_err().to_string().contains("stopped"));
        assert_eq!(blocking(&Silent, |stop| Ok(stop.check().map(|()| 7)?)).await.unwrap(), 7);
    }
}
