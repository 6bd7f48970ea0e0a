//! How a document was understood, to be shown to the person who wonders.

/// What a reader made of the shape of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// What separates the fields of a table; none of a JSON document.
    pub separator: Option<char>,
    /// The line of the headings, from 1; 0 of a document without headings.
    pub heading_line: u32,
    /// Columns that are used.
    pub used: Vec<String>,
    /// Columns that are not.
    pub ignored: Vec<String>,
    /// How dates are read.
    pub dates: String,
    /// Where the league is told.
    pub league: String,
    /// Where the season is told.
    pub season: String,
}
