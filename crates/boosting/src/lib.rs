//! Gradient boosting: LightGBM training and native inference of its trees.
