//! The Soccer Prediction Challenge: results of 51 leagues since 2000, and the fixtures to forecast.

use crate::{Document, DocumentError, Rejection};
use chrono::NaiveDate;

/// A match to forecast, as its row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixtureRow {
    /// Line of the file, from 1.
    pub line: u32,
    /// The identifier, unique in the file.
    pub id: String,
    /// The season as written, such as `22-23`.
    pub season: String,
    /// The league code, such as `GER1`.
    pub league: String,
    /// The day.
    pub date: NaiveDate,
    /// The day as written.
    pub date_text: String,
    /// The home side.
    pub home: String,
    /// The away side.
    pub away: String,
}

/// The matches to forecast.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fixtures {
    /// Rows in the file's order.
    pub rows: Vec<FixtureRow>,
    /// Rows that cannot be used.
    pub rejections: Vec<Rejection>,
}
