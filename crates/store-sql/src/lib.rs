//! What the SQL stores share: errors, reading of rows, running of migrations, packing of bytes.
//!
//! A row of either database is a [`Read`](row::Read): a function of [`rows`] makes a value of the domain of it, by the
//! position of its columns. Statements, and the writing of many rows, are apart in each store: that is where the two
//! databases differ. Nobody but the two store crates uses this one.

pub mod error;
pub mod frames;
pub mod migrations;
pub mod row;
pub mod rows;
