//! Whether the disk of the data folder is nearly full.

use std::path::PathBuf;
use touchline_domain::{Condition, Severity};
use touchline_jobs::{DiskGauge, catalogue};

/// Less free space than this share of the disk, and than the bytes of the settings, is too little.
const LEAST_SHARE: f64 = 0.05;

/// The disk of a folder.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
    least_bytes: u64,
}

impl Disk {
    /// The disk that holds a folder.
    pub fn of(folder: PathBuf, least_bytes: u64) -> Self {
        Self { folder, least_bytes }
    }

    /// Bytes that may still be written, and all that the disk has.
    pub fn space(&self) -> std::io::Result<(u64, u64)> {
        let disk = rustix::fs::statvfs(&self.folder)?;
        Ok((disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize))
    }

    /// What is wrong with it, if anything.
    pub fn condition(&self) -> Option<Condition> {
        let (free, whole) = self.space().ok()?;
        if free >= self.least_bytes || free as f64 >= LEAST_SHARE * whole as f64 {
            return None;
        }
        Some(Condition {
            name: "DiskSpaceLow".to_owned(),
            component: "system".to_owned(),
            subject: self.folder.display().to_string(),
            severity: Severity::Critical,
            summary: format!(
                "{} MiB are left on the disk of {}: make room, or point storage.data_dir elsewhere",
                free >> 20,
                self.folder.display()
            ),
            details: format!(
                "Less than {} MiB and a twentieth of the disk. Paused until there is room: flows, {}. What must be done \
                 before a kick-off goes on, and what is old is cleaned up.",
                self.least_bytes >> 20,
                paused_kinds().join(", ")
            ),
            advice: vec![
                "See what takes the room: `du -xh --max-depth=2` of the folder.".to_owned(),
                "Remove old backups: `touchline jobs run backup_cleanup`.".to_owned(),
                "Move old odds to the lake: `touchline lake archive`.".to_owned(),
            ],
        })
    }
}

impl DiskGauge for Disk {
    fn is_nearly_full(&self) -> bool {
        self.condition().is_some()
    }
}

/// What waits while the disk is nearly full.
fn paused_kinds() -> Vec<&'static str> {
    catalogue::JOBS.iter().filter(|kind| !kind.essential).map(|kind| kind.name).collect()
}
