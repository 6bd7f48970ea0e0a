//! One suite of tests for every store.
