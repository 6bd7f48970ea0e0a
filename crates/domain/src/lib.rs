//! Types, laws and ports of football forecasting; knows no I/O.
