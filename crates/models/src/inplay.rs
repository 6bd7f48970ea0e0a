//! Probabilities of a running match.
