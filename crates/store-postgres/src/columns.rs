//! Many rows in one statement: each column goes to the server as one array, and `unnest` makes rows of them again.

/// Rows per statement: enough that the round trip does not count, and few enough that memory does not.
pub(crate) const ROWS: usize = 20_000;

/// One column of the rows.
pub(crate) fn column<'r, R, T>(rows: &'r [R], value: impl FnMut(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}
