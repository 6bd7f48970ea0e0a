//! Ratings, goal models, markets, odds, calibration and metrics: pure and synchronous.
