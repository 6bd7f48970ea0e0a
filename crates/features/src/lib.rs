//! The chronological pass and the registry of features.
