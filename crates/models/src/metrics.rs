//! Scores of forecasts, and tests between forecasters.
