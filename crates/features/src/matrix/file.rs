//! The matrix on disk: a line of JSON that describes it, padding, then match identifiers and columns,
//! little-endian, with a BLAKE3 hash over all of these.

use super::{FeatureMatrix, Values};
use crate::registry::Definition;
use memmap2::Mmap;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use tempfile::NamedTempFile;
use thiserror::Error;
use touchline_domain::MatchId;

const FORMAT: &str = "touchline-features-1";
/// The description and its padding take a multiple of this, so that the numbers after it are aligned.
const ALIGNMENT: usize = 64;

/// Why a matrix could not be written or read.
#[derive(Debug, Error)]
pub enum MatrixError {
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not a feature matrix, is cut short, or does not match its hash.
    #[error("{path} cannot be used as a feature matrix ({reason}); run `touchline features build` again")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    rows: usize,
    hash: String,
    /// BLAKE3 of the facts that the features were computed from.
    data_hash: String,
    definitions: Vec<Definition>,
}

/// A mapped file whose layout has been checked.
#[derive(Debug)]
pub(super) struct Mapped {
    map: Mmap,
    start: usize,
    len: usize,
}

impl Mapped {
    #[expect(unsafe_code, reason = "a mapped file is read as the f32 values that were written to it")]
    pub(super) fn values(&self) -> &[f32] {
        let bytes = &self.map[self.start..self.start + self.len * 4];
        // SAFETY: every bit pattern is a valid f32.
        let (before, values, _) = unsafe { bytes.align_to::<f32>() };
        assert!(before.is_empty(), "`open` checked that the numbers are aligned");
        values
    }
}

impl FeatureMatrix {
    /// Writes the matrix to a file, replacing it as a whole: a reader sees the old or the new one. `data_hash`
    /// names the facts that it was computed from.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, path: &Path, data_hash: &str) -> Result<(), MatrixError> {
        let io = |source| MatrixError::Io { path: path.display().to_string(), source };
        let ids: Vec<u8> = self.ids.iter().flat_map(|id| id.0.to_le_bytes()).collect();
        let mut hasher = blake3::Hasher::new();
        hasher.update(&ids);
        for column in 0..self.width() {
            hasher.update(&column_bytes(self.column(column)));
        }
        let header = Header {
            format: FORMAT.to_owned(),
            rows: self.rows(),
            hash: hasher.finalize().to_hex().to_string(),
            data_hash: data_hash.to_owned(),
            definitions: self.definitions.clone(),
        };
        let mut text = serde_json::to_vec(&header).map_err(|e| io(e.into()))?;
        text.resize((text.len() + 1).next_multiple_of(ALIGNMENT).saturating_sub(1), b' ');
        text.push(b'\n');

        let file = beside(path).map_err(io)?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        out.write_all(&text).map_err(io)?;
        out.write_all(&ids).map_err(io)?;
        for column in 0..self.width() {
            out.write_all(&column_bytes(self.column(column))).map_err(io)?;
        }
        let file = out.into_inner().map_err(|e| io(e.into_error()))?;
        file.as_file().sync_all().map_err(io)?;
        file.persist(path).map_err(|e| io(e.error))?;
        Ok(())
    }

    /// Maps a file written by [`FeatureMatrix::save`]; also gives the hash of the facts that it was computed
    /// from. The content is checked against its hash.
    ///
    /// # Errors
    /// The file cannot be read or is damaged.
    pub fn open(path: &Path) -> Result<(Self, String), MatrixError> {
        let io = |source| MatrixError::Io { path: path.display().to_string(), source };
        let damaged =
            |reason: &str| MatrixError::Damaged { path: path.display().to_string(), reason: reason.into() };
        let file = File::open(path).map_err(io)?;
        #[expect(unsafe_code, reason = "the file is mapped")]
        // SAFETY: files of this name are only ever replaced by renaming a new one over them, never changed in
        // place, so the mapped bytes stay as they are while the map lives.
        let map = unsafe { Mmap::map(&file) }.map_err(io)?;
        let end = map.iter().position(|b| *b == b'\n').ok_or_else(|| damaged("no description"))?;
        let header: Header =
            serde_json::from_slice(&map[..end]).map_err(|_| damaged("unreadable description"))?;
        if header.format != FORMAT {
            return Err(damaged("another format"));
        }
        let start = end + 1;
        let len =
            header.rows.checked_mul(header.definitions.len()).ok_or_else(|| damaged("impossible size"))?;
        let size = len.checked_mul(4).zip(header.rows.checked_mul(8));
        let size = size.and_then(|(values, ids)| values.checked_add(ids)?.checked_add(start));
        if start % ALIGNMENT != 0 || size != Some(map.len()) {
            return Err(damaged("wrong length"));
        }
        if blake3::hash(&map[start..]).to_hex().as_str() != header.hash {
            return Err(damaged("content does not match its hash"));
        }
        let ids_end = start + header.rows * 8;
        let ids = map[start..ids_end]
            .chunks_exact(8)
            .map(|b| MatchId(i64::from_le_bytes(b.try_into().expect("chunks of eight bytes"))))
            .collect();
        let mapped = Mapped { map, start: ids_end, len };
        Ok((Self::new(header.definitions, ids, Values::Mapped(Arc::new(mapped))), header.data_hash))
    }
}

/// A file in the same folder, gone unless it takes the place of `path`; as readable for others as any.
fn beside(path: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".").suffix(".partial");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    builder.tempfile_in(folder.unwrap_or(Path::new(".")))
}

fn column_bytes(column: &[f32]) -> Vec<u8> {
    column.iter().flat_map(|x| x.to_le_bytes()).collect()
}
