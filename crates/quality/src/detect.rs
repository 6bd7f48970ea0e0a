//! Detectors of outliers and of drift. Nulls (`NaN`) are left out by all of them.

mod dbscan;
mod forest;
mod many;
mod shift;
mod spread;

pub use dbscan::{Cluster, dbscan};
pub use forest::IsolationForest;
pub use many::benjamini_hochberg;
pub use shift::{Drift, Ks, drift, ks, psi};
pub use spread::{Moments, Outliers, iqr, moments, quantile, three_sigma};
