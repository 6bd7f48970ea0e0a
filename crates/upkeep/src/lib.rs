//! Use cases that look after what is stored: backups and restores, the lake, the archive of old prices. They know no
//! model and no forecast.

pub mod backup;
pub mod lake;
