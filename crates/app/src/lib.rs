//! Use cases: ingest, features, train, evaluate, predict.
