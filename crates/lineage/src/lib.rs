//! Which jobs read and write which datasets, and what these hold: events in the form of `OpenLineage` 2-0-2, the graph that
//! they make, and contracts of datasets in the Open Data Contract Standard.
//!
//! [`Recorder`] tells of a run as it begins and ends, to the store; [`forward`](forward::forward) hands what is kept to a
//! backend outside. [`Catalogue`] says what is known ahead: what each job reads and writes, and what columns mean. Answers in
//! the shapes of Marquez are put together from the store by [`graph`]. Knows no HTTP and no database.

mod catalogue;
mod columns;
pub mod contract;
pub mod event;
pub mod forward;
pub mod graph;
mod jobs;
pub mod marquez;
mod record;

pub use catalogue::{Catalogue, Dataset, Field, Layer};
pub use jobs::{JobIo, job, jobs};
pub use record::{Assertion, Ended, Numbers, Recorder, RunAbout, RunStore, run_id};

/// The namespace of this program's jobs.
pub const JOBS: &str = "football_platform";
/// The namespace of sources that facts come from.
pub const SOURCES: &str = "football_sources";
/// The namespace of copies of the store.
pub const BACKUPS: &str = "football_backups";
