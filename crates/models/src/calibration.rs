//! Calibration of forecasts on a later slice of matches.
