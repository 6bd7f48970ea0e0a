//! Use cases that bring facts in: documents become bronze and silver, and bronze becomes silver again. Each takes the ports it needs and a clock; none
//! knows which store, which interface or which schedule it serves.

pub mod collect;
pub mod conflicts;
pub mod files;
pub mod grounds;
pub mod held;
pub mod identity;
pub mod import;
pub mod ingest;
pub mod merge;
pub mod quality;
pub mod quarantine;
mod reader;
pub mod reprocess;
pub mod season_rules;
pub mod versions;
