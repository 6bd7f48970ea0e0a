//! Whether data can be trusted: expectation suites in the JSON of Great Expectations ([`suite`]), detectors of outliers and
//! drift ([`detect`]) with limits from the data's own past ([`baseline`]), rules that only football has ([`rules`]), and those that
//! hold rows back before they are published ([`staged`]).
//!
//! Pure and synchronous: columns, matches and quotes in; verdicts and findings out. It opens nothing, knows no store and no
//! clock; what draws takes a seed. A finding names a cause, not a row: a hundred wrong prices of one bookmaker are one.

pub mod baseline;
pub mod detect;
pub mod rules;
pub mod severity;
pub mod staged;
pub mod suite;
pub mod table;
pub mod weekly;

pub use table::{Cell, Column, Table, TableError};
