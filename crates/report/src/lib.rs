//! An evaluation, a backtest, or the quality of a week's data, as one HTML file that needs nothing beside it: no script, no font, no network. It is written for
//! somebody who has never heard of the program: every figure says what it means, how many matches it rests on and how
//! far luck alone could move it.
//!
//! Pure: the data of a report in, text out. The page is Askama templates under `templates/`, which escape every name and
//! are checked when this crate is compiled; `page`, `tables` and `charts` decide what stands where.

mod backtest;
mod charts;
mod page;
mod quality;
mod tables;
mod text;

pub use backtest::render_backtest;
pub use page::render;
pub use quality::render_quality;

#[cfg(test)]
mod tests;
