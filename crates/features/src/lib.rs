//! Point-in-time features of football matches.
//!
//! [`History`] holds all matches in columns; [`compute`] walks through them once, in order of kick-off, and
//! gives a [`FeatureMatrix`]. A feature of a match depends only on results known before its kick-off, because
//! the pass asks each [`Family`] for a snapshot before it tells it later results. What the columns mean is in
//! their [`Definition`]s.

mod checkpoint;
pub mod columns;
mod context;
mod engine;
mod families;
mod family;
mod history;
mod likeness;
mod matrix;
mod mirror;
mod pass;
mod quotes;
mod registry;
mod replay;
mod revisions;
mod settings;
mod squads;
mod time;
mod timed;
mod view;

pub use checkpoint::{Checkpoint, resume};
pub use context::{Deduction, MatchContext};
pub use engine::{Engine, definitions};
pub use families::earlier::EarlierConfig;
pub use family::{CopyFamily, Family, Residual};
pub use history::{Fixture, History, Played, SideCounts};
pub use likeness::{DIMENSIONS, Likeness, MatchState, Similar, SimilarMatch};
pub use matrix::{FeatureMatrix, MatrixError};
pub use mirror::Mirror;
pub use pass::{Knowledge, compute};
pub use quotes::{Book, MarketView, Quote};
pub use registry::{Definition, Definitions, Described, Entity, Exchange};
pub use replay::{FilterKind, Replay};
pub use revisions::REVISED;
pub use settings::Settings;
pub use squads::{Absence, Eleven, LineupView, PlayerKey, SourceKey};
pub use time::Seconds;
pub use view::View;
