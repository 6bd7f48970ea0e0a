//! Football match forecasting, one binary.
fn main() {}
