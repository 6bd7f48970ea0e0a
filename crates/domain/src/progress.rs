//! Progress of long work: shown by whoever started it, who may also ask it to stop.

use std::sync::Arc;
use thiserror::Error;

/// Follows long work. Calls are cheap and may come from several threads.
pub trait Progress: Send + Sync {
    /// A step of work begins; `total` units lie ahead (0 where unknown).
    fn begin(&self, step: &str, total: u64);
    /// So many units of the step are done.
    fn done(&self, units: u64);
    /// The step has ended.
    fn end(&self);

    /// Whether the work is asked to stop: by Ctrl-C, a cancelled job or a shutdown.
    fn stop_requested(&self) -> bool {
        false
    }

    /// Goes on unless the work is asked to stop. Long work calls this wherever it can stop without leaving half a
    /// result.
    ///
    /// # Errors
    /// It is asked to stop.
    fn check(&self) -> Result<(), Stopped> {
        if self.stop_requested() { Err(Stopped) } else { Ok(()) }
    }
}

/// Shared with work on another thread.
impl<P: Progress + ?Sized> Progress for Arc<P> {
    fn begin(&self, step: &str, total: u64) {
        (**self).begin(step, total);
    }
    fn done(&self, units: u64) {
        (**self).done(units);
    }
    fn end(&self) {
        (**self).end();
    }
    fn stop_requested(&self) -> bool {
        (**self).stop_requested()
    }
}

/// Long work was asked to stop, and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("stopped before it was finished; nothing was left half done, run it again to complete it")]
pub struct Stopped;

/// Shows nothing and never stops the work.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: u64) {}
    fn done(&self, _: u64) {}
    fn end(&self) {}
}
