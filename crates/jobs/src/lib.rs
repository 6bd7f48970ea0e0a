//! What runs by itself.
//!
//! A [`Scheduler`] that leads makes work due: by the clock ([`timetable`]), by the kick-offs of matches ([`triggers`]) and
//! by what changed. A [`Worker`] does it, with the [`Body`] of each kind of job. Both know nothing of each other but the
//! jobs in the store, where each is identified by what it is for: a second scheduler, a try that is repeated and a kick-off
//! that moves cannot double it. Kinds of jobs, with their queues, limits and tries, are data ([`catalogue`]), and so are the
//! [`flows`] that string them together.
//!
//! Time is a parameter throughout, so that a year can pass in a test.

pub mod catalogue;
pub mod flows;
pub mod operate;
mod run;
mod scheduler;
pub mod supervision;
pub mod timetable;
pub mod triggers;
mod worker;

pub use run::{Body, FaultKind, JobError, Run, RunProgress, StopReason, outcome};
pub use scheduler::{DiskGauge, Scheduler, SchedulerSettings, SchedulerStore, Tick};
pub use worker::{Bodies, Worker, WorkerSettings, WorkerStore};
