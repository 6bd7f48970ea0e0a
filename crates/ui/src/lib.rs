//! The web page, embedded.
