#![doc = include_str!("../README.md")]

mod forecast;
mod outcome;
mod score;
mod score_grid;
mod side;
mod split_mix;

pub use forecast::{Forecast, ForecastError, SUM_TOLERANCE};
pub use outcome::Outcome;
pub use score::{MAX_GOALS, Score, ScoreError};
pub use score_grid::{ScoreGrid, ScoreGridError};
pub use side::{Side, UnknownSide};
pub use split_mix::SplitMix64;
