//! Times of the chronological pass.

/// Seconds since 1970-01-01 UTC.
pub type Seconds = i64;
