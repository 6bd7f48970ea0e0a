//! Progress of long work, shown by whoever started it.

/// Is told how far long work has come. Calls are cheap and may come from several threads.
pub trait Progress: Send + Sync {
    /// A step of work begins; `total` units lie ahead (0 where unknown).
    fn begin(&self, step: &str, total: u64);
    /// So many units of the step are done.
    fn done(&self, units: u64);
    /// The step has ended.
    fn end(&self);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: u64) {}
    fn done(&self, _: u64) {}
    fn end(&self) {}
}
