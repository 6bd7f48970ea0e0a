//! Use cases that bring facts in: documents become bronze and silver. Each takes the ports it needs and a clock; none
//! knows which store, which interface or which schedule it serves.

pub mod identity;
pub mod ingest;
