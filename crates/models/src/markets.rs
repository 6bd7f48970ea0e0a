//! Betting markets of a match, all derived from one score grid.
