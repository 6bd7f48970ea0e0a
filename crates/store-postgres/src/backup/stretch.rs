//! A stretch of the server's write-ahead log: which one, and how its segments are called.

use crate::error::{corrupt, unavailable};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use touchline_domain::ports::StoreError;

/// In the folder of a dump.
const FILE: &str = "log.json";
/// Compressed segments, in the folder of a dump.
pub(super) const SEGMENTS: &str = "wal";

/// A server, and a stretch of its log that a dump holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stretch {
    /// What the server calls itself; another one with the same database has another.
    pub system: String,
    /// Major version.
    pub major: u32,
    /// How often the server's history forked.
    pub timeline: u32,
    /// Bytes of a segment.
    pub segment: u64,
    /// The slot by which the server keeps what comes after.
    pub slot: String,
    /// The database.
    pub database: String,
    /// The first byte, at the start of a segment.
    pub from: u64,
    /// After the last byte, at the start of a segment.
    pub to: u64,
    /// The place whose state the manifest describes.
    pub stop: u64,
}

impl Stretch {
    /// Of a dump.
    pub fn read(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(FILE);
        let text = fs::read(&path).map_err(|error| failed(&path, &error))?;
        let stretch: Self =
            serde_json::from_slice(&text).map_err(|error| corrupt(format!("{}: {error}", path.display())))?;
        let sizes = (1 << 20)..=(1 << 30);
        let whole = stretch.segment.is_power_of_two()
            && sizes.contains(&stretch.segment)
            && [stretch.from, stretch.to].iter().all(|place| place.is_multiple_of(stretch.segment))
            && (stretch.from..stretch.to).contains(&stretch.stop);
        if whole { Ok(stretch) } else { Err(corrupt(format!("{} makes no sense", path.display()))) }
    }

    pub fn write(&self, folder: &Path) -> Result<(), StoreError> {
        let path = folder.join(FILE);
        let text = serde_json::to_vec_pretty(self).map_err(corrupt)?;
        fs::write(&path, text).map_err(|error| failed(&path, &error))
    }

    /// Names of the segments.
    pub fn segments(&self) -> impl Iterator<Item = String> {
        (self.from / self.segment..self.to / self.segment).map(|number| self.name(number))
    }

    /// The name of the segment before the first.
    pub fn segment_before(&self) -> String {
        self.name((self.from / self.segment).saturating_sub(1))
    }

    /// Eight digits each: timeline, number of 4 GiB, segment within these.
    fn name(&self, number: u64) -> String {
        let per_file = (1 << 32) / self.segment;
        format!("{:08X}{:08X}{:08X}", self.timeline, number / per_file, number % per_file)
    }

    /// Whether the other one goes on where this one ends.
    pub fn is_followed_by(&self, next: &Self) -> bool {
        (&self.system, self.timeline, self.segment, self.to)
            == (&next.system, next.timeline, next.segment, next.from)
    }
}

/// The stretches of a chain, each of which goes on where the one before it ends.
pub(super) fn read_all(chain: &[PathBuf]) -> Result<Vec<Stretch>, StoreError> {
    let stretches = chain.iter().map(|folder| Stretch::read(folder)).collect::<Result<Vec<_>, _>>()?;
    for (pair, folder) in stretches.windows(2).zip(chain.iter().skip(1)) {
        if !pair[0].is_followed_by(&pair[1]) {
            return Err(corrupt(format!(
                "the log in {} does not go on where the one before it ends",
                folder.display()
            )));
        }
    }
    if stretches.is_empty() { Err(corrupt("a chain without a start")) } else { Ok(stretches) }
}

/// A place as the server writes it.
pub(super) fn place(lsn: u64) -> String {
    format!("{:X}/{:X}", lsn >> 32, lsn & 0xffff_ffff)
}

/// A place from the server's words.
pub(super) fn parsed(text: &str) -> Option<u64> {
    let (high, low) = text.split_once('/')?;
    let part = |hex: &str| u32::from_str_radix(hex, 16).ok().map(u64::from);
    Some(part(high)? << 32 | part(low)?)
}

pub(super) fn failed(path: &Path, error: &std::io::Error) -> StoreError {
    let retry = (error.kind() == std::io::ErrorKind::StorageFull).then_some(60);
    unavailable(&format!("{}: {error}", path.display()), retry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(segment: u64, from: u64, to: u64) -> Stretch {
        Stretch {
            system: "7".to_owned(),
            major: 15,
            timeline: 10,
            segment,
            slot: String::new(),
            database: String::new(),
            from,
            to,
            stop: from,
        }
    }

    #[test]
    fn segments_have_the_names_that_the_server_gives_them() {
        let usual = stretch(1 << 24, 0x1_FE00_0000, 0x2_0100_0000);
        let names: Vec<_> = usual.segments().collect();
        assert_eq!(
            names,
            ["0000000A00000001000000FE", "0000000A00000001000000FF", "0000000A0000000200000000"]
        );
        assert_eq!(usual.segment_before(), "0000000A00000001000000FD");
        let small = stretch(1 << 20, 0xFFF0_0000, 0x1_0010_0000);
        assert_eq!(
            small.segments().collect::<Vec<_>>(),
            ["0000000A0000000000000FFF", "0000000A0000000100000000"]
        );
    }

    #[test]
    fn places_are_written_as_they_are_read() {
        assert_eq!(parsed("16/B374D848"), Some(0x16_B374_D848));
        assert_eq!(place(0x16_B374_D848), "16/B374D848");
        assert_eq!(parsed("16-B3"), None);
    }

    #[test]
    fn a_gap_in_the_log_is_found() {
        let folders = [tempfile::TempDir::new().unwrap(), tempfile::TempDir::new().unwrap()];
        let chain: Vec<_> = folders.iter().map(|folder| folder.path().to_owned()).collect();
        stretch(1 << 24, 1 << 24, 3 << 24).write(&chain[0]).unwrap();
        stretch(1 << 24, 3 << 24, 4 << 24).write(&chain[1]).unwrap();
        assert_eq!(read_all(&chain).unwrap().len(), 2);
        stretch(1 << 24, 4 << 24, 5 << 24).write(&chain[1]).unwrap();
        assert!(read_all(&chain).unwrap_err().to_string().contains("does not go on"));
        stretch(3, 0, 3).write(&chain[1]).unwrap();
        assert!(read_all(&chain).unwrap_err().to_string().contains("makes no sense"));
        assert!(read_all(&[]).is_err());
    }
}
