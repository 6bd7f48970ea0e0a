//! Monte Carlo simulation of seasons.
